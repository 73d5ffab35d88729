import { ApiError } from "../lib/api/request.ts";
import { define } from "../utils.ts";

/**
 * The visitor's own sheet, in the layer above all others. Nothing in it can reach another server:
 * the content policy of the pages allows pictures and sheets of this one alone, and no fonts.
 */
export const handler = define.handlers({
  async GET(ctx) {
    let css = "";
    try {
      css = (await ctx.state.api.call("getOwnStyle")).css;
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
    }
    return new Response(css === "" ? "" : `@layer overrides {\n${css}\n}\n`, {
      headers: {
        "content-type": "text/css; charset=utf-8",
        "cache-control": "private, no-cache",
        "x-content-type-options": "nosniff",
        "cross-origin-resource-policy": "same-origin",
      },
    });
  },
});
