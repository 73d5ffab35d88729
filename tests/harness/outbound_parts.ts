import type { z } from "zod";
import type { FederationOperation } from "../../core/api/federation/operation.ts";
import { type PduOutcome, sendTransaction } from "../../core/api/federation/send.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { Clock } from "../../core/ports/clock.ts";
import { UNTRIED } from "../../federation/outbound/health.ts";
import { OutboundEngine } from "../../federation/outbound/outbound_engine.ts";
import type {
  Arrival,
  Destination,
  DestinationStore,
  HeadsPage,
  Mark,
  OutboundMeter,
  OutgoingEvent,
  OutgoingLog,
  OutgoingPage,
} from "../../federation/outbound/ports.ts";
import type { CallOptions, Transport } from "../../federation/ports.ts";
import { systemClock } from "../../server/system/clock.ts";
import { systemRng } from "../../server/system/rng.ts";
import { MemoryLog } from "./parts.ts";

export type Transaction = z.output<typeof sendTransaction.request>;
export type TransactionAnswer = z.input<typeof sendTransaction.answer>;

/** What a peer does with a transaction; it may also never end. */
export type PeerBehavior = (
  transaction: Transaction,
  signal: AbortSignal | undefined,
) => Promise<TransactionAnswer> | TransactionAnswer;

export interface LoggedEvent {
  readonly graph: string;
  readonly text: string;
  readonly for: readonly string[];
  readonly bytes?: number;
}

/** A log in memory: an event stands at its index, a mark is how many were read. */
export class MemoryOutgoingLog implements OutgoingLog {
  readonly events: LoggedEvent[] = [];
  /** By server: the ends of a room that it has come into. */
  readonly arrived = new Map<ServerName, string[]>();
  reads = 0;

  tip(): Mark {
    return String(this.events.length) as Mark;
  }

  read(server: ServerName, from: Mark, limit: number): Promise<OutgoingPage> {
    this.reads++;
    const all = this.#after(server, from);
    const events = all.slice(0, limit);
    const more = all.length > limit;
    const mark = more ? (events.at(-1) as OutgoingEvent).mark : this.tip();
    return Promise.resolve({ events, mark, more });
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
      const { graph } = this.events[Number(event.mark) - 1] as LoggedEvent;
      newest.set(graph, event);
    }
    const rest = [...newest.values()]
      .sort((a, b) => Number(a.mark) - Number(b.mark))
      .filter(({ mark }) => Number(mark) > Number(range.after ?? 0));
    return Promise.resolve({
      events: rest.slice(0, range.limit),
      last: rest.length <= range.limit,
    });
  }

  takeUp(): Promise<void> {
    return Promise.resolve();
  }

  arrival(server: ServerName): Promise<Arrival | undefined> {
    return Promise.resolve(
      this.arrived.has(server) ? { roomId: "!room" as RoomId } : undefined,
    );
  }

  settle(server: ServerName): Promise<void> {
    this.arrived.delete(server);
    return Promise.resolve();
  }

  readEnds(
    server: ServerName,
    _arrival: Arrival,
    { after, limit }: { after?: Mark | undefined; limit: number },
  ): Promise<HeadsPage> {
    const ends = this.arrived.get(server) ?? [];
    const start = after === undefined ? 0 : ends.indexOf(after) + 1;
    const events = ends.slice(start, start + limit).map((text) => ({
      eventId: `$${text}` as EventId,
      pdu: { text, signatures: {} },
      bytes: text.length + 11,
      mark: text as Mark,
    }));
    return Promise.resolve({ events, last: start + limit >= ends.length });
  }

  #after(server: ServerName, from: Mark): OutgoingEvent[] {
    return this.events.flatMap((event, index): OutgoingEvent[] => {
      if (index < Number(from) || !event.for.includes(server)) return [];
      return [{
        eventId: `$${event.text}` as EventId,
        pdu: { text: event.text, signatures: {} },
        bytes: event.bytes ?? event.text.length + 11,
        mark: String(index + 1) as Mark,
      }];
    });
  }
}

/** Rows that outlive an engine; leases end with `release`. */
export class MemoryDestinationStore implements DestinationStore {
  readonly rows = new Map<ServerName, Destination>();
  saves = 0;

  constructor(servers: readonly string[]) {
    for (const server of servers) this.#add(server as ServerName);
  }

