import type { Role } from "../../../../../../core/api/guild.ts";
import { ActForm } from "../../../../../components/FormParts.tsx";
import { Field } from "../../../../../components/Field.tsx";
import { GuildSettings } from "../../../../../components/GuildSettings.tsx";
import { Icon } from "../../../../../components/Icon.tsx";
import { text } from "../../../../../lib/forms.ts";
import { formPage } from "../../../../../lib/form_page.ts";
import { colorClass } from "../../../../../lib/format/role_color.ts";
import { guildParams, readGuild, settingsPath } from "../../../../../lib/guild_settings.ts";
import { t } from "../../../../../lib/i18n/t.ts";
import { define } from "../../../../../utils.ts";

export const handler = define.handlers(formPage(
  async (ctx) => ({ guild: await readGuild(ctx, "gs.roles") }),
  {
    async create(ctx, form) {
      const { guild_id } = guildParams(ctx);
      const role = await ctx.state.api.call("createRole", {
        body: { guild_id, name: text(form, "name").trim() },
      });
      return `${settingsPath({ id: guild_id })}/roles/${encodeURIComponent(role.id)}`;
    },
    async move(ctx, form) {
      const guild = await ctx.state.api.call("getGuild", { params: guildParams(ctx) });
      const order = guild.roles.filter((role) => role.id !== "everyone").map((role) => role.id);
      const from = order.indexOf(text(form, "role"));
      const to = from + (text(form, "way") === "up" ? -1 : 1);
      const [moved] = order.splice(from, 1);
      if (from < 0 || moved === undefined || to < 0) return;
      order.splice(to, 0, moved);
      await ctx.state.api.call("orderRoles", { params: guildParams(ctx), body: { roles: order } });
    },
  },
));

export default define.page<typeof handler>(({ data, state }) => {
  const { guild } = data;
  return (
    <GuildSettings
      state={state}
      guild={guild}
      part="roles"
      heading={t("gs.roles")}
      lead="gs.rolesLead"
      note={data.note}
    >
      <ActForm act="create" class="row form-line">
        <Field name="name" label={t("role.newName")} maxlength={100} required />
        <button class="button primary" type="submit">{t("role.create")}</button>
      </ActForm>
      <ul class="rows">
        {guild.roles.map((role, i) => (
          <RoleRow
            key={role.id}
            role={role}
            href={`${settingsPath(guild)}/roles/${encodeURIComponent(role.id)}`}
            first={i === 0}
            last={i >= guild.roles.length - 2}
            mine={role.position < guild.rank}
          />
        ))}
      </ul>
    </GuildSettings>
  );
});

function RoleRow(
  props: { role: Role; href: string; first: boolean; last: boolean; mine: boolean },
) {
  const { role } = props;
  const everyone = role.id === "everyone";
  return (
    <li class="row-card">
      <span class={`role-dot large ${colorClass(role.color)}`} />
      <a class="grow row-link" href={props.href}>
        <span class="strong break">{everyone ? t("role.everyone") : role.name}</span>
        <span class="small muted block">
          {everyone && `${t("role.everyoneHint")} · `}
          {role.member_count !== undefined && t("members", { n: role.member_count })}
        </span>
      </a>
      {!everyone && props.mine && (
        <ActForm act="move" class="row-tight">
          <input type="hidden" name="role" value={role.id} />
          <button
            type="submit"
            class="icon-button small"
            name="way"
            value="up"
            disabled={props.first}
            aria-label={t("role.up", { name: role.name })}
          >
            <Icon name="up" small />
          </button>
          <button
            type="submit"
            class="icon-button small"
            name="way"
            value="down"
            disabled={props.last}
            aria-label={t("role.down", { name: role.name })}
          >
            <Icon name="down" small />
          </button>
        </ActForm>
      )}
    </li>
  );
}
