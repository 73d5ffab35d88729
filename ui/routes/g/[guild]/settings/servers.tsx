import { Field } from "../../../../components/Field.tsx";
import { ActForm, Area, Check } from "../../../../components/FormParts.tsx";
import { GuildSettings } from "../../../../components/GuildSettings.tsx";
import { Icon } from "../../../../components/Icon.tsx";
import { Notice } from "../../../../components/Notice.tsx";
import { flag, text } from "../../../../lib/forms.ts";
import { formPage } from "../../../../lib/form_page.ts";
import { guildParams, readGuild, reasonIn } from "../../../../lib/guild_settings.ts";
import { can } from "../../../../lib/format/rights.ts";
import { t } from "../../../../lib/i18n/t.ts";
import { define } from "../../../../utils.ts";

/** As many as fit into the event that keeps them. */
const NAMES_CHARS = 30_000;

/** Names apart by lines, commas or spaces. */
function namesIn(form: FormData, name: string): string[] {
  return [...new Set(text(form, name).split(/[\s,]+/).filter((entry) => entry !== ""))];
}

export const handler = define.handlers(formPage(
  async (ctx) => {
    const guild = await readGuild(ctx, "gs.servers");
    const found = await ctx.state.api.call("getGuildServers", { params: guildParams(ctx) });
    return { guild, ...found };
  },
  {
    async rules(ctx, form) {
      const allow = namesIn(form, "allow");
      await ctx.state.api.call("setGuildServers", {
        params: guildParams(ctx),
        body: {
          acl: {
            allow: allow.length === 0 ? ["*"] : allow,
            deny: namesIn(form, "deny"),
            allow_ip_literals: flag(form, "ip"),
          },
          ...reasonIn(form),
        },
      });
    },
  },
));

/** Whose people a guild is made of, and which servers may take part. */
export default define.page<typeof handler>(({ data, state }) => (
  <GuildSettings
    state={state}
    guild={data.guild}
    part="servers"
    heading={t("gs.servers")}
    lead="gs.serversLead"
    note={data.note}
  >
    {data.guild.local_only && <Notice icon="lock">{t("gs.localOnly")}</Notice>}
    <ul class="rows">
      {data.servers.map((server) => (
        <li key={server.name} class="row-card">
          <Icon name={server.allowed ? "check" : "ban"} />
          <div class="grow">
            <p class="strong break">
              {server.name}{" "}
              {server.name === state.server.name && <span class="tag">{t("gs.serverOwn")}</span>}
            </p>
            <p class="small muted">
              {t("members", { n: server.member_count })}
              {!server.allowed && ` · ${t("gs.serverShutOut")}`}
            </p>
          </div>
        </li>
      ))}
    </ul>
    {can(data.guild.permissions, "MANAGE_GUILD") && !data.guild.local_only && (
      <ActForm act="rules" refused={data.note.refused}>
        <h2>{t("gs.serverRules")}</h2>
        <Area
          name="allow"
          label={t("gs.server.allow")}
          hint={t("gs.server.allowHint")}
          value={(data.acl?.allow ?? ["*"]).join("\n")}
          maxlength={NAMES_CHARS}
        />
        <Area
          name="deny"
          label={t("gs.server.deny")}
          hint={t("gs.server.denyHint")}
          value={(data.acl?.deny ?? []).join("\n")}
          maxlength={NAMES_CHARS}
        />
        <Check
          name="ip"
          label={t("gs.serverIp")}
          checked={data.acl?.allow_ip_literals ?? false}
        />
        <Field name="reason" label={t("gs.serverReason")} maxlength={512} />
        <div>
          <button class="button primary" type="submit">{t("save")}</button>
        </div>
      </ActForm>
    )}
  </GuildSettings>
));
