import { page } from "fresh";
import type { CallResult } from "../../lib/api/types.ts";
import { AuthPage, PlainHttpNotice } from "../../components/AuthPage.tsx";
import { Drawing } from "../../components/Drawing.tsx";
import { Field } from "../../components/Field.tsx";
import { InvitedGuild } from "../../components/InvitedGuild.tsx";
import { Notice } from "../../components/Notice.tsx";
import { ApiError } from "../../lib/api/request.ts";
import { readForm, refusal } from "../../lib/forms.ts";
import { joinAddress } from "../../lib/home_server.ts";
import { guildPath } from "../../lib/format/paths.ts";
import { nameOf } from "../../lib/format/names.ts";
import { t } from "../../lib/i18n/t.ts";
import { define, type State } from "../../utils.ts";

/** Longest address of a server that is looked at. */
const HOME_CHARS = 300;

interface Data {
  code: string;
  invite: CallResult<"getInvite"> | null;
  me: string | null;
  /** Whether that is a member already. */
  joined: boolean;
  /** What was typed as the address of one's own server; "" before. */
  home: string;
  error?: string;
}

async function readInvite(state: State, code: string): Promise<Data["invite"]> {
  try {
    return await state.api.call("getInvite", { params: { code } });
  } catch (error) {
    if (error instanceof ApiError && (error.status === 404 || error.status === 410)) return null;
    throw error;
  }
}

async function isMember(state: State, guildId: string | undefined): Promise<boolean> {
  if (guildId === undefined) return false;
  const { guilds } = await state.api.call("listGuilds");
  return guilds.some(({ id }) => id === guildId);
}

async function readData(state: State, code: string, home = ""): Promise<Data> {
  const [invite, self] = await Promise.all([readInvite(state, code), state.self()]);
  const joined = self !== undefined && await isMember(state, invite?.guild.id);
  state.title = invite
    ? t("invite.pageTitle", { name: invite.guild.name })
    : t("invite.endedTitle");
  return { code, invite, me: self ? nameOf(self.user) : null, joined, home };
}

export const handler = define.handlers<Data>({
  async GET(ctx) {
    const home = (ctx.url.searchParams.get("home") ?? "").slice(0, HOME_CHARS);
    const data = await readData(ctx.state, ctx.params["code"] ?? "", home);
    return page(data, { status: data.invite ? 200 : 404 });
  },
  async POST(ctx) {
    const code = ctx.params["code"] ?? "";
    await readForm(ctx.req);
    try {
      const joined = await ctx.state.api.call("acceptInvite", { params: { code } });
      return ctx.redirect(guildPath(joined.guild_id, joined.channel_id));
    } catch (error) {
      const { message } = refusal(error);
      return page({ ...await readData(ctx.state, code), error: message }, { status: 400 });
    }
  },
});

export default define.page<typeof handler>(({ data, state }) => (
  <AuthPage state={state}>
    {data.invite
      ? <InviteCard data={data} invite={data.invite} state={state} />
      : (
        <div class="empty">
          <Drawing name="door" />
          <h1>{t("invite.endedTitle")}</h1>
          <p>{t("invite.endedText")}</p>
          <a class="button" href="/">{t("goHome")}</a>
        </div>
      )}
  </AuthPage>
));

function InviteCard(props: { data: Data; invite: NonNullable<Data["invite"]>; state: State }) {
  const { data, invite, state } = props;
  const path = `/invite/${encodeURIComponent(data.code)}`;
  return (
    <InvitedGuild
      guild={invite.guild}
      by={invite.by === null ? null : nameOf(invite.by)}
      onlineCount={invite.online_count}
      stayS={invite.stay_s}
    >
      <PlainHttpNotice state={state} />
      {data.error && <Notice kind="error">{data.error}</Notice>}
      {data.joined
        ? (
          <div class="stack-tight">
            <a class="button primary wide" href={guildPath(invite.guild.id)}>
              {t("invite.open", { name: invite.guild.name })}
            </a>
            <p class="small muted">{t("invite.joined")}</p>
          </div>
        )
        : data.me !== null
        ? (
          <form method="post" class="stack-tight">
            <button class="button primary wide" type="submit">
              {t("invite.join", { name: invite.guild.name })}
            </button>
            <p class="small muted">{t("invite.as", { name: data.me })}</p>
          </form>
        )
        : (
          <div class="stack-tight">
            {(invite.registers || state.server.registration.mode === "open") && (
              <a
                // Whoever said where they are at home goes on there.
                class={data.home === "" ? "button primary wide" : "button wide"}
                href={`/register?invite=${encodeURIComponent(data.code)}`}
              >
                {t("invite.register")}
              </a>
            )}
            <a class="button wide" href={`/login?next=${encodeURIComponent(path)}`}>
              {t("invite.login")}
            </a>
            {!state.server.trial && <ElsewhereForm data={data} path={path} state={state} />}
          </div>
        )}
    </InvitedGuild>
  );
}

/**
 * For those at home on another server: they say where, and see where the link leads before they
 * follow it. No account here is needed.
 */
function ElsewhereForm(props: { data: Data; path: string; state: State }) {
  const { data, path, state } = props;
  const { home } = data;
  const to = home === "" ? undefined : joinAddress(home, {
    code: data.code,
    server: state.server.name,
  });
  return (
    <details class="elsewhere" open={home !== ""}>
      <summary>{t("elsewhere.title")}</summary>
      {to !== undefined && (
        <a class="button primary wide" href={to} rel="noreferrer">
          {t("elsewhere.go", { host: new URL(to).host })}
        </a>
      )}
      <form method="get" action={path} class="stack">
        <Field
          name="home"
          label={t("elsewhere.home")}
          value={home}
          hint={t("elsewhere.hint")}
          error={home !== "" && to === undefined ? t("elsewhere.bad", { typed: home }) : undefined}
          placeholder="chat.example.org"
          spellcheck={false}
          required
        />
        <button class="button wide" type="submit">{t("elsewhere.submit")}</button>
      </form>
    </details>
  );
}
