import { AuthPage, PlainHttpNotice } from "../components/AuthPage.tsx";
import { t } from "../lib/i18n/t.ts";
import { readLastPlace } from "../lib/last_place.ts";
import { define } from "../utils.ts";

export const handler = define.handlers({
  async GET(ctx) {
    const self = await ctx.state.self();
    if (!self) return { data: undefined };
    const last = readLastPlace(ctx.req);
    if (last) return ctx.redirect(last);
    return ctx.redirect("/home");
  },
});

export default define.page<typeof handler>(({ state }) => {
  const { server } = state;
  const { mode, invite_links: links } = server.registration;
  return (
    <AuthPage state={state}>
      <h1>{t("front.title", { name: server.title ?? server.name })}</h1>
      <p class="lead break">{server.description ?? t("front.text")}</p>
      <PlainHttpNotice state={state} />
      <div class="stack-tight">
        <a class="button primary wide" href="/login">{t("front.login")}</a>
        {mode === "open" && <a class="button wide" href="/register">{t("front.register")}</a>}
        {mode === "token" && <a class="button wide" href="/register">{t("front.haveToken")}</a>}
      </div>
      <p class="small muted">
        {mode === "open"
          ? t("front.open")
          : mode === "closed"
          ? t("front.closed")
          : links
          ? t("front.invite")
          : t("front.token")}
      </p>
      {server.needs_first_administrator && <p class="small muted">{t("front.firstAdmin")}</p>}
    </AuthPage>
  );
});
