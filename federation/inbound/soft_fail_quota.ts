import { type HeldEvent, isControlEvent } from "../../core/event/event.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { serverOf } from "../../core/ids/user_id.ts";
import { limits } from "../../core/limits.ts";
import type { Clock } from "../../core/ports/clock.ts";
import { putNewest } from "../../core/put_newest.ts";
import type { Door } from "../ports.ts";
import type { InboundRoom } from "./ports.ts";

/** Counts are believed for so long: what soft-failed may pass, be forgotten, or come elsewhere. */
const BELIEVED_MS = 60_000;
/** Counts that are remembered; beyond it the oldest are taken anew. */
const REMEMBERED_MAX = 10_000;

interface Count {
  held: number;
  readonly untilMs: number;
}

/**
 * How many soft-failed events are stored of one server in one room. Beyond the bound they are
 * dropped: a message that a later one names is asked for again and judged by how things are then.
 * Control events that were asked for are always taken, for others may rest on them. PROTOCOL.md 7.
 */
export class SoftFailQuota {
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #counts = new Map<string, Count>();

  constructor(clock: Pick<Clock, "monotonic">) {
    this.#clock = clock;
  }

  /** Whether one more may be stored; counts it if so. */
  async take(room: InboundRoom, event: HeldEvent, door: Door): Promise<boolean> {
    const count = await this.#count(room, serverOf(event.pdu.sender));
    const isNeeded = isControlEvent(event) && door !== "send";
    if (!isNeeded && count.held >= limits.receive.maxSoftFailedPerServer) return false;
    count.held++;
    return true;
  }

  async #count(room: InboundRoom, server: ServerName): Promise<Count> {
    const key = `${room.id} ${server}`;
    const nowMs = this.#clock.monotonic();
    const known = this.#counts.get(key);
    if (known !== undefined && nowMs < known.untilMs) return known;
    const held = await room.countSoftFailed(server, limits.receive.maxSoftFailedPerServer);
    const count = { held, untilMs: nowMs + BELIEVED_MS };
    putNewest(this.#counts, { key, value: count, max: REMEMBERED_MAX });
    return count;
  }
}
