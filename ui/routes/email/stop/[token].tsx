import { page } from "fresh";
import { AuthPage } from "../../../components/AuthPage.tsx";
import { Notice } from "../../../components/Notice.tsx";
import { ApiError } from "../../../lib/api/request.ts";
import { readForm } from "../../../lib/forms.ts";
import { t } from "../../../lib/i18n/t.ts";
import { define } from "../../../utils.ts";

interface Data {
  /** Whose mails they are; null: nobody's any more. */
  name: string | null;
  done: boolean;
}

/**
 * A mail program that looks at links opens this page, and nothing ends by that. Its button ends the
 * mails, and so does what mail providers send here by themselves (RFC 8058).
 */
export const handler = define.handlers<Data>({
  async GET(ctx) {
    ctx.state.title = t("digest.stop.title");
    const token = ctx.params["token"] ?? "";
    try {
      const { user_name: name } = await ctx.state.api.call("getDigestStop", { params: { token } });
      return page({ name, done: false });
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 404) throw error;
      return page({ name: null, done: false }, { status: 404 });
    }
  },
  async POST(ctx) {
    ctx.state.title = t("digest.stop.title");
    await readForm(ctx.req);
    await ctx.state.api.call("stopDigest", { params: { token: ctx.params["token"] ?? "" } });
    return page({ name: null, done: true });
  },
});

export default define.page<typeof handler>(({ data: { name, done }, state }) => (
  <AuthPage state={state}>
    <h1>{t("digest.stop.title")}</h1>
    {done && <Notice icon="check">{t("digest.stop.done")}</Notice>}
    {!done && name === null && <Notice kind="warn">{t("digest.stop.over")}</Notice>}
    {name !== null && (
      <>
        <p class="lead break">{t("digest.stop.text", { name })}</p>
        <form method="post">
          <button class="button primary wide" type="submit">{t("digest.stop.submit")}</button>
        </form>
      </>
    )}
  </AuthPage>
));
