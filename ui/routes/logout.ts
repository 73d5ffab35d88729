import { readForm } from "../lib/forms.ts";
import { define } from "../utils.ts";

export const handler = define.handlers({
  async POST(ctx) {
    await readForm(ctx.req);
    await ctx.state.api.call("logout");
    return ctx.redirect("/login");
  },
});
