import { judgeCurrent, type Present } from "../../core/auth/judge_current.ts";
import { judgeByGuild } from "../../core/auth/private_room.ts";
import { ALLOWED, refuse, type Verdict } from "../../core/auth/verdict.ts";
import { type HeldEvent, isControlEvent, isTimelineEvent } from "../../core/event/event.ts";
import type { KeyName } from "../../core/event/verify_event.ts";
import { limits } from "../../core/limits.ts";
import { serverOf } from "../../core/ids/user_id.ts";
import type { Authority } from "../../core/permissions/authority.ts";
import type { Clock } from "../../core/ports/clock.ts";
import { type Door, keyNameText, type KeyRing, type ServerPolicy } from "../ports.ts";
import { presentFacts } from "./present_facts.ts";
import type { RoomTurn } from "./room_turn.ts";

export interface PresentDeps {
  readonly clock: Clock;
  readonly keys: Pick<KeyRing, "find" | "refusal">;
  readonly policy: ServerPolicy;
}

/**
 * Step 6, for what comes live: what passes on its own state must pass on the present one too,
 * be dated no later than now, and be signed by a key that still counts. Alone here do the clock
 * and the order of arrival matter. PROTOCOL.md 7.
 */
export async function judgePresent(
  deps: PresentDeps,
  turn: RoomTurn,
  { event, before, signedBy }: {
    readonly event: HeldEvent;
    readonly before: Authority;
    readonly signedBy: readonly KeyName[];
  },
): Promise<Verdict> {
  const server = serverOf(event.pdu.sender);
  const barred = deps.policy.refusal(server);
  if (barred !== undefined) return refuse("now.policy", barred);
  const crowded = judgeCrowd(turn, event);
  if (!crowded.ok) return crowded;
  const room = turn.end.authority;
  const guild = await turn.room.guild();
  const belongs = guild === undefined ? ALLOWED : judgeByGuild(event, { room, guild });
  if (!belongs.ok) return belongs;
  const nowMs = deps.clock.now();
  const keyRefusal = await turn.keyRefusal(
    signedBy,
    () => newestKeyRefusal(deps, signedBy, nowMs),
  );
  const present: Present = {
    current: room,
    stateBefore: before.view,
    nowMs,
    ...(keyRefusal === undefined ? {} : { keyRefusal }),
    ...await presentFacts(turn, event),
  };
  return judgeCurrent(event, present);
}

/**
 * Every end of the control graph costs whatever comes later: while there are many, what adds one
 * and joins none waits until they are joined. A server that forks without end hurts itself.
 */
function judgeCrowd({ end }: RoomTurn, event: HeldEvent): Verdict {
  if (!isControlEvent(event) || end.heads.length < limits.receive.maxEndsToFork) return ALLOWED;
  return event.pdu.prev_events.some((id) => end.heads.includes(id))
    ? ALLOWED
    : refuse("now.ends", `the control graph has ${end.heads.length} ends already`);
}

/** Whether step 6 applies: history that is fetched was judged by those who were there. */
export function isLive(door: Door, event: HeldEvent): boolean {
  if (door === "join") return false;
  return door !== "backfill" || !isTimelineEvent(event);
}

/** Each server's newest key speaks for it: an origin signs again once its key has retired. */
async function newestKeyRefusal(
  deps: Pick<PresentDeps, "keys">,
  signedBy: readonly KeyName[],
  nowMs: number,
): Promise<string | undefined> {
  const entries = await deps.keys.find(signedBy, { past: true });
  const newest = new Map<string, { readonly name: KeyName; readonly from: number }>();
  for (const name of signedBy) {
    const from = entries.get(keyNameText(name))?.valid_from ?? 0;
    const known = newest.get(name.server);
    if (known === undefined || from > known.from) newest.set(name.server, { name, from });
  }
  for (const { name } of newest.values()) {
    const refusal = await deps.keys.refusal(name, nowMs);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}
