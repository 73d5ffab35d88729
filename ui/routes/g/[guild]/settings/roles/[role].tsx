import { HttpError } from "fresh";
import type { Guild, Role } from "../../../../../../core/api/guild.ts";
import { ActForm, Check, SaveButton } from "../../../../../components/FormParts.tsx";
import { Field } from "../../../../../components/Field.tsx";
import { GuildSettings } from "../../../../../components/GuildSettings.tsx";
import { Icon } from "../../../../../components/Icon.tsx";
import { RoleRights } from "../../../../../components/RightsFields.tsx";
import { RoleMembers } from "../../../../../components/RoleMembers.tsx";
import ColorHint from "../../../../../islands/ColorHint.tsx";
import PermissionDiff from "../../../../../islands/PermissionDiff.tsx";
import { formatBits } from "../../../../../../core/permissions/bits.ts";
import type { Context } from "../../../../../lib/fresh/mod.ts";
import { flag, text } from "../../../../../lib/forms.ts";
import { formPage } from "../../../../../lib/form_page.ts";
import { settingsPath } from "../../../../../lib/guild_links.ts";
import { guildParams, readGuild, reasonIn } from "../../../../../lib/guild_settings.ts";
import { t } from "../../../../../lib/i18n/t.ts";
import { readBits, roleBits } from "../../../../../lib/rights_form.ts";
import { define, type State } from "../../../../../utils.ts";

/** Members shown of a role, and offered for it. */
const SHOWN_MAX = 50;
/** Offered in the color box. */
const COLORS = [
  "#c2410c",
  "#b45309",
  "#4d7c0f",
  "#2e8b57",
  "#0f766e",
  "#0369a1",
  "#4338ca",
  "#7e22ce",
  "#be185d",
  "#64748b",
];

async function load(ctx: Context<State>) {
  const guild = await readGuild(ctx, "gs.roles");
  const role = guild.roles.find((entry) => entry.id === ctx.params["role"]);
  if (!role) throw new HttpError(404, "There is no such role.");
  const find = ctx.url.searchParams.get("find");
  const list = (query: { role_id?: string; search?: string; limit: number }) =>
    ctx.state.api.call("listMembers", { params: guildParams(ctx), query });
  if (role.id === "everyone") return { guild, role, holders: undefined, others: undefined, find };
  const [holders, others] = await Promise.all([
    list({ role_id: role.id, limit: SHOWN_MAX }),
    find === null ? undefined : list({ search: find, limit: 2 * SHOWN_MAX }),
  ]);
  const without = others?.members.filter((member) => !member.roles.includes(role.id));
  return { guild, role, holders, others: without?.slice(0, SHOWN_MAX), find };
}

const roleParams = (ctx: Context<State>) => ({
  ...guildParams(ctx),
  role_id: ctx.params["role"] ?? "",
});
const usersIn = (form: FormData) =>
  form.getAll("user").filter((entry) => typeof entry === "string");

export const handler = define.handlers(formPage(load, {
  async save(ctx, form) {
    const { guild, role } = await load(ctx);
    const bits = roleBits(form, role.bits, readBits(guild.permissions));
    const look = role.id === "everyone" ? {} : {
      name: text(form, "name").trim(),
      color: flag(form, "colored") ? text(form, "color").toLowerCase() : null,
      hoist: flag(form, "hoist"),
      mentionable: flag(form, "mentionable"),
    };
    await ctx.state.api.call("updateRole", {
      params: roleParams(ctx),
      body: { ...look, bits, ...reasonIn(form) },
    });
  },
  async give(ctx, form) {
    const body = { add: usersIn(form) };
    await ctx.state.api.call("updateRoleMembers", { params: roleParams(ctx), body });
  },
  async take(ctx, form) {
    const body = { remove: usersIn(form) };
    await ctx.state.api.call("updateRoleMembers", { params: roleParams(ctx), body });
  },
  async duplicate(ctx) {
    const { guild, role } = await load(ctx);
    // Nobody gives what they do not have: rights beyond one's own stay behind.
    const bits = formatBits(readBits(role.bits) & readBits(guild.permissions));
    const { color, hoist, mentionable } = role;
    const name = t("role.copyOf", { name: role.name }).slice(0, 100);
    const made = await ctx.state.api.call("createRole", {
      body: { guild_id: guild.id, name, color, hoist, mentionable, bits },
    });
    return `${settingsPath(guild)}/roles/${encodeURIComponent(made.id)}?saved=1`;
  },
  async destroy(ctx) {
    await ctx.state.api.call("deleteRole", { params: roleParams(ctx) });
    return `${settingsPath({ id: guildParams(ctx).guild_id })}/roles?saved=1`;
  },
}));

