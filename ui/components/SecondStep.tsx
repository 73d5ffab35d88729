import PasskeyLogin from "../islands/PasskeyLogin.tsx";
import { ApiError } from "../lib/api/request.ts";
import { t } from "../lib/i18n/t.ts";
import type { State } from "../utils.ts";
import { AuthPage } from "./AuthPage.tsx";
import { CodeField } from "./CodeField.tsx";

/** What `second_factor_required` says; undefined for anything else. */
export function challengeOf(
  error: unknown,
): { readonly challenge: string; readonly passkey: boolean } | undefined {
  if (!(error instanceof ApiError) || error.code !== "second_factor_required") return undefined;
  const { challenge, passkey } = error.details;
  return typeof challenge === "string" ? { challenge, passkey: passkey === true } : undefined;
}

/** The second step of signing in, whatever the first one was. */
export function SecondStep(
  props: {
    state: State;
    next: string;
    challenge: string;
    passkey: boolean;
    userName?: string;
    error?: string | undefined;
  },
) {
  const { state, challenge } = props;
  const origin = props.passkey ? state.server.passkey_origin : null;
  return (
    <AuthPage state={state}>
      <h1>{t("twoStep.title")}</h1>
      <p class="lead">{t("twoStep.loginText")}</p>
      <form class="stack" method="post" action="/login">
        <input type="hidden" name="next" value={props.next} />
        {props.userName && (
          <input type="hidden" name="user_name" value={props.userName} autocomplete="username" />
        )}
        <input type="hidden" name="challenge" value={challenge} />
        {props.passkey && <input type="hidden" name="passkey" value="on" />}
        <CodeField error={props.error} autofocus />
        <button class="button primary wide" type="submit">{t("login.submit")}</button>
      </form>
      {origin !== null && <PasskeyLogin origin={origin} next={props.next} challenge={challenge} />}
      <p class="small muted">{t("twoStep.lost")}</p>
      <p class="small">
        <a href={`/login?next=${encodeURIComponent(props.next)}`}>{t("twoStep.again")}</a>
      </p>
    </AuthPage>
  );
}
