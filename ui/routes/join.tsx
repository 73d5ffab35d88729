import { page } from "fresh";
import { AuthPage } from "../components/AuthPage.tsx";
import { Drawing } from "../components/Drawing.tsx";
import { Field } from "../components/Field.tsx";
import { InvitedGuild } from "../components/InvitedGuild.tsx";
import { Notice } from "../components/Notice.tsx";
import { ApiError } from "../lib/api/request.ts";
import type { CallResult } from "../lib/api/types.ts";
import { readForm, refusal, text } from "../lib/forms.ts";
import { handleOf, nameOf } from "../lib/format/names.ts";
import { guildPath } from "../lib/format/paths.ts";
import { t } from "../lib/i18n/t.ts";
import { define, type State } from "../utils.ts";

interface Data {
  link: string;
  me: string;
  found: CallResult<"lookAtLink"> | null;
  error: string | null;
}

/** What the link leads to. A refusal stands on the page: links end, servers are away. */
async function look(state: State, link: string, me: string): Promise<Data> {
  state.title = t("join.title");
  if (link === "") return { link, me, found: null, error: null };
  try {
    const found = await state.api.call("lookAtLink", { query: { link } });
    state.title = t("invite.pageTitle", { name: found.guild.name });
    return { link: found.link, me, found, error: null };
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) throw error;
    return { link, me, found: null, error: refusal(error).message };
  }
}

export const handler = define.handlers<Data>({
  async GET(ctx) {
    const link = (ctx.url.searchParams.get("link") ?? "").trim();
    const self = await ctx.state.self();
    if (!self) {
      const back = `/join?link=${encodeURIComponent(link)}`;
      return ctx.redirect(`/login?next=${encodeURIComponent(back)}`);
    }
    const data = await look(ctx.state, link, nameOf(self.user));
    return page(data, { status: data.error === null ? 200 : 404 });
  },
  async POST(ctx) {
    const link = text(await readForm(ctx.req), "link").trim();
    const self = await ctx.state.self();
    if (!self) return ctx.redirect("/login");
    try {
      const joined = await ctx.state.api.call("joinByLink", { body: { link } });
      return ctx.redirect(guildPath(joined.guild_id, joined.channel_id));
    } catch (error) {
      const { message } = refusal(error);
      const data = await look(ctx.state, link, nameOf(self.user));
      return page({ ...data, error: message }, { status: 400 });
    }
  },
});

/** Joining the guild of a link, of this server or another, with the account one has here. */
export default define.page<typeof handler>(({ data, state }) => (
  <AuthPage state={state}>
    {data.found ? <Found data={data} found={data.found} state={state} /> : <Ask data={data} />}
  </AuthPage>
));

function Found(props: { data: Data; found: NonNullable<Data["found"]>; state: State }) {
  const { data, found, state } = props;
  const foreign = found.server !== state.server.name;
  return (
    <InvitedGuild
      guild={found.guild}
      by={found.by === null ? null : handleOf(found.by)}
      onlineCount={found.online_count}
      stayS={found.stay_s}
      server={foreign ? found.server : undefined}
    >
      {data.error !== null && <Notice kind="error">{data.error}</Notice>}
      {found.joined
        ? <a class="button primary wide" href={guildPath(found.guild.id)}>{t("join.open")}</a>
        : (
          <form method="post" action="/join" class="stack-tight">
            <input type="hidden" name="link" value={data.link} />
            <button class="button primary wide" type="submit">
              {t("invite.join", { name: found.guild.name })}
            </button>
            <p class="small muted">
              {t("invite.as", { name: data.me })} {foreign &&
                t("join.foreign", { server: found.server, own: state.server.name })}
            </p>
          </form>
        )}
    </InvitedGuild>
  );
}

function Ask({ data }: { data: Data }) {
  return (
    <>
      {data.error !== null && <Drawing name="door" />}
      <h1>{t("join.title")}</h1>
      {data.error !== null && <Notice kind="error">{data.error}</Notice>}
      <form method="get" action="/join" class="stack">
        <Field
          name="link"
          label={t("join.link")}
          value={data.link}
          hint={t("join.linkHint")}
          spellcheck={false}
          autofocus
          required
        />
        <button class="button primary wide" type="submit">{t("join.look")}</button>
      </form>
      <p class="small">
        <a href="/">{t("goHome")}</a>
      </p>
    </>
  );
}
