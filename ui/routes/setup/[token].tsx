import { page } from "fresh";
import { AuthPage, PlainHttpNotice } from "../../components/AuthPage.tsx";
import { Notice } from "../../components/Notice.tsx";
import { type RegisterData, RegisterForm } from "../../components/RegisterForm.tsx";
import { t } from "../../lib/i18n/t.ts";
import { lookUpToken, registerFromForm } from "../../lib/register.ts";
import { define } from "../../utils.ts";

export const handler = define.handlers<RegisterData>({
  async GET(ctx) {
    ctx.state.title = t("setup.title");
    const code = ctx.params["token"] ?? "";
    const token = await lookUpToken(ctx.state, code);
    return page({ code, token, userName: "", displayName: "" }, { status: token ? 200 : 404 });
  },
  async POST(ctx) {
    ctx.state.title = t("setup.title");
    const done = await registerFromForm(ctx.state, ctx.req, ctx.params["token"] ?? "");
    return "to" in done ? ctx.redirect(done.to) : page(done.again, { status: 400 });
  },
});

export default define.page<typeof handler>(({ data, state }) => (
  <AuthPage state={state}>
    <h1>{t("setup.title")}</h1>
    {data.token?.kind === "first_administrator"
      ? (
        <>
          <p class="lead">{t("setup.text", { name: state.server.name })}</p>
          <PlainHttpNotice state={state} />
          <RegisterForm data={data} state={state} />
        </>
      )
      : <Notice kind="warn">{t("setup.used")}</Notice>}
  </AuthPage>
));
