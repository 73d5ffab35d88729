import { ActForm } from "../../../../components/FormParts.tsx";
import { Drawing } from "../../../../components/Drawing.tsx";
import { GuildSettings } from "../../../../components/GuildSettings.tsx";
import { Icon } from "../../../../components/Icon.tsx";
import { Notice } from "../../../../components/Notice.tsx";
import { text } from "../../../../lib/forms.ts";
import { formPage } from "../../../../lib/form_page.ts";
import { localPart } from "../../../../lib/format/names.ts";
import { formatRelative } from "../../../../lib/format/time.ts";
import { guildParams, readGuild } from "../../../../lib/guild_settings.ts";
import { t } from "../../../../lib/i18n/t.ts";
import { define } from "../../../../utils.ts";

export const handler = define.handlers(formPage(
  async (ctx) => {
    const guild = await readGuild(ctx, "gs.invites");
    const { invites } = await ctx.state.api.call("listInvites", { params: guildParams(ctx) });
    return { guild, invites };
  },
  {
    async create(ctx) {
      await ctx.state.api.call("createInvite", { body: guildParams(ctx) });
    },
    async revoke(ctx, form) {
      await ctx.state.api.call("revokeInvite", { params: { code: text(form, "code") } });
    },
  },
));

export default define.page<typeof handler>(({ data, state }) => (
  <GuildSettings
    state={state}
    guild={data.guild}
    part="invites"
    heading={t("gs.invites")}
    lead="gs.invitesLead"
    note={data.note}
  >
    {state.server.public_url_local && <Notice kind="warn">{t("invite.localWarning")}</Notice>}
    <ActForm act="create">
      <div>
        <button class="button primary" type="submit">{t("invite.newLink")}</button>
      </div>
    </ActForm>
    {data.invites.length === 0 && (
      <div class="empty">
        <Drawing name="door" />
        <p>{t("gs.noInvites")}</p>
      </div>
    )}
    <ul class="rows">
      {data.invites.map((invite) => (
        <li key={invite.code} class="row-card">
          <Icon name="link" />
          <div class="grow">
            <p class="mono break">{invite.url}</p>
            <p class="small muted">
              {t("gs.inviteBy", { name: localPart(invite.by) })} · {invite.max_uses === null
                ? t("invite.nUses", { n: invite.uses })
                : t("gs.usesOf", { uses: invite.uses, max: invite.max_uses })} ·{" "}
              {invite.expires_ts === null
                ? t("invite.staysForEver")
                : t("invite.endsIn", { when: formatRelative(invite.expires_ts, state.nowMs) })}
            </p>
          </div>
          <ActForm act="revoke">
            <input type="hidden" name="code" value={invite.code} />
            <button class="button small danger" type="submit">{t("gs.revoke")}</button>
          </ActForm>
        </li>
      ))}
    </ul>
  </GuildSettings>
));
