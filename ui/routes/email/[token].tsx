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
  /** Administrators have to decide. */
  waits?: boolean;
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
      return page({ claim, done: true, waits: claim.waits });
    } catch (error) {
      const { message } = refusal(error);
      const claim = await readClaim(ctx.state, token);
      return page({ claim, done: false, error: message }, { status: 400 });
    }
  },
});

export default define.page<typeof handler>(({ data: { claim, done, waits, error }, state }) => (
  <AuthPage state={state}>
    <h1>{t("email.confirm.title")}</h1>
    {claim === null ? <Notice kind="warn">{t("email.confirm.used")}</Notice> : done
      ? (
        <>
          <Notice icon="check">{doneText(claim, waits ?? false)}</Notice>
          <p>
            <a class="button primary" href={claim.registers ? "/login" : "/"}>
              {t(claim.registers ? "waiting.login" : "email.goOn")}
            </a>
          </p>
        </>
      )
      : (
        <>
          {error && <Notice kind="error">{error}</Notice>}
          <p class="lead break">
            {t(claim.registers ? "email.register.text" : "email.confirm.text", {
              address: claim.address,
              name: claim.user_name,
            })}
          </p>
          <form method="post">
            <button class="button primary wide" type="submit">{t("email.confirm.submit")}</button>
          </form>
        </>
      )}
  </AuthPage>
));

function doneText(claim: NonNullable<Data["claim"]>, waits: boolean): string {
  const { address, user_name: name, registers } = claim;
  if (!registers) return t("email.confirm.done", { address, name });
  return t(waits ? "email.register.waits" : "email.register.done", { name });
}
