import type { Role } from "../../../../../../core/api/guild.ts";
import { ActForm } from "../../../../../components/FormParts.tsx";
import { Field } from "../../../../../components/Field.tsx";
import { GuildSettings } from "../../../../../components/GuildSettings.tsx";
import { Icon } from "../../../../../components/Icon.tsx";
import { DragForm, MoveRow } from "../../../../../components/MoveRow.tsx";
import DragRows from "../../../../../islands/DragRows.tsx";
import { text } from "../../../../../lib/forms.ts";
import { formPage } from "../../../../../lib/form_page.ts";
import type { Context } from "../../../../../lib/fresh/mod.ts";
import { colorClass } from "../../../../../lib/format/role_color.ts";
import { settingsPath } from "../../../../../lib/guild_links.ts";
import { guildParams, readGuild } from "../../../../../lib/guild_settings.ts";
import { t } from "../../../../../lib/i18n/t.ts";
import { define, type State } from "../../../../../utils.ts";

/** From so many roles on there is a box to find one. */
const SEARCH_FROM = 8;

/** Sends the order that `change` makes of the present one. */
async function reorder(ctx: Context<State>, change: (order: string[]) => void): Promise<void> {
  const guild = await ctx.state.api.call("getGuild", { params: guildParams(ctx) });
  const order = guild.roles.filter((role) => role.id !== "everyone").map((role) => role.id);
  const before = order.join();
  change(order);
  if (order.join() === before) return;
  await ctx.state.api.call("orderRoles", { params: guildParams(ctx), body: { roles: order } });
}

export const handler = define.handlers(formPage(
  async (ctx) => ({
    guild: await readGuild(ctx, "gs.roles"),
    search: ctx.url.searchParams.get("search") ?? "",
  }),
  {
    async create(ctx, form) {
      const { guild_id } = guildParams(ctx);
      const role = await ctx.state.api.call("createRole", {
        body: { guild_id, name: text(form, "name").trim() },
      });
      return `${settingsPath({ id: guild_id })}/roles/${encodeURIComponent(role.id)}`;
    },
    async move(ctx, form) {
      const [moved, way] = [text(form, "moved"), text(form, "way")];
      await reorder(ctx, (order) => {
        const from = order.indexOf(moved);
        const to = from + (way === "up" ? -1 : 1);
        if (from < 0 || to < 0) return;
        order.splice(to, 0, ...order.splice(from, 1));
      });
      return `${ctx.url.pathname}?saved=1#${way}-${moved}`;
    },
    async drop(ctx, form) {
      const [moved, before] = [text(form, "moved"), text(form, "before")];
      await reorder(ctx, (order) => {
        const from = order.indexOf(moved);
        if (from < 0) return;
        order.splice(from, 1);
        const to = order.indexOf(before);
        order.splice(to < 0 ? order.length : to, 0, moved);
      });
      return `${ctx.url.pathname}?saved=1#up-${moved}`;
    },
  },
));

export default define.page<typeof handler>(({ data, state }) => {
  const { guild, search } = data;
  const wanted = search.trim().toLocaleLowerCase();
  const shown = guild.roles.filter((role) => role.name.toLocaleLowerCase().includes(wanted));
  return (
    <GuildSettings
      state={state}
      guild={guild}
      part="roles"
      heading={t("gs.roles")}
      lead="gs.rolesLead"
      note={data.note}
    >
      <ActForm act="create" class="row form-line" refused={data.note.refused}>
        <Field name="name" label={t("role.newName")} maxlength={100} required />
        <button class="button primary" type="submit">{t("role.create")}</button>
      </ActForm>
      {(guild.roles.length >= SEARCH_FROM || search !== "") && (
        <form method="get" class="row form-line" role="search">
          <Field name="search" label={t("role.find")} value={search} />
          <button class="button" type="submit">{t("gs.search")}</button>
        </form>
      )}
      {shown.length === 0 && <p class="muted">{t("find.none")}</p>}
      <ul class="rows">
        {shown.map((role) => {
          const at = guild.roles.indexOf(role);
          return (
            <RoleRow
              key={role.id}
              role={role}
              href={`${settingsPath(guild)}/roles/${encodeURIComponent(role.id)}`}
              first={at === 0 || (guild.roles[at - 1]?.position ?? 0) >= guild.rank}
              last={at >= guild.roles.length - 2}
              mine={role.position < guild.rank}
            />
          );
        })}
      </ul>
      <DragForm />
      <DragRows />
    </GuildSettings>
  );
});

function RoleRow(
  props: { role: Role; href: string; first: boolean; last: boolean; mine: boolean },
) {
  const { role } = props;
  const everyone = role.id === "everyone";
  const movable = !everyone && props.mine;
  return (
    <li class="row-card" data-drag-id={movable ? role.id : undefined}>
      <span class={`role-dot large ${colorClass(role.color)}`} />
      <a class="grow row-link" href={props.href} draggable={movable ? false : undefined}>
        <span class="strong break">{everyone ? t("role.everyone") : role.name}</span>
        <span class="small muted block">
          {everyone && `${t("role.everyoneHint")} · `}
          {role.member_count !== undefined && t("members", { n: role.member_count })}
        </span>
      </a>
      {!everyone && !props.mine && (
        <span class="tag">
          <Icon name="lock" small /> {t("role.aboveShort")}
        </span>
      )}
      {movable && <MoveRow id={role.id} name={role.name} first={props.first} last={props.last} />}
    </li>
  );
}
