import { useLayoutEffect } from "preact/hooks";
import type {
  HealthProblem,
  RoomHealth as Health,
  RoomState,
} from "../../../../core/e2ee/engine/types.ts";
import { markLooked } from "../../../lib/browser/health_marks.ts";
import { useEngine } from "../../../lib/encryption/use_engine.ts";
import { useRoomHealth } from "../../../lib/encryption/use_room_health.ts";
import { nameOf } from "../../../lib/format/names.ts";
import { formatRelative } from "../../../lib/format/time.ts";
import { t } from "../../../lib/i18n/t.ts";
import type { Overlay } from "../../../lib/store/chat.ts";
import { EngineTrouble } from "../../encryption/EngineTrouble.tsx";
import { StateLine } from "../../encryption/StateLine.tsx";
import { Icon } from "../../Icon.tsx";
import { useChat } from "../chat_context.ts";
import { Dialog } from "../Dialog.tsx";

/**
 * How the encryption of a conversation stands: who orders its changes, what is proven of that,
 * the code to compare, and what went wrong.
 */
export default function RoomHealth(
  { overlay }: { overlay: Extract<Overlay, { kind: "roomHealth" }> },
) {
  const state = useChat();
  const { roomId } = overlay;
  const own = state.self.value.user.id;
  const seen = useEngine(own);
  const { engine } = seen;
  const health = useRoomHealth(engine, roomId);
  const latest = health?.problems[0]?.atMs;
  // With the drawing of it: whoever closes it at once has seen it all the same.
  useLayoutEffect(() => {
    if (latest !== undefined) markLooked(own, roomId, latest);
  }, [latest]);
  const verified = state.verified.value.has(roomId);
  return (
    <Dialog title={t("health.title")}>
      <p>{t(verified ? "lock.verifiedLong" : "lock.onLong")}</p>
      {health === undefined ? <EngineTrouble seen={seen} waiting={t("health.looking")} /> : (
        <>
          <Order health={health} room={engine?.room(roomId)} />
          <Code code={health.code} />
          <Problems problems={health.problems} />
        </>
      )}
    </Dialog>
  );
}

function Order({ health, room }: { health: Health; room: RoomState | undefined }) {
  const { sequencer: server = room?.server, former, successors, paused } = health;
  return (
    <dl class="state-lines">
      <StateLine icon={paused ? "warning" : "list"} label={t("health.orders")}>
        {server === undefined
          ? t("health.ordersUnknown")
          : t(paused ? "health.ordersPaused" : "health.ordersText", { server })}
        {former.length > 0 && ` ${t("health.former", { servers: former.join(", ") })}`}
      </StateLine>
      {successors.length > 0 && (
        <StateLine icon="globe" label={t("health.successors")}>
          {t("health.successorsText", { servers: successors.join(", ") })}
        </StateLine>
      )}
      <StateLine icon="info" label={t("health.receipts")} good={health.receipts === "checked"}>
        {t(`health.receipts.${health.receipts}`)}
      </StateLine>
    </dl>
  );
}

/** What people read to each other; the group's secret stands behind it. */
function Code({ code }: { code: string | undefined }) {
  return (
    <section class="stack-tight" aria-labelledby="health-code">
      <h3 id="health-code" class="label">{t("health.code")}</h3>
      {code === undefined ? <p class="muted">{t("health.codeNone")}</p> : (
        <>
          <p class="room-code" translate={false}>
            {code.split(" ").map((group, at) => <span key={at}>{group}</span>)}
          </p>
          <p class="small muted">{t("health.codeText")}</p>
        </>
      )}
    </section>
  );
}

function Problems({ problems }: { problems: readonly HealthProblem[] }) {
  return (
    <section class="stack-tight" aria-labelledby="health-problems">
      <h3 id="health-problems" class="label">{t("health.problems")}</h3>
      {problems.length === 0
        ? (
          <p class="row-tight muted">
            <Icon name="check" small /> {t("health.problemsNone")}
          </p>
        )
        : (
          <ul class="stack">
            {problems.map((problem, at) => <Problem key={at} problem={problem} />)}
          </ul>
        )}
    </section>
  );
}

/** What happened, in whose hands it lies, and what can be done. */
function Problem({ problem }: { problem: HealthProblem }) {
  const state = useChat();
  const { kind, server, user, atMs } = problem;
  return (
    <li class="row-tight top">
      <Icon name="warning" small />
      <div class="grow">
        <p>
          <strong class="block">
            {t(`health.problem.${kind}`, {
              server: server ?? t("health.someServer"),
              name: user === undefined ? t("health.somebody") : nameOf(state.userOf(user)),
            })}
          </strong>
          {t(`health.help.${kind}`)}
        </p>
        <p class="small muted">{formatRelative(atMs, state.now.value)}</p>
      </div>
    </li>
  );
}
