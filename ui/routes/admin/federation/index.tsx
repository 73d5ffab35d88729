import type { ConfigurationEntry } from "../../../../core/api/admin_server.ts";
import { AdminPage } from "../../../components/AdminPage.tsx";
import { Field } from "../../../components/Field.tsx";
import { ActForm } from "../../../components/FormParts.tsx";
import { Icon, type IconName } from "../../../components/Icon.tsx";
import { Notice } from "../../../components/Notice.tsx";
import { requireAdmin } from "../../../lib/admin.ts";
import { ApiError } from "../../../lib/api/request.ts";
import type { CallResult } from "../../../lib/api/types.ts";
import { formatRelative } from "../../../lib/format/time.ts";
import { text } from "../../../lib/forms.ts";
import { formPage } from "../../../lib/form_page.ts";
import { t } from "../../../lib/i18n/t.ts";
import { define } from "../../../utils.ts";

const PAGE = 50;
const HERE = "/admin/federation";

type Destination = CallResult<"adminListDestinations">["destinations"][number];

export const handler = define.handlers(formPage(
  async (ctx) => {
    await requireAdmin(ctx, "admin.servers");
    const asked = Number(ctx.url.searchParams.get("offset"));
    const offset = Number.isSafeInteger(asked) && asked > 0 ? asked : 0;
    const [list, inbound, { entries }] = await Promise.all([
      ctx.state.api.call("adminListDestinations", { query: { limit: PAGE, offset } }),
      ctx.state.api.call("adminListInboundEvents", { query: { limit: 1 } }),
      ctx.state.api.call("adminGetConfiguration"),
    ]);
    return {
      list,
      offset,
      waiting: inbound.waiting,
      policy: entries.filter(({ section }) => section === "federation"),
      answered: ctx.url.searchParams.get("answered"),
    };
  },
  {
    async retry(ctx, form) {
      await ctx.state.api.call("adminRetryDestination", {
        params: { server: text(form, "server") },
      });
    },
    async pause(ctx, form) {
      await ctx.state.api.call("adminPauseDestination", {
        params: { server: text(form, "server") },
      });
    },
    async resume(ctx, form) {
      await ctx.state.api.call("adminResumeDestination", {
        params: { server: text(form, "server") },
      });
    },
    async test(ctx, form) {
      const server = text(form, "server").trim().toLowerCase();
      const { error } = await ctx.state.api.call("adminTestServer", { params: { server } });
      if (error === null) return `${HERE}?answered=${encodeURIComponent(server)}`;
      throw new ApiError(400, "invalid", t("servers.noAnswer", { server, text: error.text }));
    },
  },
));

export default define.page<typeof handler>(({ data, state }) => (
  <AdminPage
    state={state}
    heading={t("admin.servers")}
    lead={t("servers.lead")}
    here={HERE}
    note={data.note}
  >
    {data.answered !== null && (
      <Notice kind="info">{t("servers.answered", { server: data.answered })}</Notice>
    )}
    <ActForm act="test" class="row form-line">
      <Field name="server" label={t("servers.test")} placeholder="example.org" maxlength={255} />
      <button class="button" type="submit">{t("servers.testButton")}</button>
    </ActForm>
    {data.list.total === 0 ? <p class="muted">{t("servers.none")}</p> : (
      <p class="small muted">
        {t("servers.count", { n: data.list.total })}
        {data.list.failing > 0 && ` · ${t("servers.failing", { n: data.list.failing })}`}
      </p>
    )}
    <ul class="rows">
      {data.list.destinations.map((each) => (
        <Row key={each.server} destination={each} nowMs={state.nowMs} />
      ))}
    </ul>
    {data.offset + PAGE < data.list.total && (
      <a class="button" href={`?offset=${data.offset + PAGE}`}>{t("gs.next")}</a>
    )}
    <section class="stack-tight">
      <h2>{t("inbound.title")}</h2>
      <p class="muted">
        {t("inbound.lead")}
        {data.waiting > 0 && ` ${t("inbound.now", { n: data.waiting })}`}
      </p>
      <p>
        <a class="button" href={`${HERE}/events`}>
          <Icon name="list" small /> {t("inbound.show")}
        </a>
      </p>
    </section>
    <Policy entries={data.policy} />
  </AdminPage>
));

