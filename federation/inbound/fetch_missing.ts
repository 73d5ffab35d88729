import { getEvents, missingEvents } from "../../core/api/federation/events.ts";
import type { PduPage } from "../../core/api/federation/shapes.ts";
import { isControlEvent } from "../../core/event/event.ts";
import { parseJson } from "../../core/event/json_parse.ts";
import { reasonOf } from "../../core/event/receipt_reason.ts";
import { isNews } from "./incoming.ts";
import { parseKeyId } from "../../core/ids/key_id.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import { parseServerName, type ServerName } from "../../core/ids/server_name.ts";
import type { KeyName } from "../../core/event/verify_event.ts";
import { limits } from "../../core/limits.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Rng } from "../../core/ports/rng.ts";
import { type Ingest, type KeyRing, type Transport, TransportError } from "../ports.ts";
import { residentsOf, serversToAsk } from "./servers_to_ask.ts";
import type { InboundRooms, Receipts, WaitingEvent, WaitingStore } from "./ports.ts";
import { readPdu } from "./waiting.ts";

/** Waiting events that are looked after together. */
const CLAIMED_MAX = 200;
/** How long a claim holds: longer than all its requests take. */
const CLAIM_MS = 5 * 60_000;
/** How often missing ancestors are asked for in a row, each answer naming further ones. */
const ROUNDS_MAX = 20;
/** Events fetched for one room in a row; what is missing beyond waits for the next attempt. */
const FETCHED_MAX = 5000;
const FIRST_RETRY_MS = 2_000;
/** Up to here pauses double; from there on each is an eighth of how long the event has waited. */
const STEADY_RETRY_MS = 4_000;
const WAITED_SHARE = 1 / 8;
const RETRY_MAX_MS = 3_600_000;
/** Attempts after which an event is given up; with the pauses more than a week. */
const ATTEMPTS_MAX = 220;
const LOOK_AGAIN_MS = 30_000;
/** Rooms and servers that are looked after at once, and rooms of one server. */
const JOBS_MAX = 50;
const JOBS_PER_SERVER = 4;
/** How long one of them asks: a server that answers slowly, a little each time, holds up few. */
const JOB_MAX_MS = 60_000;
/** A step of the clock below this is none. */
const CLOCK_STEP_MS = 1_000;

export interface FetchMissingDeps {
  readonly rooms: InboundRooms;
  readonly store: WaitingStore;
  readonly ingest: Ingest;
  readonly keys: KeyRing;
  readonly transport: Transport;
  readonly receipts: Receipts;
  readonly ownName: ServerName;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log: Log;
}

/**
 * Looks after events that wait: fetches what they cite and the keys they are signed with, from
 * the server that handed them in and then from others of the room, through the same stages as
 * everything else, and again later with growing pauses. PROTOCOL.md 7 (wait).
 */
export class FetchMissing implements AsyncDisposable {
  readonly #deps: FetchMissingDeps;
  readonly #ending = new AbortController();
  #pause = new AbortController();
  #woken = true;
  /** Wall clock less steady clock, as they were last. */
  #offsetMs: number;
  /**
   * How far ahead of the clock something may be put off and still be looked after now: at the
   * start, and after the clock went back, times that were written mean less than they say.
   */
  #slackMs = RETRY_MAX_MS;
  /** By lane. */
  readonly #jobs = new Map<string, Promise<void>>();
  readonly #running: Promise<void>;

  constructor(deps: FetchMissingDeps) {
    this.#deps = deps;
    this.#offsetMs = this.#offset();
    this.#running = this.#run();
  }

