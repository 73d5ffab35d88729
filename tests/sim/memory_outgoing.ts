import { isTimelineEvent } from "../../core/event/event.ts";
import type { JsonValue } from "../../core/event/json.ts";
import type { ChannelId } from "../../core/ids/channel_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { Authority } from "../../core/permissions/authority.ts";
import type {
  Arrival,
  HeadsPage,
  Mark,
  OutgoingEvent,
  OutgoingLog,
  OutgoingPage,
} from "../../federation/outbound/ports.ts";
import type { LogEntry, MemoryStore } from "./memory_store.ts";

/** A server's own log in memory: a mark is how many of its entries were read. */
export class MemoryOutgoing implements OutgoingLog {
  readonly #store: MemoryStore;

  constructor(store: MemoryStore) {
    this.#store = store;
  }

  tip(): Mark {
    return markOf(this.#store.ownLog.length);
  }

  read(server: ServerName, from: Mark, limit: number): Promise<OutgoingPage> {
    const all = this.#after(server, from);
    const events = all.slice(0, limit);
    const more = all.length > limit;
    const last = events.at(-1);
    return Promise.resolve({
      events,
      more,
      mark: more && last !== undefined ? last.mark : this.tip(),
    });
  }

  countAfter(server: ServerName, from: Mark, limit: number): Promise<number> {
    return Promise.resolve(Math.min(this.#after(server, from).length, limit));
  }

  readHeads(
    server: ServerName,
    range: { from: Mark; upTo: Mark; after?: Mark | undefined; limit: number },
  ): Promise<HeadsPage> {
    const newest = new Map<string, OutgoingEvent>();
    for (const event of this.#after(server, range.from)) {
      if (Number(event.mark) > Number(range.upTo)) continue;
      const { pdu } = (this.#store.ownLog[Number(event.mark) - 1] as { event: { pdu: object } })
        .event;
      newest.set("channel_id" in pdu ? String(pdu.channel_id) : "", event);
    }
    const rest = [...newest.entries()]
      .sort(([a], [b]) => a < b ? -1 : 1)
      .map(([, event]) => event);
    const start = rest.findIndex(({ mark }) => mark === range.after) + 1;
    const events = rest.slice(start, start + range.limit);
    return Promise.resolve({ events, last: start + events.length >= rest.length });
  }

  takeUp(): Promise<void> {
    return Promise.resolve();
  }

  arrival(server: ServerName): Promise<Arrival | undefined> {
    const { missed, facts: { roomId } } = this.#store;
    const lacks = [...missed.get(server) ?? []];
    if (lacks.includes("")) return Promise.resolve({ roomId });
    const authority = this.#store.authority();
    const channels = lacks.filter((channelId): channelId is ChannelId =>
      channelId !== "" && authority.viewingServers(channelId).has(server)
    );
    return Promise.resolve(channels.length === 0 ? undefined : { roomId, channels });
  }

  /** All at once: a simulated room has few. */
  readEnds(
    server: ServerName,
    { channels }: Arrival,
    { mark }: { readonly mark: Mark },
  ): Promise<HeadsPage> {
    const ids = new Set([
      ...channels === undefined ? this.#store.heads : [],
      ...[...this.#store.channelHeads].flatMap(([channelId, heads]) =>
        channels === undefined || channels.includes(channelId) ? [...heads.keys()] : []
      ),
    ]);
    const authority = this.#store.authority();
    const events = this.#store.ownLog.flatMap((entry, at) => {
      const comesAnyway = entry.present.has(server) && at >= Number(mark);
      if (!ids.has(entry.event.id) || comesAnyway) return [];
      return this.#lets(entry, server, authority) ? [outgoing(entry, at)] : [];
    });
    return Promise.resolve({ events, last: true });
  }

  settle(server: ServerName, { channels }: Arrival): Promise<void> {
    for (const graph of channels ?? [""] as const) this.#store.missed.get(server)?.delete(graph);
    return Promise.resolve();
  }

  #lets(entry: LogEntry, server: ServerName, authority: Authority): boolean {
    if (this.mayGo(entry, server, authority)) return true;
    const { event } = entry;
    if (isTimelineEvent(event)) this.#store.miss(server, event.pdu.channel_id);
    return false;
  }

  /** What was said in a channel goes where somebody may read it. */
  protected mayGo({ event }: LogEntry, server: ServerName, authority: Authority): boolean {
    return !isTimelineEvent(event) ||
      authority.viewingServers(event.pdu.channel_id).has(server);
  }

  #after(server: ServerName, from: Mark): OutgoingEvent[] {
    const authority = this.#store.authority();
    const found: OutgoingEvent[] = [];
    for (let at = Number(from); at < this.#store.ownLog.length; at++) {
      const entry = this.#store.ownLog[at];
      if (entry === undefined || !entry.present.has(server)) continue;
      if (!this.#lets(entry, server, authority)) continue;
      found.push(outgoing(entry, at));
    }
    return found;
  }
}

function outgoing({ event: { id, pdu } }: LogEntry, at: number): OutgoingEvent {
  return {
    eventId: id,
    pdu: pdu as unknown as JsonValue,
    bytes: JSON.stringify(pdu).length,
    mark: markOf(at + 1),
  };
}

function markOf(at: number): Mark {
  return String(at) as Mark;
}
