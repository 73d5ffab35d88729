import { AuthPage, PlainHttpNotice } from "../components/AuthPage.tsx";
import { Field } from "../components/Field.tsx";
import { Notice } from "../components/Notice.tsx";
import { readForm, refusal, safeNext, text } from "../lib/forms.ts";
import { page } from "fresh";
import { t } from "../lib/i18n/t.ts";
import { define } from "../utils.ts";

interface Data {
  next: string;
  userName: string;
  error?: string;
  ended: boolean;
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
    try {
      await ctx.state.api.call("login", {
        body: { user_name: userName, password: text(form, "password"), transport: "cookie" },
      });
      return ctx.redirect(`/restore?next=${encodeURIComponent(next)}`);
    } catch (error) {
      ctx.state.title = t("login.title");
      return page({ next, userName, error: refusal(error).message, ended: false }, { status: 401 });
    }
  },
});

export default define.page<typeof handler>(({ data, state }) => (
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
        autocomplete="username"
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
    <p class="small muted">
      {state.server.registration.mode === "open" || state.server.registration.mode === "token"
        ? (
          <>
            {t("login.new")} <a href="/register">{t("front.register")}</a>
          </>
        )
        : t("front.invite")}
    </p>
    <p class="small muted">{t("login.forgot")}</p>
  </AuthPage>
));
