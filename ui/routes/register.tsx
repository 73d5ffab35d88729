import { page } from "fresh";
import { AuthPage, PlainHttpNotice } from "../components/AuthPage.tsx";
import { Notice } from "../components/Notice.tsx";
import { ProviderButtons } from "../components/ProviderButtons.tsx";
import { type RegisterData, RegisterForm } from "../components/RegisterForm.tsx";
import { t } from "../lib/i18n/t.ts";
import { lookUpToken, registerFromForm } from "../lib/register.ts";
import { define } from "../utils.ts";

const codeOf = (url: URL) => url.searchParams.get("invite") ?? url.searchParams.get("token") ?? "";

export const handler = define.handlers<RegisterData>({
  async GET(ctx) {
    if (await ctx.state.self()) return ctx.redirect("/");
    ctx.state.title = t("register.title");
    const code = codeOf(ctx.url);
    const token = await lookUpToken(ctx.state, code);
    return { data: { code, token, userName: "", displayName: "" } };
  },
  async POST(ctx) {
    ctx.state.title = t("register.title");
    const done = await registerFromForm(ctx.state, ctx.req, codeOf(ctx.url));
    return "to" in done ? ctx.redirect(done.to) : page(done.again, { status: 400 });
  },
});

export default define.page<typeof handler>(({ data, state }) => {
  const { mode } = state.server.registration;
  const closed = mode !== "open" && mode !== "token" && !data.token?.opens_registration;
  return (
    <AuthPage state={state}>
      <h1>{t("register.title")}</h1>
      <PlainHttpNotice state={state} />
      {closed
        ? (
          <Notice kind="warn" icon="lock">
            {data.code === "" ? t("register.closed") : t("register.badCode")}
          </Notice>
        )
        : (
          <>
            <RegisterForm data={data} state={state} />
            <ProviderButtons
              state={state}
              next={data.code === "" ? "/" : `/invite/${encodeURIComponent(data.code)}`}
            />
          </>
        )}
      <p class="small muted">
        {t("register.have")}{" "}
        <a
          href={data.code === ""
            ? "/login"
            : `/login?next=${encodeURIComponent(`/invite/${data.code}`)}`}
        >
          {t("front.login")}
        </a>
      </p>
    </AuthPage>
  );
});