  #add(server: ServerName): Destination {
    const row = { server, mark: "0" as Mark, health: UNTRIED };
    this.rows.set(server, row);
    return row;
  }

  claimFree() {
    return Promise.resolve([...this.rows.values()]);
  }

  claim(server: ServerName): Promise<Destination | undefined> {
    return Promise.resolve(this.rows.get(server) ?? this.#add(server));
  }

  save(destinations: readonly Destination[]): Promise<readonly ServerName[]> {
    this.saves++;
    for (const destination of destinations) this.rows.set(destination.server, destination);
    return Promise.resolve([]);
  }

  renew() {
    return Promise.resolve(
      new Map(
        [...this.rows.values()].flatMap(({ server, pausedSinceMs }) =>
          pausedSinceMs === undefined ? [] : [[server, pausedSinceMs] as const]
        ),
      ),
    );
  }

  release() {
    return Promise.resolve();
  }
}

/** Peers by name, and what each of them took in. */
export class MemoryPeers implements Pick<Transport, "call"> {
  readonly behaviors = new Map<string, PeerBehavior>();
  readonly received: { readonly to: string; readonly transaction: Transaction }[] = [];
  /** Transactions under way, by peer. */
  readonly underWay = new Map<string, number>();
  mostAtOnce = 0;

  async call<Request extends z.ZodType, Answer extends z.ZodType>(
    to: ServerName,
    operation: FederationOperation<Request, Answer>,
    request: z.input<Request>,
    options?: CallOptions,
  ): Promise<z.output<Answer>> {
    const transaction = sendTransaction.request.parse(request);
    const count = (this.underWay.get(to) ?? 0) + 1;
    this.underWay.set(to, count);
    this.mostAtOnce = Math.max(this.mostAtOnce, count);
    try {
      const behavior = this.behaviors.get(to) ?? accept;
      const answer = await behavior(transaction, options?.signal);
      this.received.push({ to, transaction });
      return operation.answer.parse(answer);
    } finally {
      this.underWay.set(to, count - 1);
    }
  }

  texts(to: string): string[] {
    return this.received
      .filter((each) => each.to === to)
      .flatMap(({ transaction }) => transaction.pdus)
      .map((pdu) => (pdu as { text: string }).text);
  }
}

export function accept(
  { pdus }: Transaction,
  _signal?: AbortSignal,
  outcome: PduOutcome = "accepted",
): TransactionAnswer {
  return { results: pdus.map(() => ({ outcome })), received: [] };
}

/** Never answers; ends when the asker gives up. */
export function hang(_transaction: Transaction, signal?: AbortSignal): Promise<TransactionAnswer> {
  return new Promise((_resolve, reject) =>
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true })
  );
}

export class CountingMeter implements OutboundMeter {
  readonly counts: Record<string, number> = {};
  transaction(outcome: string) {
    this.#add(`transaction ${outcome}`, 1);
  }
  pdus(outcome: string, count: number) {
    this.#add(`pdus ${outcome}`, count);
  }
  edus(outcome: string, count: number) {
    this.#add(`edus ${outcome}`, count);
  }
  #add(name: string, count: number) {
    this.counts[name] = (this.counts[name] ?? 0) + count;
  }
}

/** An engine over parts in memory; `start` again is a restart of the process. */
export function outboundParts(servers: readonly string[], clock: Clock = systemClock) {
  const outgoing = new MemoryOutgoingLog();
  const store = new MemoryDestinationStore(servers);
  const peers = new MemoryPeers();
  const meter = new CountingMeter();
  const log = new MemoryLog();
  const blocked = new Set<string>();
  const relayed: string[] = [];
  return {
    outgoing,
    store,
    peers,
    meter,
    log,
    blocked,
    relayed,
    start: () =>
      OutboundEngine.start({
        serverName: "home.test" as ServerName,
        transport: peers,
        keyRing: { proofs: () => Promise.resolve([]) },
        resigner: { freshen: (pdu) => Promise.resolve(pdu) },
        policy: { refusal: (server) => blocked.has(server) ? "blocked" : undefined },
        outgoing,
        store,
        relay: {
          edu: (to) => relayed.push(to),
          heardFrom: (server) => relayed.push(server),
          retry: (server) => relayed.push(server),
          pause: (server) => relayed.push(server),
          released: () => relayed.push("released"),
        },
        meter,
        clock,
        rng: systemRng,
        log,
      }),
  };
}
