import type { HeldEvent } from "../../core/event/event.ts";
import type { JsonValue } from "../../core/event/json.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { type Transport, TransportError } from "../../federation/ports.ts";
import { pduOf } from "./remote_room.ts";

/** What another server is asked: requests by operation. */
interface Asked {
  readonly to: ServerName;
  readonly operation: string;
}

/**
 * Other servers that give what they hold of one room's control graph, and of single events, to
 * whoever asks; what they give can be altered.
 */
export class Peers implements Transport {
  readonly asked: Asked[] = [];
  readonly #held = new Map<ServerName, Map<EventId, HeldEvent>>();
  readonly #altered = new Map<string, JsonValue>();

  give(server: ServerName, events: Iterable<HeldEvent>): void {
    const held = this.#held.get(server) ?? new Map<EventId, HeldEvent>();
    for (const event of events) held.set(event.id, event);
    this.#held.set(server, held);
  }

  /** The server gives this in place of the event. */
  alter(server: ServerName, id: EventId, pdu: JsonValue): void {
    this.#altered.set(`${server} ${id}`, pdu);
  }

  // deno-lint-ignore no-explicit-any -- one method for every operation
  call: Transport["call"] = (to, operation, request): Promise<any> => {
    this.asked.push({ to, operation: operation.id });
    const held = this.#held.get(to);
    if (held === undefined) {
      return Promise.reject(new TransportError("unreachable", `${to} is away`));
    }
    const wanted = request as {
      readonly event_ids?: readonly EventId[];
      readonly latest?: readonly EventId[];
      readonly earliest?: readonly EventId[];
    };
    const events = operation.id === "missingEvents"
      ? between(held, wanted)
      : (wanted.event_ids ?? []).flatMap((id) => held.get(id) ?? []);
    const pdus = events.map((event) => this.#altered.get(`${to} ${event.id}`) ?? pduOf(event));
    return Promise.resolve({ pdus, keys: [] });
  };

  download: Transport["download"] = (to) =>
    Promise.reject(new TransportError("unreachable", `${to} has no files`));
}

/** Ancestors of `latest` that are no ancestors of `earliest`, parents first. */
function between(
  held: ReadonlyMap<EventId, HeldEvent>,
  { latest = [], earliest = [] }: {
    readonly latest?: readonly EventId[];
    readonly earliest?: readonly EventId[];
  },
): HeldEvent[] {
  const known = ancestors(held, earliest);
  const wanted = ancestors(held, latest);
  return [...held.values()].filter(({ id }) => wanted.has(id) && !known.has(id));
}

function ancestors(
  held: ReadonlyMap<EventId, HeldEvent>,
  ids: readonly EventId[],
): ReadonlySet<EventId> {
  const found = new Set<EventId>();
  const stack = [...ids];
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    stack.push(...held.get(id)?.pdu.prev_events ?? []);
  }
  return found;
}
