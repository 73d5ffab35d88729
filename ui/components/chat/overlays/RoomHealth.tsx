import type {
  HealthProblem,
  RoomHealth as Health,
  RoomState,
} from "../../../../core/e2ee/engine/types.ts";
import { healthLooks, lookedAt, markLooked } from "../../../lib/browser/health_marks.ts";
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
  const verified = state.verified.value.has(roomId);
  return (
    <Dialog title={t("health.title")}>
      <p>{t(verified ? "lock.verifiedLong" : "lock.onLong")}</p>
      {health === undefined ? <EngineTrouble seen={seen} waiting={t("health.looking")} /> : (
        <>
          <Order health={health} room={engine?.room(roomId)} />
          <Code code={health.code} />
          <Problems roomId={roomId} problems={health.problems} />
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

/** What was noticed and nobody has looked at yet, and below what is known already. */
function Problems({ roomId, problems }: { roomId: string; problems: readonly HealthProblem[] }) {
  const own = useChat().self.value.user.id;
  void healthLooks.value;
  const upTo = lookedAt(own, roomId);
  const fresh = problems.filter(({ atMs }) => atMs > upTo);
  const known = problems.filter(({ atMs }) => atMs <= upTo);
  const latest = fresh[0]?.atMs;
  return (
    <section class="stack-tight" aria-labelledby="health-problems">
      <h3 id="health-problems" class="label" tabIndex={-1}>{t("health.problems")}</h3>
      {latest === undefined
        ? (
          <p class="row-tight muted" role="status">
            <Icon name="check" small />{" "}
            {t(known.length > 0 ? "health.problemsNoneNew" : "health.problemsNone")}
          </p>
        )
        : (
          <>
            <ProblemList problems={fresh} />
            <div>
              <button
                type="button"
                class="button small"
                onClick={() => {
                  markLooked(own, roomId, latest);
                  // The button goes with what it was about: reading goes on at the heading.
                  document.getElementById("health-problems")?.focus();
                }}
              >
                {t("health.looked")}
              </button>
            </div>
          </>
        )}
      {known.length > 0 && (
        <details class="more-options">
          <summary>{t("health.known", { n: known.length })}</summary>
          <ProblemList problems={known} />
        </details>
      )}
    </section>
  );
}

function ProblemList({ problems }: { problems: readonly HealthProblem[] }) {
  return (
    <ul class="stack">
      {problems.map((problem, at) => <Problem key={at} problem={problem} />)}
    </ul>
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
