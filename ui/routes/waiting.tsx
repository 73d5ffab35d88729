import { AuthPage } from "../components/AuthPage.tsx";
import { Drawing } from "../components/Drawing.tsx";
import { chosen } from "../lib/admin.ts";
import { t } from "../lib/i18n/t.ts";
import { define } from "../utils.ts";

const WAITING_FOR = ["approval", "email"] as const;

export const handler = define.handlers<{ waitingFor: (typeof WAITING_FOR)[number] }>({
  GET(ctx) {
    ctx.state.title = t("waiting.title");
    return { data: { waitingFor: chosen(ctx.url, "for", WAITING_FOR) } };
  },
});

/** Says what a registration waits for; it knows of nobody, so that there is nothing to find out. */
export default define.page<typeof handler>(({ data, state }) => (
  <AuthPage state={state}>
    <h1>{t("waiting.title")}</h1>
    <Drawing name="seats" />
    <p class="lead">
      {t(data.waitingFor === "email" ? "waiting.email" : "waiting.approval")}
    </p>
    <p class="muted">
      {t(data.waitingFor === "email" ? "waiting.emailMore" : "waiting.approvalMore")}
    </p>
    <p>
      <a class="button" href="/login">{t("waiting.login")}</a>
    </p>
  </AuthPage>
));
