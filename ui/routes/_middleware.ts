import { HttpError } from "fresh";
import { t } from "../lib/i18n/t.ts";
import { define } from "../utils.ts";

/** Public facts for every page; afterwards the cookies that API calls have set. */
export default define.middleware(async (ctx) => {
  ctx.state.server = await ctx.state.api.call("getServer");
  try {
    const response = await ctx.next();
    for (const cookie of ctx.state.api.cookies) response.headers.append("set-cookie", cookie);
    return response;
  } catch (error) {
    const status = error instanceof HttpError ? error.status : 500;
    ctx.state.title = t(
      status === 404 ? "error.404" : status < 500 ? "error.refused" : "error.500",
    );
    throw error;
  }
});
