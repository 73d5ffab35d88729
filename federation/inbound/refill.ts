import { getEvents } from "../../core/api/federation/events.ts";
import type { HeldEvent } from "../../core/event/event.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { serverOf } from "../../core/ids/user_id.ts";
import { limits } from "../../core/limits.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import { type Ingest, type Transport, TransportError } from "../ports.ts";
import type { InboundRooms } from "./ports.ts";
import { serversToAsk } from "./servers_to_ask.ts";

/** Pauses before each request for a content that did not match its hash. */
const PAUSES_MS: readonly number[] = [2_000, 30_000, 600_000, 6 * 3_600_000];
/** Events whose content is waited for; beyond it they are found at the next start. */
const WANTED_MAX = 10_000;
/** For how long a start looks back. */
const WANTED_MS = 7 * 24 * 3_600_000;

export interface RefillDeps {
  readonly rooms: InboundRooms;
  readonly transport: Transport;
  readonly ownName: ServerName;
  readonly clock: Clock;
  readonly log: Log;
}

interface Wanted {
  readonly roomId: RoomId;
  readonly eventId: EventId;
  readonly server: ServerName;
  readonly tries: number;
  readonly dueTs: number;
}

/**
 * An event whose content did not match its hash counts without it, and the content is asked for
 * again: from its origin, then from the room's other servers. PROTOCOL.md 6.
 */
export class Refill implements AsyncDisposable {
  readonly #deps: RefillDeps;
  readonly #wanted = new Map<EventId, Wanted>();
  readonly #ending = new AbortController();
  #pause = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(deps: RefillDeps) {
    this.#deps = deps;
  }

  /** What it gets goes in there. */
  start(ingest: Ingest): void {
    this.#running = this.#run(ingest);
  }

  /** An event is held without its content. */
  want({ id, roomId, pdu }: HeldEvent): void {
    if (this.#wanted.has(id) || this.#wanted.size >= WANTED_MAX) return;
    this.#plan({ roomId, eventId: id, server: serverOf(pdu.sender), tries: 0, dueTs: 0 });
    this.#pause.abort();
  }

  #plan(wanted: Wanted): void {
    const pauseMs = PAUSES_MS[wanted.tries];
    if (pauseMs === undefined) this.#wanted.delete(wanted.eventId);
    else {
      const dueTs = this.#deps.clock.now() + pauseMs;
      this.#wanted.set(wanted.eventId, { ...wanted, dueTs });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    this.#pause.abort();
    await this.#running;
  }

  async #run(ingest: Ingest): Promise<void> {
    const { clock, log, rooms } = this.#deps;
    const { signal } = this.#ending;
    try {
      const sinceTs = clock.now() - WANTED_MS;
      for (const event of await rooms.withheld({ sinceTs, limit: WANTED_MAX })) this.want(event);
    } catch (error) {
      log.log("warn", "Events without their content could not be found.", { error });
    }
    while (!signal.aborted) {
      const nowMs = clock.now();
      const due = [...this.#wanted.values()].filter((wanted) => wanted.dueTs <= nowMs);
      for (const wanted of due) if (!signal.aborted) await this.#ask(ingest, wanted);
      if (signal.aborted) return;
      const next = Math.min(...[...this.#wanted.values()].map((wanted) => wanted.dueTs));
      const pauseMs = next - clock.now();
      if (pauseMs <= 0) continue;
      this.#pause = new AbortController();
      await clock.sleep(Number.isFinite(pauseMs) ? pauseMs : WANTED_MS, this.#pause.signal)
        .catch(() => undefined);
    }
  }

  async #ask(ingest: Ingest, wanted: Wanted): Promise<void> {
    const { roomId, eventId } = wanted;
    try {
      const room = await this.#deps.rooms.open(roomId);
      const isFull = async () => {
        const [held] = await room?.find([eventId]) ?? [];
        return held === undefined || !held.event.withheld || held.redactedBy !== undefined;
      };
      const servers = room === undefined ? [] : serversToAsk(room, {
        first: wanted.server,
        self: this.#deps.ownName,
        max: limits.federation.maxServersAsked,
      });
      for (const server of servers) {
        if (await isFull()) break;
        await this.#askServer(ingest, server, wanted);
      }
      if (room === undefined || await isFull()) this.#wanted.delete(eventId);
      else this.#plan({ ...wanted, tries: wanted.tries + 1 });
    } catch (error) {
      this.#deps.log.log("warn", "The content of an event could not be asked for.", { error });
      this.#plan({ ...wanted, tries: wanted.tries + 1 });
    }
  }

  async #askServer(
    ingest: Ingest,
    server: ServerName,
    { roomId, eventId }: Wanted,
  ): Promise<void> {
    try {
      const answer = await this.#deps.transport.call(server, getEvents, {
        room_id: roomId,
        event_ids: [eventId],
      }, { signal: this.#ending.signal });
      const { pdus, keys } = answer;
      await ingest.ingest({ door: "missing", origin: server, roomId, pdus, keys });
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
    }
  }
}
