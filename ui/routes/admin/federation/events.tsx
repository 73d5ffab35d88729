import type { InboundReceipt } from "../../../../core/api/admin_federation.ts";
import { readReason } from "../../../../core/event/receipt_reason.ts";
import { AdminPage } from "../../../components/AdminPage.tsx";
import { Field } from "../../../components/Field.tsx";
import { Select } from "../../../components/FormParts.tsx";
import { Icon, type IconName } from "../../../components/Icon.tsx";
import { chosen, queryOf, requireAdmin, withQuery } from "../../../lib/admin.ts";
import { readTimeZone } from "../../../lib/time_zone.ts";
import { whyNotAccepted } from "../../../lib/receipt_why.ts";
import { formPage } from "../../../lib/form_page.ts";
import { formatFull, formatRelative } from "../../../lib/format/time.ts";
import { type Key, t } from "../../../lib/i18n/t.ts";
import { define } from "../../../utils.ts";

const PAGE = 50;
/** "" for all. */
const OUTCOMES = ["all", "soft_failed", "rejected", "waiting", "dropped"] as const;

export const handler = define.handlers(formPage(async (ctx) => {
  await requireAdmin(ctx, "inbound.title");
  const outcome = chosen(ctx.url, "outcome", OUTCOMES);
  const filter = {
    server: queryOf(ctx.url, "server")?.toLowerCase(),
    room_id: queryOf(ctx.url, "room_id"),
  };
  const before = queryOf(ctx.url, "before");
  const list = await ctx.state.api.call("adminListInboundEvents", {
    query: { ...filter, before, limit: PAGE, ...(outcome === "all" ? {} : { outcome }) },
  });
  return { list, outcome, filter, timeZone: readTimeZone(ctx.req) };
}, {}));

export default define.page<typeof handler>(({ data, state }) => {
  const { events, waiting } = data.list;
  return (
    <AdminPage
      state={state}
      heading={t("inbound.title")}
      lead={t("inbound.lead")}
      here="/admin/federation"
      back="/admin/federation"
      note={data.note}
    >
      {waiting > 0 && <p class="small muted" role="status">{t("inbound.now", { n: waiting })}</p>}
      <form method="get" class="row wrap form-line" role="search">
        <Select
          name="outcome"
          label={t("inbound.outcome")}
          value={data.outcome}
          options={OUTCOMES.map((each) => [each, t(`inbound.outcome.${each}`)] as const)}
        />
        <Field
          name="server"
          label={t("inbound.server")}
          value={data.filter.server ?? ""}
          placeholder="example.org"
          spellcheck={false}
        />
        <Field
          name="room_id"
          label={t("inbound.room")}
          value={data.filter.room_id ?? ""}
          spellcheck={false}
        />
        <button class="button" type="submit">{t("gs.search")}</button>
      </form>
      {data.outcome !== "all" && <p class="small muted">{t(MEANINGS[data.outcome])}</p>}
      {events.length === 0 && <p class="muted">{t("inbound.none")}</p>}
      <ul class="rows">
        {events.map((event) => (
          <Row key={event.id} event={event} nowMs={state.nowMs} timeZone={data.timeZone} />
        ))}
      </ul>
      {events.length === PAGE && (
        <a
          class="button"
          href={withQuery({
            ...data.filter,
            outcome: data.outcome,
            before: String(events.at(-1)?.id),
          })}
        >
          {t("gs.next")}
        </a>
      )}
    </AdminPage>
  );
});

const MEANINGS: Readonly<Record<InboundReceipt["outcome"], Key>> = {
  soft_failed: "inbound.means.soft_failed",
  rejected: "inbound.means.rejected",
  waiting: "inbound.means.waiting",
  dropped: "inbound.means.dropped",
};

const ICONS: Readonly<Record<InboundReceipt["outcome"], IconName>> = {
  soft_failed: "warning",
  rejected: "ban",
  waiting: "clock",
  dropped: "ban",
};

function Row(props: { event: InboundReceipt; nowMs: number; timeZone: string }) {
  const { event } = props;
  const why = whyNotAccepted(event);
  const ids = [event.type, event.sender, event.room_id, event.event_id];
  return (
    <li class="row-card">
      <Icon name={ICONS[event.outcome]} />
      <div class="grow">
        <p class="row-tight wrap">
          <span class="strong break">{event.origin}</span>
          <span class="tag" title={t(MEANINGS[event.outcome])}>
            {t(`inbound.outcome.${event.outcome}`)}
          </span>
        </p>
        {why !== undefined && <p class="break">{why}</p>}
        <p class={why === undefined ? "break" : "small muted break"} lang="en" dir="auto">
          {readReason(event.reason).sentence}
        </p>
        <p class="small muted break mono">{ids.filter((id) => id !== null).join(" · ")}</p>
      </div>
      <time
        class="tiny faint nowrap"
        dateTime={new Date(event.received_ts).toISOString()}
        title={formatFull(event.received_ts, props.timeZone)}
      >
        {formatRelative(event.received_ts, props.nowMs)}
      </time>
    </li>
  );
}
