import { ActForm, Check, SaveButton, Select } from "../../../../../components/FormParts.tsx";
import { BanEnd, PurgeChoice } from "../../../../../components/BanEnd.tsx";
import { Avatar } from "../../../../../components/Avatar.tsx";
import { Field } from "../../../../../components/Field.tsx";
import { GuildSettings } from "../../../../../components/GuildSettings.tsx";
import { Icon } from "../../../../../components/Icon.tsx";
import type { Context } from "../../../../../lib/fresh/mod.ts";
import { text } from "../../../../../lib/forms.ts";
import { formPage } from "../../../../../lib/form_page.ts";
import { handleOf, memberName } from "../../../../../lib/format/names.ts";
import { can } from "../../../../../lib/format/rights.ts";
import { formatDate, formatFull } from "../../../../../lib/format/time.ts";
import { settingsPath } from "../../../../../lib/guild_links.ts";
import { guildParams, readGuild, reasonIn } from "../../../../../lib/guild_settings.ts";
import { t } from "../../../../../lib/i18n/t.ts";
import { readTimeZone } from "../../../../../lib/time_zone.ts";
import { banEndIn, purgeIn } from "../../../../../lib/settings/ban_form.ts";
import { stayChoices } from "../../../../../lib/settings/stays.ts";
import { define, type State } from "../../../../../utils.ts";

const paramsOf = (ctx: Context<State>) => ({
  ...guildParams(ctx),
  user_id: ctx.params["user"] ?? "",
});
/** The choice of a membership without end. */
const FOR_GOOD = "0";
const listPath = (ctx: Context<State>) =>
  `${settingsPath({ id: guildParams(ctx).guild_id })}/members`;

async function load(ctx: Context<State>) {
  const guild = await readGuild(ctx, "gs.members");
  const member = await ctx.state.api.call("getMember", { params: paramsOf(ctx) });
  return { guild, member, timeZone: readTimeZone(ctx.req) };
}

export const handler = define.handlers(formPage(load, {
  async save(ctx, form) {
    const { guild, member } = await load(ctx);
    const chosen = new Set(form.getAll("role"));
    // Roles above one's own rank are not sent by the browser: they stay as they are.
    const roles = guild.roles.filter((role) =>
      role.id !== "everyone" &&
      (role.position < guild.rank ? chosen.has(role.id) : member.roles.includes(role.id))
    ).map((role) => role.id);
    await ctx.state.api.call("updateMember", {
      params: paramsOf(ctx),
      body: { roles, ...reasonIn(form) },
    });
  },
  async nickname(ctx, form) {
    await ctx.state.api.call("updateMember", {
      params: paramsOf(ctx),
      body: { nickname: text(form, "nickname").trim() || null },
    });
  },
  async picture(ctx) {
    await ctx.state.api.call("updateMember", {
      params: paramsOf(ctx),
      body: { guild_avatar: null },
    });
  },
  async timeout(ctx, form) {
    const minutes = Number(text(form, "minutes"));
    await ctx.state.api.call("updateMember", {
      params: paramsOf(ctx),
      body: {
        timeout_until: minutes > 0 ? ctx.state.nowMs + minutes * 60_000 : null,
        ...reasonIn(form),
      },
    });
  },
  async stay(ctx, form) {
    const chosen = text(form, "stay");
    if (chosen === "") return;
    const until = chosen === FOR_GOOD ? null : ctx.state.nowMs + Number(chosen) * 1000;
    await ctx.state.api.call("updateMember", {
      params: paramsOf(ctx),
      body: { stay_until: until, ...reasonIn(form) },
    });
  },
  async kick(ctx, form) {
    await ctx.state.api.call("kickMember", { params: paramsOf(ctx), body: reasonIn(form) });
    return listPath(ctx);
  },
  async ban(ctx, form) {
    const at = { nowMs: ctx.state.nowMs, timeZone: readTimeZone(ctx.req) };
    await ctx.state.api.call("banMember", {
      params: paramsOf(ctx),
      body: { ...reasonIn(form), ...purgeIn(form), ...banEndIn(form, at) },
    });
    return listPath(ctx);
  },
}));

type Data = Awaited<ReturnType<typeof load>>;

