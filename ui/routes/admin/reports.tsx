import { type Report, type ReportedWording, ReportOutcome } from "../../../core/api/reports.ts";
import { AdminPage } from "../../components/AdminPage.tsx";
import { Field } from "../../components/Field.tsx";
import { ActForm, Select } from "../../components/FormParts.tsx";
import { Icon } from "../../components/Icon.tsx";
import { chosen, queryOf, requireAdmin, withQuery } from "../../lib/admin.ts";
import { readTimeZone } from "../../lib/time_zone.ts";
import { formPage } from "../../lib/form_page.ts";
import { text } from "../../lib/forms.ts";
import { channelPath, messagePath } from "../../lib/format/paths.ts";
import { handleOf, nameOf } from "../../lib/format/names.ts";
import { formatFull, formatRelative } from "../../lib/format/time.ts";
import { t } from "../../lib/i18n/t.ts";
import { define } from "../../utils.ts";

const STATES = ["open", "closed"] as const;

export const handler = define.handlers(formPage(
  async (ctx) => {
    await requireAdmin(ctx, "adminReports.title");
    const shown = chosen(ctx.url, "show", STATES);
    const list = await ctx.state.api.call("adminListReports", {
      query: { state: shown, before: queryOf(ctx.url, "before") },
    });
    return { list, shown, timeZone: readTimeZone(ctx.req) };
  },
  {
    async close(ctx, form) {
      await ctx.state.api.call("adminCloseReport", {
        params: { report_id: text(form, "id") },
        body: { outcome: ReportOutcome.parse(text(form, "outcome")), note: text(form, "note") },
      });
    },
  },
));

interface Times {
  readonly nowMs: number;
  readonly timeZone: string;
}

export default define.page<typeof handler>(({ data, state }) => (
  <AdminPage
    state={state}
    heading={t("adminReports.title")}
    lead={t("adminReports.lead")}
    here="/admin/reports"
    note={data.note}
  >
    <form method="get" class="row wrap form-line">
      <Select
        name="show"
        label={t("adminReports.show")}
        value={data.shown}
        options={STATES.map((each) => [each, t(`adminReports.${each}`)] as const)}
      />
      <button class="button" type="submit">{t("gs.search")}</button>
    </form>
    <p class="small muted" role="status">{t("adminReports.count", { n: data.list.open })}</p>
    {data.list.reports.length === 0 && (
      <p class="muted">
        {t(data.shown === "open" ? "adminReports.none" : "adminReports.noneClosed")}
      </p>
    )}
    <ul class="stack">
      {data.list.reports.map((report) => (
        <li key={report.id}>
          <ReportCard report={report} times={{ nowMs: state.nowMs, timeZone: data.timeZone }} />
        </li>
      ))}
    </ul>
    {data.list.next !== null && (
      <a class="button" href={withQuery({ show: data.shown, before: data.list.next })}>
        {t("gs.next")}
      </a>
    )}
  </AdminPage>
));

function ReportCard({ report, times }: { report: Report; times: Times }) {
  const { author, reporter, closed } = report;
  const heading = `report-${report.id}`;
  return (
    <article class="card stack" aria-labelledby={heading}>
      <header class="stack-tight">
        <h2 id={heading} class="row-tight wrap">
          <Icon name="flag" small />
          <span class="break">{t("adminReports.wrote", { name: nameOf(author) })}</span>
          <span class="tag danger">{t(`report.reason.${report.reason}`)}</span>
        </h2>
        <p class="small muted break">
          {handleOf(author.id)} · <When ts={report.said_ts} times={times} /> ·{" "}
          <Where report={report} />
        </p>
      </header>
      <Words report={report} times={times} />
      <p class="small break">
        {t("adminReports.by", { name: handleOf(reporter.id) })},{" "}
        <When ts={report.created_ts} times={times} />
        {report.note && <q class="block">{report.note}</q>}
      </p>
      {closed === null ? <Close report={report} /> : (
        <p class="small muted break">
          <span class="tag">{t(`adminReports.outcome.${closed.outcome}`)}</span>{" "}
          {t("adminReports.closedBy", {
            name: handleOf(closed.by),
            when: formatRelative(closed.ts, times.nowMs),
          })}
          {closed.note && `: ${closed.note}`}
        </p>
      )}
    </article>
  );
}

/** Where it was said; a way there for whoever may read it. */
function Where({ report: { place, room_id, channel_id, event_id } }: { report: Report }) {
  if (place === null) return <>{t("adminReports.gone")}</>;
  if (place.kind === "conversation") {
    return <>{t(place.several ? "adminReports.group" : "adminReports.direct")}</>;
  }
  const name = t("adminReports.where", { channel: place.channel, guild: place.guild });
  if (!place.readable) return <>{name}</>;
  const channel = { room_id, id: channel_id, private: place.private };
  return <a href={messagePath(channelPath(place.guild_id, channel), event_id)}>{name}</a>;
}

function When({ ts, times }: { ts: number; times: Times }) {
  return (
    <time dateTime={new Date(ts).toISOString()} title={formatFull(ts, times.timeZone)}>
      {formatRelative(ts, times.nowMs)}
    </time>
  );
}

/** What was said, and how far it is proven. */
function Words({ report, times }: { report: Report; times: Times }) {
  const { wordings, sealed } = report;
  const newest = wordings?.at(-1);
  if (wordings === null || newest === undefined) {
    return <p class="muted">{t("adminReports.forgotten")}</p>;
  }
  const earlier = wordings.slice(0, -1).toReversed();
  const server = report.author.id.slice(report.author.id.indexOf(":") + 1);
  return (
    <div class="stack-tight">
      <Wording wording={newest} />
      {newest.body !== null && (
        <p class="small row-tight wrap">
          <Icon name={sealed ? "shield" : "info"} small />
          <span class="strong">{t(sealed ? "adminReports.checked" : "adminReports.held")}</span>
          {sealed && <span class="muted">{t("adminReports.checkedText", { server })}</span>}
        </p>
      )}
      {earlier.length > 0 && (
        <details class="more-options">
          <summary>{t("adminReports.earlier", { n: earlier.length })}</summary>
          <ul class="stack-tight">
            {earlier.map((wording) => (
              <li key={wording.event_id}>
                <Wording wording={wording} />
                <p class="tiny faint">
                  <When ts={wording.ts} times={times} />
                </p>
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

function Wording({ wording: { body, files } }: { wording: ReportedWording }) {
  return (
    <blockquote class="quoted">
      {body === null
        ? <p class="muted">{t("adminReports.unproven")}</p>
        : body === ""
        ? <p class="muted">{t("adminReports.noWords")}</p>
        : <p class="break report-words" dir="auto">{body}</p>}
      {files.length > 0 && (
        <p class="small muted break">{t("adminReports.files", { names: files.join(", ") })}</p>
      )}
    </blockquote>
  );
}

function Close({ report }: { report: Report }) {
  return (
    <ActForm act="close" class="row wrap form-line">
      <input type="hidden" name="id" value={report.id} />
      <Field
        name="note"
        id={`note-${report.id}`}
        label={t("adminReports.note")}
        maxlength={500}
      />
      <button class="button primary" type="submit" name="outcome" value="acted">
        {t("adminReports.acted")}
      </button>
      <button class="button" type="submit" name="outcome" value="dismissed">
        {t("adminReports.dismissed")}
      </button>
      <a class="button quiet" href={`/admin/users/${encodeURIComponent(report.author.id)}`}>
        {t("adminReports.person")}
      </a>
    </ActForm>
  );
}
