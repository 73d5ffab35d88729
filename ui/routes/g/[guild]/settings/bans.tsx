import { ActForm } from "../../../../components/FormParts.tsx";
import { Drawing } from "../../../../components/Drawing.tsx";
import { GuildSettings } from "../../../../components/GuildSettings.tsx";
import { Icon } from "../../../../components/Icon.tsx";
import { text } from "../../../../lib/forms.ts";
import { formPage } from "../../../../lib/form_page.ts";
import { formatRelative } from "../../../../lib/format/time.ts";
import { guildParams, readGuild } from "../../../../lib/guild_settings.ts";
import { t } from "../../../../lib/i18n/t.ts";
import { define } from "../../../../utils.ts";

export const handler = define.handlers(formPage(
  async (ctx) => {
    const guild = await readGuild(ctx, "gs.bans");
    const { bans } = await ctx.state.api.call("listBans", { params: guildParams(ctx) });
    return { guild, bans };
  },
  {
    async lift(ctx, form) {
      await ctx.state.api.call("unbanMember", {
        params: { ...guildParams(ctx), user_id: text(form, "user_id") },
      });
    },
  },
));

export default define.page<typeof handler>(({ data, state }) => (
  <GuildSettings
    state={state}
    guild={data.guild}
    part="bans"
    heading={t("gs.bans")}
    note={data.note}
  >
    {data.bans.length === 0 && (
      <div class="empty">
        <Drawing name="seats" />
        <p>{t("gs.noBans")}</p>
      </div>
    )}
    <ul class="rows">
      {data.bans.map((ban) => (
        <li key={ban.user_id} class="row-card">
          <Icon name="ban" />
          <div class="grow">
            <p class="strong break">{ban.user_id}</p>
            <p class="small muted break">
              {ban.reason ?? t("gs.noReason")} · {t("gs.inviteBy", { name: ban.by })} ·{" "}
              {formatRelative(ban.ts, state.nowMs)}
            </p>
          </div>
          <ActForm act="lift">
            <input type="hidden" name="user_id" value={ban.user_id} />
            <button class="button small" type="submit">{t("gs.lift")}</button>
          </ActForm>
        </li>
      ))}
    </ul>
  </GuildSettings>
));