export default define.page<typeof handler>(({ data, state }) => {
  const { guild, role } = data;
  const everyone = role.id === "everyone";
  const mine = role.position < guild.rank;
  const name = everyone ? t("role.everyone") : role.name;
  return (
    <GuildSettings
      state={state}
      guild={guild}
      part="roles"
      heading={name}
      {...(mine ? {} : { lead: "role.above" as const })}
      note={data.note}
    >
      <Acts guild={guild} role={role} mine={mine} />
      <ActForm act="save" guard>
        {!everyone && <Look role={role} />}
        <RoleRights bits={readBits(role.bits)} own={mine ? readBits(guild.permissions) : 0n} />
        <Field name="reason" label={t("moderate.reason")} maxlength={512} />
        <PermissionDiff
          guildId={guild.id}
          who={name}
          own={guild.permissions}
          role={role.id}
          bits={role.bits}
        />
        <SaveButton disabled={!mine} />
      </ActForm>
      {data.holders && (
        <RoleMembers
          guild={guild}
          role={role}
          holders={data.holders.members}
          total={data.holders.total}
          others={data.others}
          find={data.find ?? ""}
          mine={mine}
        />
      )}
      {!everyone && mine && <Delete guild={guild} role={role} />}
    </GuildSettings>
  );
});

function Acts({ guild, role, mine }: { guild: Guild; role: Role; mine: boolean }) {
  return (
    <div class="row wrap">
      <a
        class="button small"
        href={`${settingsPath(guild)}/view-as?role=${encodeURIComponent(role.id)}`}
      >
        <Icon name="eye" small /> {t("role.viewAs")}
      </a>
      {role.id !== "everyone" && (
        <a class="button small" href="#members">
          <Icon name="people" small /> {t("members", { n: role.member_count ?? 0 })}
        </a>
      )}
      {role.id !== "everyone" && mine && (
        <ActForm act="duplicate">
          <button class="button small" type="submit">
            <Icon name="copy" small /> {t("role.duplicate")}
          </button>
        </ActForm>
      )}
    </div>
  );
}

function Look({ role }: { role: Role }) {
  return (
    <>
      <Field name="name" label={t("role.name")} value={role.name} maxlength={100} required />
      <div class="row wrap">
        <Check name="colored" label={t("role.colored")} checked={role.color !== null} />
        <label class="row-tight">
          <span class="sr">{t("role.color")}</span>
          <input
            class="color-input"
            type="color"
            name="color"
            list="role-colors"
            value={role.color ?? "#2e8b57"}
          />
        </label>
        <datalist id="role-colors">
          {COLORS.map((color) => <option key={color} value={color} />)}
        </datalist>
        <ColorHint name={role.name} color={role.color ?? "#2e8b57"} />
      </div>
      <Check
        name="hoist"
        label={t("role.hoist")}
        hint={t("role.hoistHint")}
        checked={role.hoist}
      />
      <Check
        name="mentionable"
        label={t("role.mentionable")}
        hint={t("role.mentionableHint")}
        checked={role.mentionable}
      />
    </>
  );
}

/** What goes with the role; the button shows only after a second look. */
function Delete({ guild, role }: { guild: Guild; role: Role }) {
  const places =
    guild.channels.filter((channel) => channel.entries.some((entry) => entry.target === role.id))
      .length;
  return (
    <details class="card danger-card">
      <summary class="strong">{t("role.delete")}</summary>
      <div class="stack more">
        <p>{t("role.deleteMembers", { n: role.member_count ?? 0 })}</p>
        {places > 0 && <p>{t("role.deleteEntries", { n: places })}</p>}
        <p>{t("role.deleteFinal")}</p>
        <ActForm act="destroy">
          <div>
            <button class="button danger solid" type="submit">
              {t("role.deleteSure", { name: role.name })}
            </button>
          </div>
        </ActForm>
      </div>
    </details>
  );
}
