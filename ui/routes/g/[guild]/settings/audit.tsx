import type { AuditEntry } from "../../../../../core/api/guilds.ts";
import { Field } from "../../../../components/Field.tsx";
import { Select } from "../../../../components/FormParts.tsx";
import { GuildSettings } from "../../../../components/GuildSettings.tsx";
import { Icon, type IconName } from "../../../../components/Icon.tsx";
import { readTimeZone } from "../../../../lib/time_zone.ts";
import type { Context } from "../../../../lib/fresh/mod.ts";
import { formPage } from "../../../../lib/form_page.ts";
import { handleOf } from "../../../../lib/format/names.ts";
import { startOfDay } from "../../../../lib/format/start_of_day.ts";
import { formatFull, formatRelative } from "../../../../lib/format/time.ts";
import { settingsPath } from "../../../../lib/guild_links.ts";
import { guildParams, readGuild } from "../../../../lib/guild_settings.ts";
import { t } from "../../../../lib/i18n/t.ts";
import {
  AUDIT_ACTIONS,
  auditLines,
  auditSentence,
  type NameOf,
  namer,
} from "../../../../lib/settings/audit.ts";
import { define, type State } from "../../../../utils.ts";

const DAY_MS = 86_400_000;
const FILTERS = ["by", "action", "target", "since", "until"] as const;
type Filter = Readonly<Record<typeof FILTERS[number], string>>;

const ICONS: Readonly<Record<string, IconName>> = {
  guild: "info",
  role: "shield",
  roles: "shield",
  channel: "hash",
  member: "person",
  message: "trash",
};

async function load(ctx: Context<State>) {
  const guild = await readGuild(ctx, "gs.audit");
  const get = (name: string) => ctx.url.searchParams.get(name)?.trim() ?? "";
  const filter = Object.fromEntries(FILTERS.map((name) => [name, get(name)])) as Filter;
  const timeZone = readTimeZone(ctx.req);
  const untilTs = startOfDay(filter.until, timeZone);
  const log = await ctx.state.api.call("listAudit", {
    params: guildParams(ctx),
    query: {
      by: filter.by || undefined,
      action: filter.action || undefined,
      target: filter.target || undefined,
      since_ts: startOfDay(filter.since, timeZone),
      // The day named is the last that counts.
      until_ts: untilTs === undefined ? undefined : untilTs + DAY_MS,
      before: get("before") || undefined,
    },
  });
  return { guild, log, filter, timeZone };
}

export const handler = define.handlers(formPage(load, {}));

export default define.page<typeof handler>(({ data, state }) => {
  const { guild, log, filter } = data;
  const nameOf = namer(guild, log.people);
  const asked = Object.entries(filter).filter(([, value]) => value !== "");
  return (
    <GuildSettings
      state={state}
      guild={guild}
      part="audit"
      heading={t("gs.audit")}
      note={data.note}
    >
      <Filters filter={filter} guild={guild} any={asked.length > 0} />
      {log.entries.length === 0 && (
        <p class="muted">{asked.length > 0 ? t("audit.nothingSo") : t("audit.none")}</p>
      )}
      <ul class="rows">
        {log.entries.map((entry) => (
          <Entry
            key={entry.id}
            entry={entry}
            nameOf={nameOf}
            base={settingsPath(guild)}
            nowMs={state.nowMs}
            timeZone={data.timeZone}
          />
        ))}
      </ul>
      {log.next && (
        <a
          class="button"
          href={`?${new URLSearchParams([...asked, ["before", log.next]])}`}
        >
          {t("audit.older")}
        </a>
      )}
    </GuildSettings>
  );
});

function Filters(
  { filter, guild, any }: {
    filter: Filter;
    guild: Parameters<typeof settingsPath>[0];
    any: boolean;
  },
) {
  return (
    <form method="get" class="stack-tight card flat" role="search" aria-label={t("audit.filter")}>
      <div class="row wrap form-line">
        <Field
          name="by"
          label={t("audit.by")}
          value={filter.by.startsWith("@") ? handleOf(filter.by) : filter.by}
          placeholder="@name@server"
          spellcheck={false}
        />
        <Select
          name="action"
          label={t("audit.action")}
          value={filter.action}
          options={[
            ["", t("audit.anyAction")],
            ...AUDIT_ACTIONS.map((action) =>
              [action, t(`audit.do.${action}`, { target: "…" })] as const
            ),
          ]}
        />
      </div>
      <div class="row wrap form-line">
        <Field name="target" label={t("audit.target")} value={filter.target} spellcheck={false} />
        <DayField name="since" label={t("audit.since")} value={filter.since} />
        <DayField name="until" label={t("audit.until")} value={filter.until} />
      </div>
      <div class="row wrap">
        <button class="button" type="submit">{t("audit.filter")}</button>
        {any && <a class="button quiet" href={`${settingsPath(guild)}/audit`}>{t("audit.clear")}
        </a>}
      </div>
    </form>
  );
}

function DayField({ name, label, value }: { name: string; label: string; value: string }) {
  return (
    <div class="field">
      <label for={`f-${name}`}>{label}</label>
      <input class="input" id={`f-${name}`} name={name} type="date" value={value} />
    </div>
  );
}

function Entry(
  { entry, nameOf, base, nowMs, timeZone }: {
    entry: AuditEntry;
    nameOf: NameOf;
    base: string;
    nowMs: number;
    timeZone: string;
  },
) {
  const lines = auditLines(entry, { nameOf, timeZone });
  const kind = entry.action.slice(0, entry.action.indexOf("."));
  return (
    <li class="row-card audit" id={entry.id.slice(1)}>
      <Icon name={ICONS[kind] ?? "list"} />
      <div class="grow">
        <p class="break">
          <a class="strong" href={`${base}/members/${encodeURIComponent(entry.by)}`}>
            {nameOf(entry.by)}
          </a>{" "}
          {auditSentence(entry, nameOf)}
        </p>
        {entry.reason && <p class="small">“{entry.reason}”</p>}
        {lines.length > 0 && (
          <ul class="changes">
            {lines.map((line, at) => (
              <li key={at}>
                <span class="strong">{line.label}</span>: {line.before !== "–" && (
                  <>
                    <del>{line.before}</del> →{" "}
                  </>
                )}
                <ins>{line.after}</ins>
              </li>
            ))}
          </ul>
        )}
      </div>
      <time
        class="tiny faint nowrap"
        dateTime={new Date(entry.ts).toISOString()}
        title={formatFull(entry.ts, timeZone)}
      >
        {formatRelative(entry.ts, nowMs)}
      </time>
    </li>
  );
}
