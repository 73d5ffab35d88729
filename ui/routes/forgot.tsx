import { HttpError, page } from "fresh";
import { AuthPage } from "../components/AuthPage.tsx";
import { Field } from "../components/Field.tsx";
import { Notice } from "../components/Notice.tsx";
import { readForm, refusal, text } from "../lib/forms.ts";
import { language, t } from "../lib/i18n/t.ts";
import { define, type State } from "../utils.ts";

interface Data {
  who: string;
  sent: boolean;
  error?: string;
}

/** Only where mails can be sent there is such a page. */
function requireMail(state: State): void {
  if (!state.server.mail) throw new HttpError(404, t("error.404Text"));
  state.title = t("forgot.title");
}

export const handler = define.handlers<Data>({
  GET(ctx) {
    requireMail(ctx.state);
    return page({ who: "", sent: ctx.url.searchParams.has("sent") });
  },
  async POST(ctx) {
    requireMail(ctx.state);
    const who = text(await readForm(ctx.req), "who").trim();
    try {
      await ctx.state.api.call("askReset", { body: { who, language: language().code } });
      return ctx.redirect("/forgot?sent=1");
    } catch (error) {
      return page({ who, sent: false, error: refusal(error).message }, { status: 400 });
    }
  },
});

export default define.page<typeof handler>(({ data, state }) => (
  <AuthPage state={state}>
    <h1>{t("forgot.title")}</h1>
    {data.sent ? <Notice icon="check">{t("forgot.sent")}</Notice> : (
      <>
        <p class="lead">{t("forgot.text")}</p>
        <form class="stack" method="post">
          <Field
            name="who"
            label={t("forgot.field")}
            value={data.who}
            error={data.error}
            autocomplete="username"
            spellcheck={false}
            maxlength={254}
            autofocus
            required
          />
          <button class="button primary wide" type="submit">{t("forgot.submit")}</button>
        </form>
      </>
    )}
    <p class="small">
      <a href="/login">{t("forgot.back")}</a>
    </p>
  </AuthPage>
));
