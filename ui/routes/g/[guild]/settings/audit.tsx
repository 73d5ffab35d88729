import type { AuditEntry } from "../../../../../core/api/guilds.ts";
import type { Guild } from "../../../../../core/api/guild.ts";
import { Field } from "../../../../components/Field.tsx";
import { GuildSettings } from "../../../../components/GuildSettings.tsx";
import { Icon } from "../../../../components/Icon.tsx";
import { auditName, auditValue } from "../../../../lib/format/audit.ts";
import { formPage } from "../../../../lib/form_page.ts";
import { formatRelative } from "../../../../lib/format/time.ts";
import { guildParams, readGuild } from "../../../../lib/guild_settings.ts";
import { t } from "../../../../lib/i18n/t.ts";
import { define } from "../../../../utils.ts";

export const handler = define.handlers(formPage(async (ctx) => {
  const guild = await readGuild(ctx, "gs.audit");
  const get = (name: string) => ctx.url.searchParams.get(name) || undefined;
  const filter = { by: get("by"), action: get("action"), target: get("target") };
  const log = await ctx.state.api.call("listAudit", {
    params: guildParams(ctx),
    query: { ...filter, before: get("before") },
  });
  return { guild, log, filter };
}, {}));

export default define.page<typeof handler>(({ data, state }) => (
  <GuildSettings
    state={state}
    guild={data.guild}
    part="audit"
    heading={t("gs.audit")}
    note={data.note}
  >
    <form method="get" class="row wrap form-line">
      <Field name="by" label={t("audit.by")} value={data.filter.by} placeholder="@name@server" />
      <Field
        name="action"
        label={t("audit.action")}
        value={data.filter.action}
        placeholder="role.update"
      />
      <button class="button" type="submit">{t("audit.filter")}</button>
    </form>
    {data.log.entries.length === 0 && <p class="muted">{t("audit.none")}</p>}
    <ul class="rows">
      {data.log.entries.map((entry) => (
        <Entry key={entry.id} entry={entry} guild={data.guild} nowMs={state.nowMs} />
      ))}
    </ul>
    {data.log.next && (
      <a class="button" href={`?before=${encodeURIComponent(data.log.next)}`}>{t("gs.next")}</a>
    )}
  </GuildSettings>
));

function Entry({ entry, guild, nowMs }: { entry: AuditEntry; guild: Guild; nowMs: number }) {
  return (
    <li class="row-card">
      <Icon name="list" />
      <div class="grow">
        <p class="break">
          <span class="strong">{entry.by}</span> <span class="tag">{entry.action}</span>{" "}
          {entry.target && <span class="strong">{auditName(guild, entry.target)}</span>}
        </p>
        {entry.reason && <p class="small">“{entry.reason}”</p>}
        {entry.changes.length > 0 && (
          <ul class="changes">
            {entry.changes.map((change) => (
              <li key={change.field}>
                <span class="strong">{change.field}</span>:{" "}
                <del>{auditValue(guild, change.before)}</del> →{" "}
                <ins>{auditValue(guild, change.after)}</ins>
              </li>
            ))}
          </ul>
        )}
      </div>
      <span class="tiny faint nowrap">{formatRelative(entry.ts, nowMs)}</span>
    </li>
  );
}
