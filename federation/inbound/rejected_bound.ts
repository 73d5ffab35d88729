import type { ServerName } from "../../core/ids/server_name.ts";
import { serverOf } from "../../core/ids/user_id.ts";
import { limits } from "../../core/limits.ts";
import type { Log } from "../../core/ports/log.ts";
import { putNewest } from "../../core/put_newest.ts";
import type { InboundRoom, NewEvent } from "./ports.ts";

/** A process looks at what is stored once for so many rejected events of a server in a room. */
const LOOK_EACH = 100;
/** Servers in rooms that are remembered; whoever is not is looked at with the next event. */
const REMEMBERED_MAX = 10_000;

/**
 * How many rejected events are remembered of one server in one room: those that came last. Which
 * ones are held changes no answer. What cites a rejected event is rejected while that is held;
 * once it is forgotten it counts as not held, is asked for like any other, and is rejected again,
 * since steps 1 to 5 depend on nothing that passes. PROTOCOL.md 7.
 */
export class RejectedBound {
  readonly #log: Log;
  /** Rejected since what is stored was last looked at. */
  readonly #since = new Map<string, number>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** After a turn was stored, and before the next one: forgets what is beyond the bound. */
  async hold(room: InboundRoom, stored: Iterable<NewEvent>): Promise<void> {
    for (const [server, count] of rejectedBy(stored)) {
      const key = `${room.id} ${server}`;
      const since = (this.#since.get(key) ?? LOOK_EACH) + count;
      const value = since < LOOK_EACH ? since : 0;
      putNewest(this.#since, { key, value, max: REMEMBERED_MAX });
      if (since < LOOK_EACH) continue;
      try {
        await room.forgetRejected(server, limits.receive.maxRejectedPerServer);
      } catch (error) {
        // What the turn decided is stored all the same; the next rejected event looks again.
        this.#since.delete(key);
        this.#log.log("warn", "Could not forget old rejected events.", { server, error });
      }
    }
  }
}

function rejectedBy(stored: Iterable<NewEvent>): ReadonlyMap<ServerName, number> {
  const counts = new Map<ServerName, number>();
  for (const { event, outcome } of stored) {
    if (outcome !== "rejected") continue;
    const server = serverOf(event.pdu.sender);
    counts.set(server, (counts.get(server) ?? 0) + 1);
  }
  return counts;
}
