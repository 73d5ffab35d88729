import { page } from "fresh";
import { AuthPage } from "../../components/AuthPage.tsx";
import { Drawing } from "../../components/Drawing.tsx";
import { Notice } from "../../components/Notice.tsx";
import { readForm, refusal, text } from "../../lib/forms.ts";
import { handleOf } from "../../lib/format/names.ts";
import { roomIdOf } from "../../lib/format/paths.ts";
import { t } from "../../lib/i18n/t.ts";
import { define } from "../../utils.ts";

interface Data {
  /** A server of the guild, where it is not this one. */
  readonly server: string;
  readonly me: string;
  readonly sent: boolean;
  readonly error: string | null;
}

const SERVER_CHARS = 230;

export const handler = define.handlers<Data>({
  async GET(ctx) {
    ctx.state.title = t("ask.title");
    const self = await ctx.state.self();
    if (!self) {
      const back = `${ctx.url.pathname}${ctx.url.search}`;
      return ctx.redirect(`/login?next=${encodeURIComponent(back)}`);
    }
    const server = (ctx.url.searchParams.get("server") ?? "").slice(0, SERVER_CHARS);
    const sent = ctx.url.searchParams.has("sent");
    return page({ server, me: handleOf(self.user.id), sent, error: null });
  },
  async POST(ctx) {
    ctx.state.title = t("ask.title");
    const self = await ctx.state.self();
    if (!self) return ctx.redirect("/login");
    const server = text(await readForm(ctx.req), "server").trim().toLowerCase();
    try {
      await ctx.state.api.call("knock", {
        params: { room_id: roomIdOf(ctx.params["room"] ?? "") },
        body: server === "" ? {} : { server },
      });
      return ctx.redirect(`${ctx.url.pathname}?sent=1`);
    } catch (error) {
      const { message } = refusal(error);
      const data = { server, me: handleOf(self.user.id), sent: false, error: message };
      return page(data, { status: 400 });
    }
  },
});

/** Asking to be let into a guild of which one knows the address alone. */
export default define.page<typeof handler>(({ data, state }) => (
  <AuthPage state={state}>
    {data.sent
      ? (
        <>
          <Drawing name="door" />
          <h1>{t("ask.sent")}</h1>
          <p>{t("ask.sentText")}</p>
          <a class="button primary wide" href="/home">{t("ask.home")}</a>
        </>
      )
      : (
        <>
          <h1>{t("ask.title")}</h1>
          <p>{t("ask.text")}</p>
          {data.server !== "" && <p class="strong">{t("ask.at", { server: data.server })}</p>}
          {data.error !== null && <Notice kind="error">{data.error}</Notice>}
          <form method="post" class="stack-tight">
            <input type="hidden" name="server" value={data.server} />
            <button class="button primary wide" type="submit">{t("ask.send")}</button>
            <p class="small muted">{t("ask.as", { name: data.me })}</p>
          </form>
        </>
      )}
  </AuthPage>
));
