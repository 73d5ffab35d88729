import { Avatar } from "../../../../../components/Avatar.tsx";
import { Field } from "../../../../../components/Field.tsx";
import { GuildSettings } from "../../../../../components/GuildSettings.tsx";
import { formPage } from "../../../../../lib/form_page.ts";
import { handleOf, memberName } from "../../../../../lib/format/names.ts";
import { colorClass } from "../../../../../lib/format/role_color.ts";
import { guildParams, readGuild, settingsPath } from "../../../../../lib/guild_settings.ts";
import { t } from "../../../../../lib/i18n/t.ts";
import { define } from "../../../../../utils.ts";

export const handler = define.handlers(formPage(async (ctx) => {
  const search = ctx.url.searchParams.get("search") ?? "";
  const after = ctx.url.searchParams.get("after") ?? undefined;
  const guild = await readGuild(ctx, "gs.members");
  const list = await ctx.state.api.call("listMembers", {
    params: guildParams(ctx),
    query: { search, after, limit: 100 },
  });
  return { guild, list, search };
}, {}));

export default define.page<typeof handler>(({ data, state }) => {
  const { guild, list, search } = data;
  return (
    <GuildSettings
      state={state}
      guild={guild}
      part="members"
      heading={t("gs.members")}
      note={data.note}
    >
      <form method="get" class="row form-line">
        <Field name="search" label={t("gs.searchMembers")} value={search} />
        <button class="button" type="submit">{t("gs.search")}</button>
      </form>
      <p class="small muted">{t("members", { n: list.total })}</p>
      <ul class="rows">
        {list.members.map((member) => (
          <li key={member.user.id} class="row-card">
            <Avatar
              id={member.user.id}
              name={memberName(member)}
              uri={member.guild_avatar ?? member.user.avatar}
              size="m"
            />
            <a
              class="grow row-link"
              href={`${settingsPath(guild)}/members/${encodeURIComponent(member.user.id)}`}
            >
              <span class="strong break">{memberName(member)}</span>
              <span class="small muted block break">{handleOf(member.user.id)}</span>
            </a>
            <span class="row-tight wrap end">
              {guild.roles.filter((role) => member.roles.includes(role.id)).map((role) => (
                <span key={role.id} class={`tag ${colorClass(role.color)}`}>{role.name}</span>
              ))}
              {guild.owner === member.user.id && <span class="tag call">{t("member.owner")}</span>}
            </span>
          </li>
        ))}
      </ul>
      {list.next && (
        <a
          class="button"
          href={`?search=${encodeURIComponent(search)}&after=${encodeURIComponent(list.next)}`}
        >
          {t("gs.next")}
        </a>
      )}
    </GuildSettings>
  );
});
