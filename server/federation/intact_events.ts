import type { Blake3 } from "../../core/event/hash.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { Log } from "../../core/ports/log.ts";
import { damageOf } from "../postgres/event_damage.ts";
import type { StoredEvent } from "../postgres/event_rows.ts";

/** Damaged events that were named already: each is said once. Beyond it, again. */
const NAMED_MAX = 1000;

/** Lets only events go to other servers that are what they were when they were stored. */
export class IntactEvents {
  readonly #log: Log;
  readonly #blake3: Blake3;
  readonly #named = new Set<EventId>();

  constructor(deps: { readonly log: Log; readonly blake3: Blake3 }) {
    this.#log = deps.log;
    this.#blake3 = deps.blake3;
  }

  /** False for a damaged one, which is named in the log. */
  readonly isIntact = (stored: StoredEvent): boolean => {
    const damage = damageOf(stored, this.#blake3);
    if (damage === undefined) return true;
    if (this.#named.has(stored.eventId)) return false;
    if (this.#named.size >= NAMED_MAX) this.#named.clear();
    this.#named.add(stored.eventId);
    this.#log.log("error", "A stored event is damaged, so no other server gets it.", {
      event: stored.eventId,
      room: stored.roomId,
      damage,
      advice: "openguild doctor --events names all of them; restore the database from a backup.",
    });
    return false;
  };
}
