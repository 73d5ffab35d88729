import type { JsonObject } from "../../core/event/json.ts";
import { parseJson } from "../../core/event/json_parse.ts";
import { writeCanonical } from "../../core/event/json_write.ts";
import { parsePduValue } from "../../core/event/parse_pdu.ts";
import type { KeyName } from "../../core/event/verify_event.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { Clock } from "../../core/ports/clock.ts";
import { keyNameText } from "../ports.ts";
import type { Incoming } from "./incoming.ts";
import type { WaitingEvent, WaitingStore } from "./ports.ts";
import { verify, type VerifyDeps } from "./verify.ts";

/** What an event cites is often right behind it, and is asked for only after so long. */
const PATIENCE_MS = 200;
/** Events that one arrival frees at once. */
const FREED_PER_STEP = 500;

/** An event, and what it waits for. */
export interface Kept {
  readonly incoming: Omit<Incoming, "signedBy">;
  readonly missing?: readonly EventId[];
  readonly keys?: readonly KeyName[];
}

export interface WaitingDeps extends VerifyDeps {
  readonly store: WaitingStore;
  readonly clock: Clock;
  /** Something waits that can be looked after at once. */
  readonly wake: () => void;
}

/**
 * Events that cannot be judged yet, because what they cite or a key entry is not held. They
 * delay their own descendants and nobody else; nothing is ever judged on a guess. PROTOCOL.md 7.
 */
export class Waiting {
  readonly #deps: WaitingDeps;

  constructor(deps: WaitingDeps) {
    this.#deps = deps;
  }

  /** Answers for each whether it is kept: the store has its bounds. */
  async keep(list: readonly Kept[]): Promise<readonly boolean[]> {
    if (list.length === 0) return [];
    const nowMs = this.#deps.clock.now();
    const kept = await this.#deps.store.put(
      list.map(({ incoming: { event, door, origin }, missing = [], keys = [] }) => ({
        roomId: event.roomId,
        eventId: event.id,
        door,
        origin,
        receivedTs: nowMs,
        pdu: writeCanonical(event.pdu as unknown as JsonObject),
        missing,
        missingKeys: keys.map(keyNameText),
        attempts: 0,
        dueTs: nowMs + (keys.length > 0 ? 0 : PATIENCE_MS),
      })),
    );
    if (kept.includes(true)) this.#deps.wake();
    return kept;
  }

  /** These are held now. Answers whether anything of the room waits, maybe for them. */
  async done(roomId: RoomId, ids: readonly EventId[]): Promise<boolean> {
    const { store } = this.#deps;
    if (ids.length === 0 || !await store.anyIn(roomId)) return false;
    await store.remove(roomId, ids);
    return true;
  }

  /** Those that waited for one of these, verified again; they go through the stages anew. */
  async freedBy(roomId: RoomId, ids: readonly EventId[]): Promise<readonly Incoming[]> {
    if (ids.length === 0) return [];
    const freed = await this.#deps.store.waitingFor(roomId, ids, FREED_PER_STEP);
    return await this.verified(freed);
  }

  /** Stored copies whose signatures can be verified with the key entries that are held. */
  async verified(events: readonly WaitingEvent[]): Promise<readonly Incoming[]> {
    const read = events.flatMap((waiting) => {
      const event = readPdu(waiting.pdu);
      return event === undefined ? [] : [{ event, door: waiting.door, origin: waiting.origin }];
    });
    const [first] = read;
    if (first === undefined) return [];
    const keys = { ...this.#deps, keys: heldAlone(this.#deps.keys) };
    const outcomes = await verify(keys, read.map(({ event }) => event), {
      origin: first.origin,
      proofs: [],
    });
    return read.flatMap((incoming, at) => {
      const outcome = outcomes[at];
      return outcome?.kind === "valid" ? [{ ...incoming, signedBy: outcome.by }] : [];
    });
  }
}

/** What waits was in shape when it was stored; a later version may see that otherwise. */
export function readPdu(text: string) {
  const json = parseJson(new TextEncoder().encode(text));
  if (!json.ok) return undefined;
  const outcome = parsePduValue(json.value);
  return outcome.kind === "event" ? outcome.event : undefined;
}

/** Asks nobody: what was obtained meanwhile is held. */
function heldAlone(keys: WaitingDeps["keys"]): WaitingDeps["keys"] {
  return {
    find: (names, options) => keys.find(names, options),
    obtain: (names) => keys.find(names, { past: true }),
  };
}
