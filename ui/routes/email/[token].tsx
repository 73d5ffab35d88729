import { page } from "fresh";
import { AuthPage } from "../../components/AuthPage.tsx";
import { Notice } from "../../components/Notice.tsx";
import { ApiError } from "../../lib/api/request.ts";
import type { CallResult } from "../../lib/api/types.ts";
import { readForm, refusal } from "../../lib/forms.ts";
import { t } from "../../lib/i18n/t.ts";
import { define, type State } from "../../utils.ts";

interface Data {
  claim: CallResult<"getEmailClaim"> | null;
  done: boolean;
  error?: string;
}

/** A mail program that looks at links opens this page; only its button uses the link up. */
async function readClaim(state: State, token: string): Promise<Data["claim"]> {
  try {
    return await state.api.call("getEmailClaim", { params: { token } });
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

export const handler = define.handlers<Data>({
  async GET(ctx) {
    ctx.state.title = t("email.confirm.title");
    const claim = await readClaim(ctx.state, ctx.params["token"] ?? "");
    return page({ claim, done: false }, { status: claim === null ? 404 : 200 });
  },
  async POST(ctx) {
    ctx.state.title = t("email.confirm.title");
    const token = ctx.params["token"] ?? "";
    await readForm(ctx.req);
    try {
      const claim = await ctx.state.api.call("verifyEmail", { params: { token } });
      return page({ claim, done: true });
    } catch (error) {
      const { message } = refusal(error);
      const claim = await readClaim(ctx.state, token);
      return page({ claim, done: false, error: message }, { status: 400 });
    }
  },
});

export default define.page<typeof handler>(({ data: { claim, done, error }, state }) => (
  <AuthPage state={state}>
    <h1>{t("email.confirm.title")}</h1>
    {claim === null ? <Notice kind="warn">{t("email.confirm.used")}</Notice> : done
      ? (
        <>
          <Notice icon="check">
            {t("email.confirm.done", { address: claim.address, name: claim.user_name })}
          </Notice>
          <p>
            <a class="button primary" href="/">{t("email.goOn")}</a>
          </p>
        </>
      )
      : (
        <>
          {error && <Notice kind="error">{error}</Notice>}
          <p class="lead break">
            {t("email.confirm.text", { address: claim.address, name: claim.user_name })}
          </p>
          <form method="post">
            <button class="button primary wide" type="submit">{t("email.confirm.submit")}</button>
          </form>
        </>
      )}
  </AuthPage>
));
