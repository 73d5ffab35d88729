import { page } from "fresh";
import { AuthPage } from "../components/AuthPage.tsx";
import { Field } from "../components/Field.tsx";
import { Notice } from "../components/Notice.tsx";
import { readForm, refusal, safeNext, text } from "../lib/forms.ts";
import { t } from "../lib/i18n/t.ts";
import { define } from "../utils.ts";

interface Data {
  next: string;
  error?: string;
}

/** The password again, before an act that cannot be taken back. */
export const handler = define.handlers<Data>({
  async GET(ctx) {
    ctx.state.title = t("confirm.title");
    if (!await ctx.state.self()) return ctx.redirect("/login");
    return { data: { next: safeNext(ctx.url.searchParams.get("next")) } };
  },
  async POST(ctx) {
    ctx.state.title = t("confirm.title");
    const form = await readForm(ctx.req);
    const next = safeNext(text(form, "next"));
    try {
      await ctx.state.api.call("confirmIdentity", { body: { password: text(form, "password") } });
      return ctx.redirect(next);
    } catch (error) {
      return page({ next, error: refusal(error).message }, { status: 401 });
    }
  },
});

export default define.page<typeof handler>(({ data, state }) => (
  <AuthPage state={state}>
    <h1>{t("confirm.title")}</h1>
    <p class="lead">{t("confirm.text")}</p>
    {data.error && <Notice kind="error">{data.error}</Notice>}
    <form class="stack" method="post" action="/confirm">
      <input type="hidden" name="next" value={data.next} />
      <Field
        name="password"
        type="password"
        label={t("field.password")}
        autocomplete="current-password"
        autofocus
        required
      />
      <button class="button primary wide" type="submit">{t("confirm.submit")}</button>
      <a class="button quiet wide" href={data.next}>{t("cancel")}</a>
    </form>
  </AuthPage>
));