  /** Something may be due. */
  wake(): void {
    this.#woken = true;
    this.#pause.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    this.#pause.abort();
    await this.#running;
    await Promise.all(this.#jobs.values());
  }

  async #run(): Promise<void> {
    const { clock, log } = this.#deps;
    while (!this.#ending.signal.aborted) {
      this.#woken = false;
      this.#noteClock();
      let pauseMs = LOOK_AGAIN_MS;
      try {
        while (await this.#lookAfterDue()) if (this.#ending.signal.aborted) return;
        const due = await this.#deps.store.nextDue();
        if (due !== undefined) pauseMs = Math.min(pauseMs, Math.max(0, due - clock.now()));
      } catch (error) {
        log.log("warn", "Waiting events of other servers could not be looked after.", { error });
      }
      if (this.#woken) continue;
      this.#pause = new AbortController();
      if (this.#ending.signal.aborted) return;
      await clock.sleep(pauseMs, this.#pause.signal).catch(() => undefined);
    }
  }

  #offset(): number {
    const { clock } = this.#deps;
    return clock.now() - clock.monotonic();
  }

  #noteClock(): void {
    const offsetMs = this.#offset();
    const backMs = this.#offsetMs - offsetMs;
    if (backMs > CLOCK_STEP_MS) this.#slackMs += backMs;
    this.#offsetMs = offsetMs;
  }

  /** False where nothing was due. */
  async #lookAfterDue(): Promise<boolean> {
    const { store, clock } = this.#deps;
    const nowMs = clock.now();
    const due = await store.claim({
      nowMs: nowMs + this.#slackMs,
      until: nowMs + this.#slackMs + CLAIM_MS,
      limit: CLAIMED_MAX,
    });
    if (due.length < CLAIMED_MAX) this.#slackMs = 0;
    const jobs = new Map<string, WaitingEvent[]>();
    for (const event of due) {
      const key = `${event.roomId} ${event.origin}`;
      const job = jobs.get(key);
      if (job === undefined) jobs.set(key, [event]);
      else job.push(event);
    }
    for (const job of jobs.values()) {
      const [first] = job;
      if (first !== undefined) await this.#begin(laneOf(first), job);
    }
    return due.length > 0;
  }

  /** What waits for a server that does not answer delays nothing that waits for another. */
  async #begin(key: string, job: readonly WaitingEvent[]): Promise<void> {
    while (this.#jobs.size >= JOBS_MAX) await Promise.race(this.#jobs.values());
    const before = this.#jobs.get(key) ?? Promise.resolve();
    const running: Promise<void> = before.then(() => this.#lookAfter(job)).finally(() => {
      if (this.#jobs.get(key) === running) this.#jobs.delete(key);
    });
    this.#jobs.set(key, running);
  }

  /** Events of one room that one server handed in. */
  async #lookAfter(events: readonly WaitingEvent[]): Promise<void> {
    const [first] = events;
    if (first === undefined) return;
    try {
      const room = { roomId: first.roomId, origin: first.origin };
      await this.#obtainKeys(events);
      const missing = new Set(events.flatMap((event) => event.missing));
      const waiting = new Set(events.map((event) => event.eventId));
      if (missing.size > 0) await this.#fetch(room, [...missing].filter((id) => !waiting.has(id)));
      await this.#tryAgain(events);
    } catch (error) {
      this.#deps.log.log("warn", "What an event waits for could not be fetched.", { error });
    }
    for (const event of events) {
      await this.#postpone(event).catch((error) =>
        this.#deps.log.log("warn", "A waiting event could not be put off.", { error })
      );
    }
    this.wake();
  }

  /**
   * Of servers that do not answer too, where the events are past: on the word of others of the
   * room. What was sent live waits for its server.
   */
  async #obtainKeys(events: readonly WaitingEvent[]): Promise<void> {
    const [first] = events;
    const keyless = events.filter(({ missingKeys }) => missingKeys.length > 0);
    if (keyless.length === 0 || first === undefined) return;
    const { keys, rooms } = this.#deps;
    const { roomId, origin } = first;
    const ask = await this.#servers(first);
    const groups = Map.groupBy(keyless, pastOf);
    for (const [past, list] of groups) {
      const names = [...new Set(list.flatMap((event) => event.missingKeys))].flatMap(parseName);
      const residents = async () => ({
        servers: await residentsOf(rooms, { roomId, first: origin }),
        holdAll: past === "control",
      });
      await keys.obtain(names, past === undefined ? { ask } : { ask, residents });
    }
  }

  /** The server that handed the events in, then the others of the room. */
  async #servers(
    { roomId, origin }: { readonly roomId: RoomId; readonly origin: ServerName },
  ): Promise<readonly ServerName[]> {
    const { rooms, ownName } = this.#deps;
    const room = await rooms.open(roomId);
    if (room === undefined) return origin === ownName ? [] : [origin];
    return serversToAsk(room, {
      first: origin,
      self: ownName,
      max: limits.federation.maxServersAsked,
    });
  }

  /** Missing control events and their missing ancestors, until nothing is missing or comes. */
  async #fetch(
    room: { readonly roomId: RoomId; readonly origin: ServerName },
    wanted: readonly EventId[],
  ): Promise<void> {
    const { clock } = this.#deps;
    const servers = await this.#servers(room);
    const untilMs = clock.monotonic() + JOB_MAX_MS;
    let missing = wanted;
    let stored = 0;
    for (let round = 0; round < ROUNDS_MAX && stored < FETCHED_MAX; round++) {
      const before = stored;
      for (const server of servers) {
        if (missing.length === 0 || clock.monotonic() >= untilMs) return;
        stored += await this.#ask(server, room.roomId, missing);
        missing = await this.#notHeld(room.roomId, missing);
      }
      // What came may wait itself: then it is looked after on its own.
      if (missing.length === 0 || stored === before) return;
    }
  }

  /** How many events came that were not held before. */
  async #ask(server: ServerName, roomId: RoomId, missing: readonly EventId[]): Promise<number> {
    const { transport, rooms } = this.#deps;
    const room = await rooms.open(roomId);
    if (room === undefined) return 0;
    const ids = missing.slice(0, limits.federation.maxIdsPerRequest);
    const { signal } = this.#ending;
    try {
      const between = await transport.call(server, missingEvents, {
        room_id: roomId,
        earliest: room.end.heads.slice(0, limits.federation.maxIdsPerRequest),
        latest: ids,
        limit: limits.federation.maxPdusPerAnswer,
      }, { signal });
      const themselves = await transport.call(server, getEvents, {
        room_id: roomId,
        event_ids: ids,
      }, { signal });
      return await this.#takeIn(server, roomId, between) +
        await this.#takeIn(server, roomId, themselves);
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      this.#deps.log.log("debug", "A server did not give missing events.", { server, error });
      return 0;
    }
  }

  async #takeIn(origin: ServerName, roomId: RoomId, page: PduPage): Promise<number> {
    const results = await this.#deps.ingest.ingest({
      door: "missing",
      origin,
      roomId,
      pdus: page.pdus,
      keys: page.keys,
    });
    return results.filter(isNews).length;
  }

  async #notHeld(roomId: RoomId, ids: readonly EventId[]): Promise<readonly EventId[]> {
    const room = await this.#deps.rooms.open(roomId);
    const held = new Set((await room?.find(ids))?.map(({ event }) => event.id));
    return ids.filter((id) => !held.has(id));
  }

  /**
   * Once more through all stages, where what was missing has come by whatever way; what was
   * fetched here has let its followers through already.
   */
  async #tryAgain(events: readonly WaitingEvent[]): Promise<void> {
    const [first] = events;
    if (first === undefined) return;
    const { roomId, origin } = first;
    const missing = new Set(
      await this.#notHeld(roomId, [...new Set(events.flatMap((event) => event.missing))]),
    );
    const ready = events.filter((event) => !event.missing.some((id) => missing.has(id)));
    for (const door of new Set(ready.map((event) => event.door))) {
      const read = ready.filter((event) => event.door === door).map((event) => ({
        event,
        json: parseJson(new TextEncoder().encode(event.pdu)),
      }));
      const pdus = read.flatMap(({ json }) => json.ok ? [json.value] : []);
      const results = await this.#deps.ingest.ingest({ door, origin, roomId, pdus });
      // A key that has come may show that this copy was forged; another's may be good.
      const dropped = new Set(
        results.flatMap(({ outcome, event_id: id }) => outcome === "dropped" ? [id] : []),
      );
      const gone = read.filter(({ event, json }) => !json.ok || dropped.has(event.eventId))
        .map(({ event }) => event.eventId);
      if (gone.length > 0) await this.#deps.store.remove(roomId, gone, origin);
    }
  }

  /** Only what still waits has a row to be changed. */
  async #postpone(event: WaitingEvent): Promise<void> {
    const { store, clock, rng, receipts } = this.#deps;
    const attempts = event.attempts + 1;
    if (attempts >= ATTEMPTS_MAX) {
      await store.remove(event.roomId, [event.eventId]);
      receipts.note({
        door: event.door,
        origin: event.origin,
        outcome: "dropped",
        reason: reasonOf(
          "given_up",
          `what it waits for did not come in ${attempts} attempts`,
        ),
        roomId: event.roomId,
        eventId: event.eventId,
      });
      return;
    }
    const pauseMs = Math.min(
      FIRST_RETRY_MS * 2 ** Math.min(attempts - 1, 20),
      Math.max(STEADY_RETRY_MS, (clock.now() - event.receivedTs) * WAITED_SHARE),
      RETRY_MAX_MS,
    );
    const [byte = 0] = rng.bytes(1);
    const jitterMs = Math.floor(pauseMs * (byte / 255) / 4);
    await store.postpone(event, { attempts, dueTs: clock.now() + pauseMs + jitterMs });
  }
}

/** Of which graph's past an event is a part; undefined where it was sent live. */
function pastOf({ door, pdu }: WaitingEvent): "control" | "timeline" | undefined {
  if (door === "send" || door === "invite") return undefined;
  const event = readPdu(pdu);
  if (event === undefined) return undefined;
  if (isControlEvent(event)) return "control";
  // Step 6 looks at what closes a gap: it would be put away for good.
  return door === "missing" ? undefined : "timeline";
}

/** Where the events of one room and server are looked after: each server has a few such places. */
function laneOf({ roomId, origin }: Pick<WaitingEvent, "roomId" | "origin">): string {
  let sum = 0;
  for (let at = 0; at < roomId.length; at++) sum += roomId.charCodeAt(at);
  return `${sum % JOBS_PER_SERVER} ${origin}`;
}

/** As `keyNameText` wrote it. */
function parseName(text: string): KeyName[] {
  const [rawServer = "", rawKey = ""] = text.split(" ");
  const server = parseServerName(rawServer);
  const keyId = parseKeyId(rawKey);
  return server === undefined || keyId === undefined ? [] : [{ server, keyId }];
}