export default define.page<typeof handler>(({ data, state }) => {
  const { guild, member } = data;
  return (
    <GuildSettings
      state={state}
      guild={guild}
      part="members"
      heading={memberName(member)}
      note={data.note}
    >
      <div class="card row">
        <Avatar
          id={member.user.id}
          name={memberName(member)}
          uri={member.guild_avatar ?? member.user.avatar}
          size="xl"
        />
        <div class="grow">
          <p class="break muted">{handleOf(member.user.id)}</p>
          <p class="small muted">
            {t("profile.since", { date: formatDate(member.joined_ts, "UTC") })}
          </p>
          {member.stay_until !== null && (
            <p class="small">
              {t("stay.until", { when: formatFull(member.stay_until, data.timeZone) })}
            </p>
          )}
        </div>
        {member.guild_avatar !== null && can(guild.permissions, "MANAGE_NICKNAMES") && (
          <ActForm act="picture">
            <button class="button small" type="submit">{t("guildAvatar.reset")}</button>
          </ActForm>
        )}
      </div>
      <MemberAsides {...data} />
      {can(guild.permissions, "MANAGE_ROLES") && <RolesForm {...data} />}
      {can(guild.permissions, "MANAGE_NICKNAMES") && (
        <ActForm act="nickname" class="row form-line">
          <Field
            name="nickname"
            label={t("gs.nickname")}
            value={member.nickname ?? ""}
            maxlength={64}
          />
          <button class="button" type="submit">{t("save")}</button>
        </ActForm>
      )}
      {can(guild.permissions, "KICK") && <StayForm {...data} />}
      <Sanctions {...data} nowMs={state.nowMs} />
    </GuildSettings>
  );
});

function MemberAsides({ guild, member }: Data) {
  const id = encodeURIComponent(member.user.id);
  return (
    <div class="row wrap">
      <a class="button small" href={`${settingsPath(guild)}/why?user=${id}`}>
        <Icon name="info" small /> {t("why.linkMember", { name: memberName(member) })}
      </a>
      {can(guild.permissions, "MANAGE_ROLES") && (
        <a class="button small" href={`${settingsPath(guild)}/view-as?user=${id}`}>
          <Icon name="eye" small /> {t("viewAs.linkMember", { name: memberName(member) })}
        </a>
      )}
    </div>
  );
}

function RolesForm({ guild, member }: Data) {
  return (
    <ActForm act="save" guard>
      <fieldset class="rights">
        <legend class="label">{t("gs.roles")}</legend>
        {guild.roles.filter((role) => role.id !== "everyone").map((role) => (
          <Check
            key={role.id}
            name="role"
            value={role.id}
            label={role.name}
            checked={member.roles.includes(role.id)}
            disabled={role.position >= guild.rank}
          />
        ))}
      </fieldset>
      <SaveButton />
    </ActForm>
  );
}

/** When the membership ends by itself. */
function StayForm({ guild, member }: Data) {
  const strongest = guild.roles.find((role) => member.roles.includes(role.id))?.position ?? 0;
  if (guild.owner === member.user.id || strongest >= guild.rank) return null;
  const [keep, ...lengths] = stayChoices(t("stay.keep"));
  return (
    <ActForm act="stay" class="card stack">
      <Select
        name="stay"
        label={t("stay.title")}
        hint={t("stay.text")}
        value=""
        options={[
          keep ?? ["", ""],
          ...(member.stay_until === null ? [] : [[FOR_GOOD, t("stay.forGood")] as const]),
          ...lengths,
        ]}
      />
      <div>
        <button class="button" type="submit">{t("save")}</button>
      </div>
    </ActForm>
  );
}

function Sanctions({ guild, member, timeZone, nowMs }: Data & { nowMs: number }) {
  const may = (right: Parameters<typeof can>[1]) => can(guild.permissions, right);
  if (guild.owner === member.user.id) return null;
  const out = (member.timeout_until ?? 0) > nowMs;
  return (
    <section class="card danger-card stack">
      {may("MODERATE_MEMBERS") && (
        <ActForm act="timeout">
          <Select
            name="minutes"
            label={t("member.timeout")}
            value="10"
            options={[
              ...(out ? [["0", t("moderate.lift")] as const] : []),
              ["1", t("moderate.minute")],
              ["10", t("moderate.tenMinutes")],
              ["60", t("moderate.hour")],
              ["1440", t("moderate.day")],
              ["10080", t("moderate.week")],
            ]}
          />
          <div>
            <button class="button danger" type="submit">{t("member.timeout")}</button>
          </div>
        </ActForm>
      )}
      {(may("KICK") || may("BAN")) && (
        <form method="post" class="stack">
          <Field name="reason" label={t("moderate.reason")} maxlength={512} />
          {may("BAN") && <BanEnd nowMs={nowMs} timeZone={timeZone} />}
          {may("BAN") && <PurgeChoice />}
          <div class="row wrap">
            {may("KICK") && (
              <button type="submit" class="button danger" name="act" value="kick">
                {t("member.kick")}
              </button>
            )}
            {may("BAN") && (
              <button type="submit" class="button danger solid" name="act" value="ban">
                {t("member.ban")}
              </button>
            )}
          </div>
        </form>
      )}
    </section>
  );
}
