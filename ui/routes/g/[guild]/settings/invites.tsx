import type { Guild } from "../../../../../core/api/guild.ts";
import type { Invite } from "../../../../../core/api/invites.ts";
import { ActForm, Select } from "../../../../components/FormParts.tsx";
import { Drawing } from "../../../../components/Drawing.tsx";
import { GuildSettings } from "../../../../components/GuildSettings.tsx";
import { Icon } from "../../../../components/Icon.tsx";
import { Notice } from "../../../../components/Notice.tsx";
import CopyText from "../../../../islands/CopyText.tsx";
import { text } from "../../../../lib/forms.ts";
import { formPage } from "../../../../lib/form_page.ts";
import { localPart } from "../../../../lib/format/names.ts";
import { can } from "../../../../lib/format/rights.ts";
import { formatRelative } from "../../../../lib/format/time.ts";
import { guildParams, readGuild } from "../../../../lib/guild_settings.ts";
import { t } from "../../../../lib/i18n/t.ts";
import { stayChoices, stayText } from "../../../../lib/settings/stays.ts";
import { define } from "../../../../utils.ts";

const WEEK_S = 604_800;
const AGES = [
  [3600, "invite.hour"],
  [86_400, "invite.day"],
  [WEEK_S, "invite.week"],
  [2_592_000, "invite.month"],
  [0, "invite.never"],
] as const;
const USES = [0, 1, 5, 25, 100] as const;

export const handler = define.handlers(formPage(
  async (ctx) => {
    const guild = await readGuild(ctx, "gs.invites");
    const { invites } = await ctx.state.api.call("listInvites", { params: guildParams(ctx) });
    return { guild, invites };
  },
  {
    async create(ctx, form) {
      const age = text(form, "age");
      await ctx.state.api.call("createInvite", {
        body: {
          ...guildParams(ctx),
          max_age_s: age === "" ? WEEK_S : Number(age),
          max_uses: Number(text(form, "uses")),
          channel_id: text(form, "channel") || null,
          role_id: text(form, "role") || null,
          stay_s: Number(text(form, "stay")) || null,
        },
      });
    },
    async revoke(ctx, form) {
      await ctx.state.api.call("revokeInvite", { params: { code: text(form, "code") } });
    },
  },
));

export default define.page<typeof handler>(({ data, state }) => {
  const { guild, invites } = data;
  return (
    <GuildSettings
      state={state}
      guild={guild}
      part="invites"
      heading={t("gs.invites")}
      lead="gs.invitesLead"
      note={data.note}
    >
      {state.server.public_url_local && <Notice kind="warn">{t("invite.localWarning")}</Notice>}
      {can(guild.permissions, "CREATE_INVITE") && <NewInvite guild={guild} />}
      {invites.length === 0 && (
        <div class="empty">
          <Drawing name="door" />
          <p>{t("gs.noInvites")}</p>
        </div>
      )}
      <ul class="rows">
        {invites.map((invite) => (
          <InviteRow key={invite.code} invite={invite} guild={guild} nowMs={state.nowMs} />
        ))}
      </ul>
    </GuildSettings>
  );
});

function NewInvite({ guild }: { guild: Guild }) {
  const roles = can(guild.permissions, "MANAGE_ROLES")
    ? guild.roles.filter((role) => role.id !== "everyone" && role.position < guild.rank)
    : [];
  const channels = guild.channels.filter((each) => !each.private && each.kind !== "category");
  return (
    <ActForm act="create" class="card stack" id="new">
      <div class="row wrap form-line">
        <Select
          name="age"
          label={t("invite.age")}
          value={String(WEEK_S)}
          options={AGES.map(([seconds, label]) => [String(seconds), t(label)] as const)}
        />
        <Select
          name="uses"
          label={t("invite.uses")}
          value="0"
          options={USES.map((n) =>
            [String(n), n === 0 ? t("invite.anyUses") : t("invite.nUses", { n })] as const
          )}
        />
        <Select
          name="channel"
          label={t("invite.channel")}
          value=""
          options={[
            ["", t("invite.firstChannel")],
            ...channels.map(({ id, name }) => [id, name] as const),
          ]}
        />
        {can(guild.permissions, "KICK") && (
          <Select
            name="stay"
            label={t("stay.label")}
            value=""
            options={stayChoices(t("stay.forGood"))}
          />
        )}
        {roles.length > 0 && (
          <Select
            name="role"
            label={t("invite.role")}
            value=""
            options={[
              ["", t("invite.noRole")],
              ...roles.map(({ id, name }) => [id, name] as const),
            ]}
          />
        )}
      </div>
      <div>
        <button class="button primary" type="submit">{t("invite.newLink")}</button>
      </div>
    </ActForm>
  );
}

function InviteRow({ invite, guild, nowMs }: { invite: Invite; guild: Guild; nowMs: number }) {
  const channel = guild.channels.find((each) => each.id === invite.channel_id);
  const role = guild.roles.find((each) => each.id === invite.role_id);
  return (
    <li class="row-card">
      <Icon name="link" />
      <div class="grow">
        <p class="mono break">{invite.url}</p>
        <p class="small muted">
          {t("gs.inviteBy", { name: localPart(invite.by) })} · {invite.max_uses === null
            ? t("invite.nUses", { n: invite.uses })
            : t("gs.usesOf", { uses: invite.uses, max: invite.max_uses })} ·{" "}
          {invite.expires_ts === null
            ? t("invite.staysForEver")
            : t("invite.endsIn", { when: formatRelative(invite.expires_ts, nowMs) })}
        </p>
        {(channel || role || invite.stay_s !== null) && (
          <p class="row-tight wrap">
            {channel && <span class="tag">{t("invite.into", { name: channel.name })}</span>}
            {role && <span class="tag accent">{t("invite.gives", { name: role.name })}</span>}
            {invite.stay_s !== null && (
              <span class="tag call">{t("stay.linkTag", { time: stayText(invite.stay_s) })}</span>
            )}
          </p>
        )}
      </div>
      <CopyText text={invite.url} />
      <ActForm act="revoke">
        <input type="hidden" name="code" value={invite.code} />
        <button class="button small danger" type="submit">{t("gs.revoke")}</button>
      </ActForm>
    </li>
  );
}
