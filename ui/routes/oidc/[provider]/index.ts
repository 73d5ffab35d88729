import { HttpError } from "fresh";
import { ApiError } from "../../../lib/api/request.ts";
import { safeNext } from "../../../lib/forms.ts";
import { errorText } from "../../../lib/i18n/error_text.ts";
import { visitCookie } from "../../../lib/oidc_visit.ts";
import { define } from "../../../utils.ts";

/**
 * Leads to an outside provider to sign in there. A link and not a form: the content policy lets no
 * form lead to another site.
 */
export const handler = define.handlers({
  async GET(ctx) {
    const next = safeNext(ctx.url.searchParams.get("next"));
    const params = { provider: ctx.params["provider"] ?? "" };
    try {
      const { url, flow } = await ctx.state.api.call("beginOidcLogin", { params });
      const answer = ctx.redirect(url);
      const secure = ctx.state.server.public_url.startsWith("https:");
      answer.headers.append("set-cookie", visitCookie({ flow, purpose: "login", next }, secure));
      answer.headers.set("cache-control", "no-store");
      return answer;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      throw new HttpError(error.status, errorText(error), { cause: error });
    }
  },
});
