import type { GuildEmoji } from "../../../../../core/api/guild.ts";
import { Drawing } from "../../../../components/Drawing.tsx";
import { Field } from "../../../../components/Field.tsx";
import { ActForm, PictureField } from "../../../../components/FormParts.tsx";
import { GuildSettings } from "../../../../components/GuildSettings.tsx";
import { RenameRow } from "../../../../components/RowActs.tsx";
import { ApiError } from "../../../../lib/api/request.ts";
import { file, text } from "../../../../lib/forms.ts";
import { formPage } from "../../../../lib/form_page.ts";
import { emojiKey } from "../../../../lib/format/guild_emoji.ts";
import { thumbnailUrl } from "../../../../lib/format/media_url.ts";
import { can } from "../../../../lib/format/rights.ts";
import { guildParams, readGuild } from "../../../../lib/guild_settings.ts";
import { t } from "../../../../lib/i18n/t.ts";
import { define } from "../../../../utils.ts";

export const handler = define.handlers(formPage(
  async (ctx) => {
    const guild = await readGuild(ctx, "gs.emoji");
    return { guild };
  },
  {
    async add(ctx, form) {
      const picture = file(form, "picture");
      if (!picture) throw new ApiError(400, "invalid", t("gs.emojiNoPicture"));
      const { uri } = await ctx.state.api.upload(picture, "emoji");
      await ctx.state.api.call("addEmoji", {
        params: { ...guildParams(ctx), name: typedName(form) },
        body: { uri },
      });
    },
    async rename(ctx, form) {
      await ctx.state.api.call("renameEmoji", {
        params: { ...guildParams(ctx), name: text(form, "emoji") },
        body: { name: typedName(form) },
      });
    },
    async remove(ctx, form) {
      await ctx.state.api.call("removeEmoji", {
        params: { ...guildParams(ctx), name: text(form, "name") },
      });
    },
  },
));

/** People write it with its colons, too. */
const typedName = (form: FormData) => text(form, "name").trim().replace(/^:|:$/g, "");

export default define.page<typeof handler>(({ data, state }) => {
  const { guild } = data;
  const manages = can(guild.permissions, "MANAGE_EXPRESSIONS");
  return (
    <GuildSettings
      state={state}
      guild={guild}
      part="emoji"
      heading={t("gs.emoji")}
      lead="gs.emojiLead"
      note={data.note}
    >
      {manages && <AddEmoji refused={data.note.refused} />}
      {guild.emoji.length === 0
        ? (
          <div class="empty">
            <Drawing name="seats" />
            <p>{t("gs.noEmoji")}</p>
          </div>
        )
        : <p class="small muted">{t("gs.emojiCount", { n: guild.emoji.length })}</p>}
      <ul class="rows">
        {guild.emoji.map((emoji) => <EmojiRow key={emoji.name} emoji={emoji} manages={manages} />)}
      </ul>
    </GuildSettings>
  );
});

function AddEmoji({ refused }: { refused: FormData | null }) {
  return (
    <section class="card">
      <ActForm act="add" files refused={refused}>
        <h2>{t("gs.emojiAdd")}</h2>
        <Field
          name="name"
          label={t("gs.emojiName")}
          hint={t("gs.emojiNameHint")}
          maxlength={34}
          autocomplete="off"
          spellcheck={false}
          required
        />
        <PictureField name="picture" label={t("gs.emojiPicture")} required />
        <div>
          <button class="button primary" type="submit">{t("gs.emojiAdd")}</button>
        </div>
      </ActForm>
    </section>
  );
}

function EmojiRow({ emoji, manages }: { emoji: GuildEmoji; manages: boolean }) {
  const { name, uri, former } = emoji;
  return (
    <li class="row-card">
      <img src={thumbnailUrl(uri, 96)} width={32} height={32} alt="" loading="lazy" class="fit" />
      <div class="grow">
        <p class="strong break">{emojiKey(name)}</p>
        {former && (
          <p class="small muted break">
            {t("gs.emojiFormer", { names: former.map(emojiKey).join(", ") })}
          </p>
        )}
        {manages && (
          <RenameRow
            field="emoji"
            id={name}
            label={t("gs.emojiRename")}
            named={t("gs.emojiRenameOne", { name })}
            name={name}
            nameLabel={t("gs.emojiNewName")}
            maxlength={34}
          />
        )}
      </div>
      {manages && (
        <ActForm act="remove">
          <input type="hidden" name="name" value={name} />
          <button
            class="button small"
            type="submit"
            aria-label={t("gs.emojiRemoveOne", { name })}
          >
            {t("gs.emojiRemove")}
          </button>
        </ActForm>
      )}
    </li>
  );
}
