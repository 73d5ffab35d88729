import { page } from "fresh";
import type { CallResult } from "../../lib/api/types.ts";
import { AuthPage, PlainHttpNotice } from "../../components/AuthPage.tsx";
import { Avatar } from "../../components/Avatar.tsx";
import { Drawing } from "../../components/Drawing.tsx";
import { Notice } from "../../components/Notice.tsx";
import { ApiError } from "../../lib/api/request.ts";
import { readForm, refusal } from "../../lib/forms.ts";
import { guildPath } from "../../lib/format/paths.ts";
import { nameOf } from "../../lib/format/names.ts";
import { t } from "../../lib/i18n/t.ts";
import { define, type State } from "../../utils.ts";

interface Data {
  code: string;
  invite: CallResult<"getInvite"> | null;
  me: string | null;
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

async function readData(state: State, code: string): Promise<Data> {
  const [invite, self] = await Promise.all([readInvite(state, code), state.self()]);
  state.title = invite
    ? t("invite.pageTitle", { name: invite.guild.name })
    : t("invite.endedTitle");
  return { code, invite, me: self ? nameOf(self.user) : null };
}

export const handler = define.handlers<Data>({
  async GET(ctx) {
    const data = await readData(ctx.state, ctx.params["code"] ?? "");
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
  const { guild } = invite;
  const path = `/invite/${encodeURIComponent(data.code)}`;
  return (
    <div class="invite-card">
      <Avatar id={guild.id} name={guild.name} uri={guild.icon} size="xl" guild />
      <p class="muted">
        {invite.by ? t("invite.by", { name: nameOf(invite.by) }) : t("invite.you")}
      </p>
      <h1 class="break">{guild.name}</h1>
      {guild.description && <p class="lead">{guild.description}</p>}
      <p class="counts">
        <span class="dot good" /> {t("invite.online", { n: invite.online_count })}
        <span class="dot" /> {t("members", { n: guild.member_count })}
      </p>
      <PlainHttpNotice state={state} />
      {data.error && <Notice kind="error">{data.error}</Notice>}
      {data.me !== null
        ? (
          <form method="post" class="stack-tight">
            <button class="button primary wide" type="submit">
              {t("invite.join", { name: guild.name })}
            </button>
            <p class="small muted">{t("invite.as", { name: data.me })}</p>
          </form>
        )
        : (
          <div class="stack-tight">
            {(invite.registers || state.server.registration.mode === "open") && (
              <a
                class="button primary wide"
                href={`/register?invite=${encodeURIComponent(data.code)}`}
              >
                {t("invite.register")}
              </a>
            )}
            <a class="button wide" href={`/login?next=${encodeURIComponent(path)}`}>
              {t("invite.login")}
            </a>
          </div>
        )}
    </div>
  );
}
