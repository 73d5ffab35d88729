import { HttpError } from "fresh";
import { ActForm, Check } from "../../../../../components/FormParts.tsx";
import { Field } from "../../../../../components/Field.tsx";
import { GuildSettings } from "../../../../../components/GuildSettings.tsx";
import { RoleRights } from "../../../../../components/RightsFields.tsx";
import type { Context } from "../../../../../lib/fresh/mod.ts";
import { flag, text } from "../../../../../lib/forms.ts";
import { formPage } from "../../../../../lib/form_page.ts";
import {
  guildParams,
  readGuild,
  reasonIn,
  settingsPath,
} from "../../../../../lib/guild_settings.ts";
import { t } from "../../../../../lib/i18n/t.ts";
import { readBits, roleBits } from "../../../../../lib/rights_form.ts";
import { define, type State } from "../../../../../utils.ts";

async function load(ctx: Context<State>) {
  const guild = await readGuild(ctx, "gs.roles");
  const role = guild.roles.find((entry) => entry.id === ctx.params["role"]);
  if (!role) throw new HttpError(404, "There is no such role.");
  return { guild, role };
}

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
      params: { ...guildParams(ctx), role_id: role.id },
      body: { ...look, bits, ...reasonIn(form) },
    });
  },
  async destroy(ctx) {
    await ctx.state.api.call("deleteRole", {
      params: { ...guildParams(ctx), role_id: ctx.params["role"] ?? "" },
    });
    return `${settingsPath({ id: guildParams(ctx).guild_id })}/roles`;
  },
}));

export default define.page<typeof handler>(({ data, state }) => {
  const { guild, role } = data;
  const everyone = role.id === "everyone";
  const mine = role.position < guild.rank;
  return (
    <GuildSettings
      state={state}
      guild={guild}
      part="roles"
      heading={everyone ? t("role.everyone") : role.name}
      {...(mine ? {} : { lead: "role.above" as const })}
      note={data.note}
    >
      <ActForm act="save">
        {!everyone && (
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
                  value={role.color ?? "#2e8b57"}
                />
              </label>
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
        )}
        <RoleRights bits={readBits(role.bits)} own={readBits(guild.permissions)} />
        <Field name="reason" label={t("moderate.reason")} maxlength={512} />
        <div>
          <button class="button primary" type="submit" disabled={!mine}>{t("save")}</button>
        </div>
      </ActForm>
      {!everyone && mine && (
        <ActForm act="destroy">
          <div>
            <button class="button danger" type="submit">{t("role.delete")}</button>
          </div>
        </ActForm>
      )}
    </GuildSettings>
  );
});
