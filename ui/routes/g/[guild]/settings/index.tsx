import { ActForm, Area, PictureField } from "../../../../components/FormParts.tsx";
import { Avatar } from "../../../../components/Avatar.tsx";
import { Field } from "../../../../components/Field.tsx";
import { GuildSettings } from "../../../../components/GuildSettings.tsx";
import { file, text } from "../../../../lib/forms.ts";
import { formPage } from "../../../../lib/form_page.ts";
import { can } from "../../../../lib/format/rights.ts";
import { guildParams, readGuild } from "../../../../lib/guild_settings.ts";
import { t } from "../../../../lib/i18n/t.ts";
import { define } from "../../../../utils.ts";

export const handler = define.handlers(formPage(
  async (ctx) => ({
    guild: await readGuild(ctx, "gs.overview"),
    self: await ctx.state.api.call("getAccount"),
  }),
  {
    async save(ctx, form) {
      const picture = file(form, "icon");
      const icon = picture ? (await ctx.state.api.upload(picture, "icon")).uri : undefined;
      await ctx.state.api.call("updateGuild", {
        params: guildParams(ctx),
        body: {
          name: text(form, "name").trim(),
          description: text(form, "description").trim() || null,
          ...(icon === undefined ? {} : { icon }),
        },
      });
    },
    async dropIcon(ctx) {
      await ctx.state.api.call("updateGuild", { params: guildParams(ctx), body: { icon: null } });
    },
    async transfer(ctx, form) {
      await ctx.state.api.call("transferGuild", {
        params: guildParams(ctx),
        body: { user_id: text(form, "user_id").trim() },
      });
    },
    async leave(ctx) {
      await ctx.state.api.call("leaveGuild", { params: guildParams(ctx) });
      return "/home";
    },
    async destroy(ctx, form) {
      await ctx.state.api.call("deleteGuild", {
        params: guildParams(ctx),
        body: { name: text(form, "name") },
      });
      return "/home";
    },
  },
));

export default define.page<typeof handler>(({ data, state }) => {
  const { guild, self } = data;
  const manages = can(guild.permissions, "MANAGE_GUILD");
  const owner = guild.owner === self.user.id;
  return (
    <GuildSettings state={state} guild={guild} part="" heading={t("gs.overview")} note={data.note}>
      <div class="card row">
        <Avatar id={guild.id} name={guild.name} uri={guild.icon} size="xl" guild />
        <div class="grow">
          <p class="strong break big">{guild.name}</p>
          <p class="small muted">{t("members", { n: guild.member_count })}</p>
          {guild.description && <p class="small break">{guild.description}</p>}
        </div>
        {manages && guild.icon && (
          <ActForm act="dropIcon">
            <button class="button small" type="submit">{t("gs.dropIcon")}</button>
          </ActForm>
        )}
      </div>
      {manages && (
        <ActForm act="save" files>
          <Field name="name" label={t("guild.name")} value={guild.name} maxlength={100} required />
          <PictureField name="icon" label={t("gs.icon")} />
          <Area
            name="description"
            label={t("gs.description")}
            value={guild.description ?? ""}
            maxlength={1000}
            hint={t("gs.descriptionHint")}
          />
          <div>
            <button class="button primary" type="submit">{t("save")}</button>
          </div>
        </ActForm>
      )}
      {owner ? <OwnerActs name={guild.name} /> : (
        <ActForm act="leave">
          <button class="button danger" type="submit">{t("guild.leave")}</button>
        </ActForm>
      )}
    </GuildSettings>
  );
});

function OwnerActs({ name }: { name: string }) {
  return (
    <section class="card danger-card stack">
      <h2>{t("gs.owner")}</h2>
      <ActForm act="transfer">
        <Field
          name="user_id"
          label={t("gs.transfer")}
          hint={t("gs.transferHint")}
          placeholder="@name@server"
          autocomplete="off"
          spellcheck={false}
          required
        />
        <div>
          <button class="button danger" type="submit">{t("gs.transferSubmit")}</button>
        </div>
      </ActForm>
      <hr />
      <ActForm act="destroy">
        <div class="field">
          <label for="f-destroy">{t("gs.destroyType", { name })}</label>
          <input class="input" id="f-destroy" name="name" autocomplete="off" required />
        </div>
        <div>
          <button class="button danger solid" type="submit">{t("gs.destroy")}</button>
        </div>
      </ActForm>
    </section>
  );
}
