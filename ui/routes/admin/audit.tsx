import type { AdminAuditEntry } from "../../../core/api/admin.ts";
import { parseTypedUserId, parseUserId } from "../../../core/ids/user_id.ts";
import { AdminPage } from "../../components/AdminPage.tsx";
import { Field } from "../../components/Field.tsx";
import { Select } from "../../components/FormParts.tsx";
import { Icon } from "../../components/Icon.tsx";
import { chosen, queryOf, requireAdmin, withQuery } from "../../lib/admin.ts";
import { readTimeZone } from "../../lib/time_zone.ts";
import { formPage } from "../../lib/form_page.ts";
import { handleOf } from "../../lib/format/names.ts";
import { formatNumber } from "../../lib/format/number.ts";
import { formatSize } from "../../lib/format/size.ts";
import { formatFull, formatRelative } from "../../lib/format/time.ts";
import { isHere, type Key, t } from "../../lib/i18n/t.ts";
import { define } from "../../utils.ts";

/** How acts begin; "" for all. */
const KINDS = [
  "all",
  "user",
  "guild",
  "report",
  "media",
  "settings",
  "registration",
  "token",
  "key",
  "federation",
] as const;

export const handler = define.handlers(formPage(async (ctx) => {
  await requireAdmin(ctx, "gs.audit");
  const kind = chosen(ctx.url, "kind", KINDS);
  const filter = { actor: queryOf(ctx.url, "actor"), target: queryOf(ctx.url, "target") };
  const before = queryOf(ctx.url, "before");
  const list = await ctx.state.api.call("adminListAudit", {
    query: {
      actor: typedId(filter.actor),
      target: typedId(filter.target),
      before,
      ...(kind === "all" ? {} : { action: kind }),
    },
  });
  return { list, kind, filter, timeZone: readTimeZone(ctx.req) };
}, {}));

export default define.page<typeof handler>(({ data, state }) => (
  <AdminPage
    state={state}
    heading={t("gs.audit")}
    here="/admin/audit"
    lead={t("adminAudit.lead")}
    note={data.note}
  >
    <form method="get" class="row wrap form-line" role="search">
      <Select
        name="kind"
        label={t("adminAudit.kind")}
        value={data.kind}
        options={KINDS.map((kind) => [kind, t(`adminAudit.kind.${kind}`)] as const)}
      />
      <Field
        name="actor"
        label={t("adminAudit.actor")}
        value={data.filter.actor ?? ""}
        placeholder="@name@server"
        spellcheck={false}
      />
      <Field
        name="target"
        label={t("adminAudit.target")}
        value={data.filter.target ?? ""}
        spellcheck={false}
      />
      <button class="button" type="submit">{t("gs.search")}</button>
    </form>
    {data.list.entries.length === 0 && <p class="muted">{t("audit.none")}</p>}
    <ul class="rows">
      {data.list.entries.map((entry) => (
        <Entry key={entry.id} entry={entry} nowMs={state.nowMs} timeZone={data.timeZone} />
      ))}
    </ul>
    {data.list.next !== null && (
      <a
        class="button"
        href={withQuery({ ...data.filter, kind: data.kind, before: String(data.list.next) })}
      >
        {t("gs.next")}
      </a>
    )}
  </AdminPage>
));

function Entry(props: { entry: AdminAuditEntry; nowMs: number; timeZone: string }) {
  const { entry } = props;
  const details = Object.entries(entry.details);
  return (
    <li class="row-card">
      <Icon name="list" />
      <div class="grow">
        <p class="break">
          <span class="strong">
            {entry.actor === null ? t("admin.commandLine") : named(entry.actor)}
          </span>{" "}
          <span class="tag" title={entry.action}>{actOf(entry.action)}</span>{" "}
          {entry.target && <span class="mono">{named(entry.target)}</span>}
        </p>
        {entry.reason && <p class="small break">“{entry.reason}”</p>}
        {details.length > 0 && (
          <p class="small muted break">
            {details.map(([name, value]) =>
              `${fieldOf(name)}: ${shown(name, value, props.timeZone)}`
            ).join(" · ")}
          </p>
        )}
      </div>
      <time
        class="tiny faint nowrap"
        dateTime={new Date(entry.ts).toISOString()}
        title={formatFull(entry.ts, props.timeZone)}
      >
        {formatRelative(entry.ts, props.nowMs)}
      </time>
    </li>
  );
}

/** The id of a person as people type it, or of something else as it is. */
const typedId = (text: string | undefined) =>
  text === undefined ? undefined : parseTypedUserId(text) ?? text;

/** A person as people read it, or something else as it is. */
const named = (id: string) => parseUserId(id) === undefined ? id : handleOf(id);

/** What was done, in words; an act of a later version has its name in the API alone. */
function actOf(action: string): string {
  const key = `adminAudit.act.${action}` as Key;
  return isHere(key) ? t(key) : action;
}

/** What the configuration's page calls its settings. */
const SETTINGS: Readonly<Record<string, Key>> = {
  registration_mode: "admin.mode",
  invite_links_open_registration: "admin.inviteLinks",
  registration_approval: "admin.approval",
  registration_email: "admin.needEmail",
  abuse_contact: "admin.abuse",
  server_title: "admin.serverTitle",
  server_description: "admin.serverDescription",
  federation_allow: "admin.allowServers",
  federation_block: "admin.blockServers",
  notice: "admin.notice",
};
/** Values that stand for words, by field. */
const WORDS: Readonly<Record<string, string>> = {
  registration_mode: "admin.mode.",
  outcome: "adminReports.outcome.",
};

function fieldOf(name: string): string {
  const key = SETTINGS[name] ?? `adminAudit.field.${name}` as Key;
  return isHere(key) ? t(key) : name;
}

function shown(name: string, value: unknown, timeZone: string): string {
  if (value === null || value === "") return "–";
  if (typeof value === "boolean") return t(value ? "audit.yes" : "audit.no");
  if (typeof value === "number") {
    if (name.endsWith("_ts")) return formatFull(value, timeZone);
    return name === "bytes" ? formatSize(value) : formatNumber(value);
  }
  const key = `${WORDS[name]}${value}` as Key;
  if (WORDS[name] !== undefined && isHere(key)) return t(key);
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
