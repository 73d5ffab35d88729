import { FIGURE_SPANS } from "../../../core/api/admin_server.ts";
import { AdminPage } from "../../components/AdminPage.tsx";
import { Drawing } from "../../components/Drawing.tsx";
import { Notice } from "../../components/Notice.tsx";
import { type Tile, Tiles } from "../../components/Tiles.tsx";
import FigureChart from "../../islands/FigureChart.tsx";
import { chosen, requireAdmin } from "../../lib/admin.ts";
import type { CallResult } from "../../lib/api/types.ts";
import type { ChartData, ChartUnit } from "../../lib/chart.ts";
import { readTimeZone } from "../../lib/time_zone.ts";
import { formPage } from "../../lib/form_page.ts";
import { formatNumber } from "../../lib/format/number.ts";
import { formatSize } from "../../lib/format/size.ts";
import { formatRelative } from "../../lib/format/time.ts";
import { t } from "../../lib/i18n/t.ts";
import { define, type State } from "../../utils.ts";

type Figures = CallResult<"adminGetFigures">;
type Overview = CallResult<"adminGetOverview">;

export const handler = define.handlers(formPage(async (ctx) => {
  await requireAdmin(ctx, "admin.title");
  const span = chosen(ctx.url, "span", FIGURE_SPANS);
  const [overview, figures, servers] = await Promise.all([
    ctx.state.api.call("adminGetOverview"),
    ctx.state.api.call("adminGetFigures", { query: { span } }),
    ctx.state.api.call("adminListDestinations", { query: { limit: 1 } }),
  ]);
  const { total, failing } = servers;
  return { overview, figures, span, total, failing, timeZone: readTimeZone(ctx.req) };
}, {}));

export default define.page<typeof handler>(({ data, state, url }) => (
  <AdminPage
    state={state}
    heading={t("admin.overview")}
    here="/admin/overview"
    index={url.pathname === "/admin"}
    note={data.note}
  >
    <Warnings state={state} />
    <Tiles tiles={tilesOf(data.overview, state, data)} />
    <section class="stack" aria-labelledby="figures">
      <div class="row wrap">
        <h2 id="figures" class="grow">{t("figures.title")}</h2>
        <nav class="tabs row-tight wrap" aria-label={t("figures.span")}>
          {FIGURE_SPANS.map((span) => (
            <a
              key={span}
              class={span === data.span ? "tab here" : "tab"}
              href={`?span=${span}`}
              aria-current={span === data.span ? "true" : undefined}
            >
              {t(`figures.span.${span}`)}
            </a>
          ))}
        </nav>
      </div>
      {data.figures.points.length === 0
        ? (
          <div class="empty">
            <Drawing name="quiet" />
            <p>{t("figures.none")}</p>
          </div>
        )
        : chartsOf(data.figures, data.timeZone).map((chart) => (
          <FigureChart key={chart.title} data={chart} stepS={data.figures.step_ms / 1000} />
        ))}
      <p class="small muted">{t("figures.kept")}</p>
    </section>
  </AdminPage>
));

function Warnings({ state }: { state: State }) {
  return (
    <>
      {state.server.trial && (
        <Notice kind="warn" icon="flag">
          <p>
            <strong>{t("admin.trialTitle")}</strong>
          </p>
          <p>{t("admin.trialText")}</p>
        </Notice>
      )}
      {state.embeddedDatabase && (
        <Notice kind="warn">
          <p>
            <strong>{t("admin.storageTitle")}</strong>
          </p>
          <p>{t("admin.storageText")}</p>
        </Notice>
      )}
      {state.server.public_url_local && <Notice kind="warn">{t("admin.localUrl")}</Notice>}
    </>
  );
}

function tilesOf(
  now: Overview,
  state: State,
  servers: { readonly total: number; readonly failing: number },
): Tile[] {
  const active = t("tile.active", {
    day: formatNumber(now.active_day),
    week: formatNumber(now.active_week),
    month: formatNumber(now.active_month),
  });
  return [
    {
      name: t("admin.users"),
      value: formatNumber(now.accounts),
      note: active,
      href: "/admin/users",
    },
    { name: t("admin.guilds"), value: formatNumber(now.guilds), href: "/admin/guilds" },
    { name: t("tile.messages"), value: formatNumber(now.messages_day) },
    {
      name: t("tile.sockets"),
      value: formatNumber(now.sockets),
      note: t("tile.processes", { n: now.processes }),
    },
    {
      name: t("tile.memory"),
      value: formatSize(now.memory_bytes),
      note: t("tile.started", { when: formatRelative(now.started_ts, state.nowMs) }),
    },
    {
      name: t("tile.database"),
      value: formatSize(now.database_bytes),
      ...(now.disk_free_bytes === null
        ? {}
        : { note: t("tile.free", { size: formatSize(now.disk_free_bytes) }) }),
    },
    {
      name: t("admin.media"),
      value: formatSize(now.media_bytes),
      note: t("tile.files", { n: now.media_files, size: formatSize(now.remote_media_bytes) }),
      href: "/admin/media",
    },
    {
      name: t("tile.encryption"),
      value: t("tile.rooms", { n: now.encrypted_rooms }),
      note: t("tile.devices", {
        n: now.encrypting_devices,
        backups: now.backups,
        size: formatSize(now.backup_bytes),
      }),
    },
    {
      name: t("admin.servers"),
      value: formatNumber(servers.total),
      note: t("servers.failing", { n: servers.failing }),
      href: "/admin/federation",
    },
    { name: t("admin.version"), value: state.server.version, note: state.server.name },
  ];
}

type PointKey = Exclude<keyof Figures["points"][number], "ts">;
const CHARTS = [
  ["messages", "count", ["messages"]],
  ["active", "count", ["active", "accounts"]],
  ["requests", "count", ["requests", "failures"]],
  ["sockets", "count", ["sockets"]],
  ["commit", "ms", ["commit_ms", "commit_max_ms"]],
  ["memory", "bytes", ["memory_bytes"]],
  ["storage", "bytes", ["database_bytes", "media_bytes"]],
] as const satisfies readonly (readonly [string, ChartUnit, readonly PointKey[]])[];

/** Those that were measured in this span. */
function chartsOf({ points }: Figures, timeZone: string): ChartData[] {
  return CHARTS.flatMap(([name, unit, keys]) => {
    const lines = keys.map((key) => ({
      label: t(`figure.${key}`),
      values: points.map((point) => point[key]),
    }));
    if (lines.every((line) => line.values.every((value) => value === null))) return [];
    const times = points.map((point) => point.ts / 1000);
    return [{ title: t(`figures.${name}`), unit, times, lines, timeZone }];
  });
}
