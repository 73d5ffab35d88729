import { HttpError } from "fresh";
import { ActForm } from "../../../../components/FormParts.tsx";
import { GuildSettings } from "../../../../components/GuildSettings.tsx";
import { ApiError } from "../../../../lib/api/request.ts";
import { formPage } from "../../../../lib/form_page.ts";
import { text } from "../../../../lib/forms.ts";
import { guildPath } from "../../../../lib/format/paths.ts";
import { guildParams, readGuild } from "../../../../lib/guild_settings.ts";
import { t } from "../../../../lib/i18n/t.ts";
import { define } from "../../../../utils.ts";

export const handler = define.handlers(formPage(
  async (ctx) => {
    const guild = await readGuild(ctx, "move.title");
    if (guild.owner !== guild.me.user.id) throw new HttpError(404, t("error.404Text"));
    return { guild };
  },
  {
    async move(ctx, form) {
      const params = guildParams(ctx);
      const { name } = await ctx.state.api.call("getGuild", { params });
      if (text(form, "name").trim() !== name) {
        throw new ApiError(400, "invalid", t("move.wrong"));
      }
      const next = await ctx.state.api.call("upgradeGuild", { params });
      return guildPath(next.id);
    },
  },
));

/** The owner lets the guild go on in a new room: what that does, said before it is done. */
export default define.page<typeof handler>(({ data, state }) => {
  const { guild } = data;
  const left = guild.channels.filter((channel) => channel.private);
  return (
    <GuildSettings
      state={state}
      guild={guild}
      part="move"
      heading={t("move.title")}
      lead="move.lead"
      note={data.note}
    >
      <p>{t("move.goes")}</p>
      <p>{t("move.stays")}</p>
      <div>
        <p>{t("move.private", { n: left.length })}</p>
        {left.length > 0 && (
          <ul>{left.map((channel) => <li key={channel.room_id}>{channel.name}</li>)}</ul>
        )}
      </div>
      <section class="card danger-card stack">
        <p class="strong">{t("move.final")}</p>
        <ActForm act="move">
          <div class="field">
            <label for="f-move">{t("move.type", { name: guild.name })}</label>
            <input class="input" id="f-move" name="name" autocomplete="off" required />
          </div>
          <div>
            <button class="button danger solid" type="submit">{t("move.submit")}</button>
          </div>
        </ActForm>
      </section>
    </GuildSettings>
  );
});
