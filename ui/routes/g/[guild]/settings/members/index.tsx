import type { Guild, Member } from "../../../../../../core/api/guild.ts";
import { Avatar } from "../../../../../components/Avatar.tsx";
import { BulkActs, BulkConfirm } from "../../../../../components/BulkMembers.tsx";
import { Field } from "../../../../../components/Field.tsx";
import { Select } from "../../../../../components/FormParts.tsx";
import { GuildSettings } from "../../../../../components/GuildSettings.tsx";
import { readTimeZone } from "../../../../../lib/time_zone.ts";
import { formPage } from "../../../../../lib/form_page.ts";
import { handleOf, memberName } from "../../../../../lib/format/names.ts";
import { colorClass } from "../../../../../lib/format/role_color.ts";
import { formatDate } from "../../../../../lib/format/time.ts";
import type { Context } from "../../../../../lib/fresh/mod.ts";
import { settingsPath } from "../../../../../lib/guild_links.ts";
import { guildParams, readGuild } from "../../../../../lib/guild_settings.ts";
import { t } from "../../../../../lib/i18n/t.ts";
import { bulk, bulkSure, confirmedIn } from "../../../../../lib/settings/bulk.ts";
import { define, type State } from "../../../../../utils.ts";

const SORTS = ["name", "newest", "oldest"] as const;
type Sort = typeof SORTS[number];

async function load(ctx: Context<State>) {
  const get = (name: string) => ctx.url.searchParams.get(name) ?? "";
  const asked = {
    search: get("search"),
    role: get("role"),
    sort: SORTS.find((sort) => sort === get("sort")) ?? "name" as Sort,
  };
  const guild = await readGuild(ctx, "gs.members");
  const list = await ctx.state.api.call("listMembers", {
    params: guildParams(ctx),
    query: {
      search: asked.search,
      role_id: asked.role || undefined,
      sort: asked.sort,
      after: get("after") || undefined,
      limit: 100,
    },
  });
  return { guild, list, asked, confirm: confirmedIn(ctx.url), timeZone: readTimeZone(ctx.req) };
}

export const handler = define.handlers(formPage(load, { bulk, bulkSure }));

export default define.page<typeof handler>(({ data, state }) => {
  const { guild, list, asked } = data;
  return (
    <GuildSettings
      state={state}
      guild={guild}
      part="members"
      heading={t("gs.members")}
      note={data.note}
    >
      {data.confirm && (
        <BulkConfirm {...data.confirm} nowMs={state.nowMs} timeZone={data.timeZone} />
      )}
      <Finder guild={guild} asked={asked} />
      <p class="small muted" role="status">{t("members", { n: list.total })}</p>
      {list.members.length === 0 && <p class="muted">{t("member.noneFound")}</p>}
      {list.members.length > 0 && (
        <form method="post" class="stack">
          <ul class="rows">
            {list.members.map((member) => (
              <MemberRow
                key={member.user.id}
                member={member}
                guild={guild}
                nowMs={state.nowMs}
                joined={asked.sort !== "name"}
              />
            ))}
          </ul>
          <BulkActs guild={guild} />
        </form>
      )}
      {list.next && (
        <a class="button" href={`?${new URLSearchParams({ ...asked, after: list.next })}`}>
          {t("gs.next")}
        </a>
      )}
    </GuildSettings>
  );
});

function Finder(
  { guild, asked }: { guild: Guild; asked: { search: string; role: string; sort: Sort } },
) {
  return (
    <form method="get" class="row wrap form-line" role="search">
      <Field name="search" label={t("gs.searchMembers")} value={asked.search} />
      <Select
        name="role"
        label={t("member.role")}
        value={asked.role}
        options={[
          ["", t("member.anyRole")],
          ...guild.roles.filter((role) => role.id !== "everyone")
            .map(({ id, name }) => [id, name] as const),
        ]}
      />
      <Select
        name="sort"
        label={t("member.sort")}
        value={asked.sort}
        options={SORTS.map((sort) => [sort, t(`member.sort.${sort}`)] as const)}
      />
      <button class="button" type="submit">{t("gs.search")}</button>
    </form>
  );
}

function MemberRow(
  { member, guild, nowMs, joined }: {
    member: Member;
    guild: Guild;
    nowMs: number;
    joined: boolean;
  },
) {
  const name = memberName(member);
  return (
    <li class="row-card">
      <input
        type="checkbox"
        class="box"
        name="user"
        value={member.user.id}
        aria-label={t("member.choose", { name })}
      />
      <Avatar
        id={member.user.id}
        name={name}
        uri={member.guild_avatar ?? member.user.avatar}
        size="m"
      />
      <a
        class="grow row-link"
        href={`${settingsPath(guild)}/members/${encodeURIComponent(member.user.id)}`}
      >
        <span class="strong break">{name}</span>
        <span class="small muted block break">
          {handleOf(member.user.id)}
          {joined && ` · ${t("profile.since", { date: formatDate(member.joined_ts, "UTC") })}`}
        </span>
      </a>
      <span class="row-tight wrap end">
        {guild.roles.filter((role) => member.roles.includes(role.id)).map((role) => (
          <span key={role.id} class={`tag ${colorClass(role.color)}`}>{role.name}</span>
        ))}
        {member.stay_until !== null && (
          <span class="tag call">
            {t("stay.untilShort", { when: formatDate(member.stay_until, "UTC") })}
          </span>
        )}
        {(member.timeout_until ?? 0) > nowMs && (
          <span class="tag danger">{t("member.timedOut")}</span>
        )}
        {guild.owner === member.user.id && <span class="tag call">{t("member.owner")}</span>}
      </span>
    </li>
  );
}
