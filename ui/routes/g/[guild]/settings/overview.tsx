import {
  ActForm,
  Area,
  PictureField,
  SaveButton,
  Select,
} from "../../../../components/FormParts.tsx";
import { Avatar } from "../../../../components/Avatar.tsx";
import { Field } from "../../../../components/Field.tsx";
import { GuildSettings } from "../../../../components/GuildSettings.tsx";
import { file, text } from "../../../../lib/forms.ts";
import { formPage } from "../../../../lib/form_page.ts";
import { handleOf } from "../../../../lib/format/names.ts";
import { can } from "../../../../lib/format/rights.ts";
import { guildParams, readGuild } from "../../../../lib/guild_settings.ts";
import { t } from "../../../../lib/i18n/t.ts";
import { define } from "../../../../utils.ts";

export const handler = define.handlers(formPage(
  async (ctx) => {
    const [guild, self, { offers }, { listed }] = await Promise.all([
      readGuild(ctx, "gs.overview"),
      ctx.state.api.call("getAccount"),
      ctx.state.api.call("listOwnerOffers"),
      ctx.state.api.call("getListing", { params: guildParams(ctx) }),
    ]);
    return { guild, self, listed, offer: offers.find((each) => each.guild_id === guild.id) };
  },
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
          history: text(form, "history") === "joined" ? "joined" : "shared",
        },
      });
    },
    async list(ctx, form) {
      await ctx.state.api.call("setListing", {
        params: guildParams(ctx),
        body: { listed: text(form, "listed") === "on" },
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
    async takeOver(ctx) {
      await ctx.state.api.call("acceptOwnerOffer", { params: guildParams(ctx) });
    },
    async declineOffer(ctx) {
      await ctx.state.api.call("declineOwnerOffer", { params: guildParams(ctx) });
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

export default define.page<typeof handler>(({ data, state, url }) => {
  const { guild, self } = data;
  const manages = can(guild.permissions, "MANAGE_GUILD");
  const owner = guild.owner === self.user.id;
  return (
    <GuildSettings
      state={state}
      guild={guild}
      part="overview"
      index={url.pathname.endsWith("/settings")}
      heading={t("gs.overview")}
      note={data.note}
    >
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
        <ActForm act="save" files guard={data.note}>
          <Field name="name" label={t("guild.name")} value={guild.name} maxlength={100} required />
          <PictureField name="icon" label={t("gs.icon")} />
          <Area
            name="description"
            label={t("gs.description")}
            value={guild.description ?? ""}
            maxlength={1000}
            hint={t("gs.descriptionHint")}
          />
          <Select
            name="history"
            label={t("gs.history")}
            value={guild.history}
            options={[
              ["shared", t("gs.historyShared")],
              ["joined", t("gs.historyJoined")],
            ]}
            hint={t("gs.historyHint")}
          />
          <SaveButton />
        </ActForm>
      )}
      {manages && <Listing listed={data.listed} />}
      {data.offer && <Offer by={handleOf(data.offer.by.id)} name={guild.name} />}
      {owner ? <OwnerActs name={guild.name} /> : (
        <ActForm act="leave">
          <button class="button danger" type="submit">{t("guild.leave")}</button>
        </ActForm>
      )}
    </GuildSettings>
  );
});

/** Whether everybody of this server sees the guild, and can join it. */
function Listing({ listed }: { listed: boolean }) {
  return (
    <section class="card stack">
      <h2>{t("discover.listed")}</h2>
      <p class="small muted">{t("discover.listedText")}</p>
      <ActForm act="list">
        <input type="hidden" name="listed" value={listed ? "off" : "on"} />
        <button class="button" type="submit">
          {listed ? t("discover.unlist") : t("discover.list")}
        </button>
      </ActForm>
    </section>
  );
}

/** The owner, of another server, asks whether the visitor will take the guild over. */
function Offer({ by, name }: { by: string; name: string }) {
  return (
    <section class="card stack">
      <h2>{t("gs.offer", { by })}</h2>
      <p>{t("gs.offerText", { name })}</p>
      <div class="row">
        <ActForm act="takeOver">
          <button class="button primary" type="submit">{t("gs.offerAccept")}</button>
        </ActForm>
        <ActForm act="declineOffer">
          <button class="button" type="submit">{t("gs.offerDecline")}</button>
        </ActForm>
      </div>
    </section>
  );
}

function OwnerActs({ name }: { name: string }) {
  return (
    <section class="card danger-card stack" id="danger">
      <h2>{t("gs.danger")}</h2>
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
