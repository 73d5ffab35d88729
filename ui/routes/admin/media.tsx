import { AdminPage } from "../../components/AdminPage.tsx";
import { ActForm } from "../../components/FormParts.tsx";
import { Notice } from "../../components/Notice.tsx";
import { Tiles } from "../../components/Tiles.tsx";
import { requireAdmin } from "../../lib/admin.ts";
import type { CallResult } from "../../lib/api/types.ts";
import { text } from "../../lib/forms.ts";
import { formPage } from "../../lib/form_page.ts";
import { handleOf } from "../../lib/format/names.ts";
import { formatNumber } from "../../lib/format/number.ts";
import { formatSize } from "../../lib/format/size.ts";
import { type Key, t } from "../../lib/i18n/t.ts";
import { define } from "../../utils.ts";

const HERE = "/admin/media";
const SHOWN = 25;
const DAY_MS = 86_400_000;
/** Copies that nobody asked for within so many days. */
const REMOTE_DAYS = 7;

export const handler = define.handlers(formPage(
  async (ctx) => {
    await requireAdmin(ctx, "admin.media");
    const { searchParams: query } = ctx.url;
    const counted = query.has("files")
      ? {
        files: Number(query.get("files")) || 0,
        bytes: Number(query.get("bytes")) || 0,
        orphans: Number(query.get("orphans")) || 0,
        dry: query.get("dry") === "1",
      }
      : null;
    const usage = await ctx.state.api.call("adminMediaUsage", { query: { limit: SHOWN } });
    return { usage, counted };
  },
  {
    async purge(ctx, form) {
      const what = text(form, "what");
      const result = await ctx.state.api.call("adminPurgeMedia", {
        body: {
          ...(what === "unused" ? { unused: true } : {}),
          ...(what === "orphans" ? { orphans: true } : {}),
          ...(what === "remote" ? { remote: true } : {}),
          ...(what === "remote_old"
            ? { remote: true, before_ts: ctx.state.nowMs - REMOTE_DAYS * DAY_MS }
            : {}),
          dry_run: text(form, "how") === "count",
        },
      });
      const { files, bytes, orphans } = result;
      return `${HERE}?files=${files}&bytes=${bytes}&orphans=${orphans}&dry=${
        result.dry_run ? 1 : 0
      }`;
    },
  },
));

export default define.page<typeof handler>(({ data, state }) => {
  const { usage, counted } = data;
  return (
    <AdminPage state={state} heading={t("admin.media")} here={HERE} note={data.note}>
      {counted !== null && (
        <div role="status">
          <Notice>
            {counted.dry
              ? t("media.would", {
                n: counted.files + counted.orphans,
                size: formatSize(counted.bytes),
              })
              : t("media.done", {
                n: counted.files + counted.orphans,
                size: formatSize(counted.bytes),
              })}
          </Notice>
        </div>
      )}
      <Sums usage={usage} />
      <Ranking
        title={t("media.byUser")}
        none={t("media.nobody")}
        total={usage.bytes}
        rows={usage.users.map((user) => ({
          key: user.user_id,
          name: handleOf(user.user_id),
          href: `/admin/users/${encodeURIComponent(user.user_id)}`,
          ...user,
        }))}
      />
      <Ranking
        title={t("media.byGuild")}
        none={t("media.nobody")}
        total={usage.bytes}
        rows={usage.guilds.map((guild) => ({
          key: guild.guild_id,
          name: guild.name,
          href: `/admin/guilds/${encodeURIComponent(guild.guild_id)}`,
          files: guild.files,
          bytes: guild.bytes,
        }))}
      />
      <section class="card stack">
        <h2>{t("media.purge")}</h2>
        <p class="muted">{t("media.purgeText")}</p>
        {PURGES.map(([what, label, hint]) => (
          <Purge key={what} what={what} label={t(label)} hint={t(hint)} />
        ))}
      </section>
    </AdminPage>
  );
});

function Sums({ usage }: { usage: CallResult<"adminMediaUsage"> }) {
  return (
    <Tiles
      tiles={[
        {
          name: t("media.own"),
          value: formatSize(usage.bytes),
          note: t("media.files", { n: usage.files }),
        },
        {
          name: t("media.unused"),
          value: formatSize(usage.unused_bytes),
          note: t("media.files", { n: usage.unused_files }),
        },
        {
          name: t("media.remote"),
          value: formatSize(usage.remote.bytes),
          note: t("media.remoteOf", { size: formatSize(usage.remote.quota_bytes) }),
        },
        {
          name: t("media.quota"),
          value: usage.user_quota_bytes === null
            ? t("media.noQuota")
            : formatSize(usage.user_quota_bytes),
        },
        { name: t("media.deletions"), value: formatNumber(usage.deletions_waiting) },
      ]}
    />
  );
}

const PURGES: readonly (readonly [string, Key, Key])[] = [
  ["unused", "media.purgeUnused", "media.purgeUnusedHint"],
  ["remote_old", "media.purgeRemoteOld", "media.purgeRemoteHint"],
  ["remote", "media.purgeRemote", "media.purgeRemoteHint"],
  ["orphans", "media.purgeOrphans", "media.purgeOrphansHint"],
];

const PURGE_WAYS = [
  ["count", "button small", "media.count", "media.countOf"],
  ["delete", "button small danger", "delete", "media.deleteOf"],
] as const;

function Purge({ what, label, hint }: { what: string; label: string; hint: string }) {
  return (
    <ActForm act="purge" class="row wrap purge">
      <input type="hidden" name="what" value={what} />
      <div class="grow">
        <p class="strong">{label}</p>
        <p class="small muted">{hint}</p>
      </div>
      <div class="row-tight">
        {PURGE_WAYS.map(([how, look, words, of]) => (
          <button
            key={how}
            class={look}
            type="submit"
            name="how"
            value={how}
            aria-label={t(of, { what: label })}
          >
            {t(words)}
          </button>
        ))}
      </div>
    </ActForm>
  );
}

function Ranking(props: {
  title: string;
  none: string;
  total: number;
  rows: readonly { key: string; name: string; href: string; files: number; bytes: number }[];
}) {
  const most = Math.max(1, ...props.rows.map(({ bytes }) => bytes));
  return (
    <section class="stack">
      <h2>{props.title}</h2>
      {props.rows.length === 0 && <p class="muted">{props.none}</p>}
      <ol class="rows">
        {props.rows.map((row) => (
          <li key={row.key} class="row-card ranked">
            <a class="grow row-link break" href={row.href}>{row.name}</a>
            <progress class="share" max={most} value={row.bytes} aria-hidden="true" />
            <span class="small muted nowrap">
              {formatSize(row.bytes)} · {t("media.files", { n: row.files })}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