/** Of the requests of a server that shares a room, a stranger has this part: PROTOCOL.md 8. */
const STRANGERS_SHARE = 10;

/** Whom this server speaks with, as its configuration has it. */
function Policy({ entries }: { entries: readonly ConfigurationEntry[] }) {
  const valueOf = (name: string) => entries.find(({ id }) => id === `federation.${name}`)?.value;
  const [allowed, blocked] = [valueOf("allow"), valueOf("block")];
  const many = Number(valueOf("requests_per_minute"));
  return (
    <section class="stack-tight">
      <h2>{t("servers.policy")}</h2>
      {valueOf("enabled") === "false" ? <p>{t("servers.policy.off")}</p> : (
        <ul>
          <li class="break">
            {allowed ? t("servers.policy.only", { names: allowed }) : t("servers.policy.all")}
          </li>
          {blocked && <li class="break">{t("servers.policy.never", { names: blocked })}</li>}
          <li>{t("servers.policy.rate", { many, few: Math.floor(many / STRANGERS_SHARE) })}</li>
        </ul>
      )}
      <p class="small muted">
        {t("servers.policy.where")} <a href="/admin/settings">{t("admin.settings")}</a>
      </p>
    </section>
  );
}

const TAGS: Readonly<Record<Destination["state"], string>> = {
  unsent: "tag",
  well: "tag accent",
  trying: "tag",
  away: "tag danger",
  blocked: "tag",
  paused: "tag",
};

const ICONS: Readonly<Record<Destination["state"], IconName>> = {
  unsent: "clock",
  well: "check",
  trying: "warning",
  away: "warning",
  blocked: "ban",
  paused: "pause",
};

function Row({ destination, nowMs }: { destination: Destination; nowMs: number }) {
  const { server, state, last_error: error } = destination;
  return (
    <li class="row-card">
      <Icon name={ICONS[state]} />
      <div class="grow">
        <p class="row-tight wrap">
          <span class="strong break">{server}</span>
          <span class={TAGS[state]}>{t(`servers.state.${state}`)}</span>
        </p>
        <p class="small muted">{facts(destination, nowMs)}</p>
        {destination.failures > 0 && error !== null && (
          <p class="small break">
            {t("servers.lastError", { text: error.text, when: formatRelative(error.ts, nowMs) })}
          </p>
        )}
        {destination.paused_since_ts !== null && (
          <p class="small break">
            {t("servers.pausedSince", { when: formatRelative(destination.paused_since_ts, nowMs) })}
          </p>
        )}
        {destination.blocked_code !== null && (
          <p class="small break">{t(`servers.barred.${destination.blocked_code}`, { server })}</p>
        )}
        {destination.keys_on_word !== null && (
          <p class="small break">{onWord(destination.keys_on_word)}</p>
        )}
      </div>
      {destination.failures > 0 && state !== "blocked" && state !== "paused" && (
        <Act act="retry" icon="retry" server={server} />
      )}
      {destination.paused_since_ts !== null
        ? <Act act="resume" icon="play" server={server} />
        : state !== "blocked" && <Act act="pause" icon="pause" server={server} />}
    </li>
  );
}

function onWord({ denied, word_of: of }: NonNullable<Destination["keys_on_word"]>): string {
  const names = of.join(", ");
  return denied === 0 ? t("servers.onWord", { names }) : t("servers.denied", { n: denied, names });
}

function Act(
  { act, icon, server }: { act: "retry" | "pause" | "resume"; icon: IconName; server: string },
) {
  return (
    <ActForm act={act}>
      <input type="hidden" name="server" value={server} />
      <button
        class="button small nowrap"
        type="submit"
        aria-label={t(`servers.${act}Of`, { server })}
      >
        <Icon name={icon} small /> {t(`servers.${act}`)}
      </button>
    </ActForm>
  );
}

function facts(destination: Destination, nowMs: number): string {
  const { waiting, waiting_is_more: more, last_success_ts: success } = destination;
  const rooms = t("servers.rooms", { n: destination.rooms });
  if (destination.state === "unsent") return rooms;
  return [
    rooms,
    waiting === 0
      ? t("servers.upToDate")
      : t(more ? "servers.waitingMore" : "servers.waiting", { n: waiting }),
    success === null
      ? t("servers.neverReached")
      : t("servers.reached", { when: formatRelative(success, nowMs) }),
  ].join(" · ");
}
