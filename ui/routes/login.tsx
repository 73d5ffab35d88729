import { AuthPage, PlainHttpNotice } from "../components/AuthPage.tsx";
import { Field } from "../components/Field.tsx";
import { Notice } from "../components/Notice.tsx";
import { ProviderButtons } from "../components/ProviderButtons.tsx";
import { challengeOf, SecondStep } from "../components/SecondStep.tsx";
import PasskeyLogin from "../islands/PasskeyLogin.tsx";
import { ApiError } from "../lib/api/request.ts";
import { flag, readForm, refusal, safeNext, text } from "../lib/forms.ts";
import { page } from "fresh";
import { t } from "../lib/i18n/t.ts";
import { waitingPath } from "../lib/register.ts";
import { define, type State } from "../utils.ts";

interface Data {
  next: string;
  userName: string;
  error?: string;
  ended: boolean;
  /** The password was right and a code is asked for. */
  challenge?: string;
  /** A passkey will do in place of the code. */
  passkey?: boolean;
}

export const handler = define.handlers<Data>({
  async GET(ctx) {
    const next = safeNext(ctx.url.searchParams.get("next"));
    if (await ctx.state.self()) return ctx.redirect(next);
    ctx.state.title = t("login.title");
    return { data: { next, userName: "", ended: ctx.url.searchParams.has("ended") } };
  },
  async POST(ctx) {
    const form = await readForm(ctx.req);
    const next = safeNext(text(form, "next"));
    const userName = text(form, "user_name").trim();
    const challenge = text(form, "challenge");
    const shown = { next, userName, ended: false };
    ctx.state.title = t("login.title");
    try {
      if (challenge === "") {
        await ctx.state.api.call("login", {
          body: { user_name: userName, password: text(form, "password"), transport: "cookie" },
        });
      } else {
        await ctx.state.api.call("finishLogin", {
          body: { challenge, code: text(form, "code"), transport: "cookie" },
        });
      }
      return ctx.redirect(`/restore?next=${encodeURIComponent(next)}`);
    } catch (error) {
      const asked = challengeOf(error);
      if (asked !== undefined) return page({ ...shown, ...asked });
      const waiting = waitingPath(error);
      if (waiting !== undefined) return ctx.redirect(waiting);
      const { message } = refusal(error);
      // A wrong code may be typed again; a sign-in that has ended begins with the password.
      const again = challenge !== "" && !(error instanceof ApiError && error.code === "gone");
      const data = {
        ...shown,
        error: message,
        ...(again ? { challenge, passkey: flag(form, "passkey") } : {}),
      };
      return page(data, { status: 401 });
    }
  },
});

export default define.page<typeof handler>(({ data, state }) =>
  data.challenge === undefined ? <FirstStep data={data} state={state} /> : (
    <SecondStep
      state={state}
      next={data.next}
      userName={data.userName}
      challenge={data.challenge}
      passkey={data.passkey ?? false}
      error={data.error}
    />
  )
);

function FirstStep({ data, state }: { data: Data; state: State }) {
  const origin = state.server.passkey_origin;
  return (
    <AuthPage state={state}>
      <h1>{t("login.title")}</h1>
      <PlainHttpNotice state={state} />
      {data.ended && <Notice>{t("login.ended")}</Notice>}
      {data.error && <Notice kind="error">{data.error}</Notice>}
      <form class="stack" method="post" action="/login">
        <input type="hidden" name="next" value={data.next} />
        <Field
          name="user_name"
          label={t("field.userName")}
          value={data.userName}
          autocomplete="username webauthn"
          spellcheck={false}
          after={`@${state.server.name}`}
          autofocus={data.userName === ""}
          required
        />
        <Field
          name="password"
          type="password"
          label={t("field.password")}
          autocomplete="current-password"
          autofocus={data.userName !== ""}
          required
        />
        <button class="button primary wide" type="submit">{t("login.submit")}</button>
      </form>
      {origin !== null && <PasskeyLogin origin={origin} next={data.next} />}
      <ProviderButtons state={state} next={data.next} />
      <p class="small muted">
        {state.server.registration.mode === "open" || state.server.registration.mode === "token"
          ? (
            <>
              {t("login.new")} <a href="/register">{t("front.register")}</a>
            </>
          )
          : t("front.invite")}
      </p>
      <p class="small muted">
        {state.server.mail ? <a href="/forgot">{t("forgot.link")}</a> : t("login.forgot")}
      </p>
    </AuthPage>
  );
}
