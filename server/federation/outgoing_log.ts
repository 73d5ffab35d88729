import type { ChannelId } from "../../core/ids/channel_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type {
  Arrival,
  HeadsPage,
  Mark,
  OutgoingEvent,
  OutgoingLog,
  OutgoingPage,
} from "../../federation/outbound/ports.ts";
import type { StoredEvent } from "../postgres/event_rows.ts";
import { readSince } from "../postgres/log_reader.ts";
import type { Sql } from "../postgres/sql.ts";
import {
  advanceToken,
  coversToken,
  encodeSyncToken,
  hasRead,
  joinTokens,
  type SyncToken,
} from "../postgres/sync_token.ts";
import { endPlace, endsOfRoom } from "./graph_ends.ts";
import type { IntactEvents } from "./intact_events.ts";
import { type MissedGraphs, WHOLE_ROOM } from "./missed_graphs.ts";
import { outgoingEvent } from "./outgoing_event.ts";
import {
  countStretch,
  graphName,
  headsOfStretch,
  type Lag,
  type Stretch,
} from "./outgoing_rows.ts";
import type { RoomServers } from "./room_servers.ts";
import type { ServerLook, ServerSight } from "./server_sight.ts";
import { readMark } from "./stay_rows.ts";

/** The newest events are kept for all destinations that are up to date, up to these bounds. */
const TAIL_EVENTS_MAX = 2_000;
const TAIL_CHARS_MAX = 16 * 1024 * 1024;
/** Positions of the log that one query for a page looks through. */
const READ_POSITIONS = 20_000;
/** Of a full tail so much goes at once. */
const TAIL_CUT = 0.25;

export interface OutgoingLogDeps {
  readonly sql: Sql;
  readonly servers: RoomServers;
  readonly sight: ServerSight;
  readonly missed: MissedGraphs;
  readonly serverName: ServerName;
  readonly intact: IntactEvents;
}

interface Recent {
  readonly stored: StoredEvent;
  /** The log up to the event. */
  readonly after: SyncToken;
}

/**
 * What other servers get of this server's log. The newest of it is in memory, so that servers
 * that are up to date cost no query; who is behind reads it from Postgres.
 */
export class PostgresOutgoingLog implements OutgoingLog {
  readonly #deps: OutgoingLogDeps;
  #tail: Recent[] = [];
  #tailChars = 0;
  /** Everything after this is in the tail. */
  #tailFrom: SyncToken;
  #tip: SyncToken;
  #tipMark: Mark;

  constructor(deps: OutgoingLogDeps) {
    this.#deps = deps;
    this.#tip = this.#tailFrom = deps.servers.followed;
    this.#tipMark = markOf(this.#tip);
  }

  tip(): Mark {
    return this.#tipMark;
  }

  /** What was stored next that is for somebody, and how far the log is then. */
  take(events: readonly { stored: StoredEvent; after: SyncToken }[], tip: SyncToken): void {
    for (const event of events) {
      this.#tail.push(event);
      this.#tailChars += event.stored.pdu.length;
    }
    if (this.#tail.length > TAIL_EVENTS_MAX || this.#tailChars > TAIL_CHARS_MAX) this.#cutTail();
    this.#tip = tip;
    this.#tipMark = markOf(tip);
  }

  /** Something was missed: everybody reads from Postgres up to here. */
  skipTo(tip: SyncToken): void {
    this.#tail = [];
    this.#tailChars = 0;
    this.#tip = this.#tailFrom = tip;
    this.#tipMark = markOf(tip);
  }

  #cutTail(): void {
    const gone = this.#tail.splice(0, Math.ceil(this.#tail.length * TAIL_CUT));
    for (const { stored } of gone) this.#tailChars -= stored.pdu.length;
    this.#tailFrom = gone.at(-1)?.after ?? this.#tailFrom;
  }

  async read(server: ServerName, from: Mark, limit: number): Promise<OutgoingPage> {
    const token = this.#token(from);
    const sieve = this.#sieve(server);
    const page = coversToken(token, this.#tailFrom)
      ? await this.#readTail(sieve, token, limit)
      : await this.#readStored(sieve, token, limit);
    const passedOver = await sieve.keepInMind();
    return { ...page, more: page.more || passedOver };
  }

  #sieve(server: ServerName): Sieve {
    return new Sieve(this.#deps, server);
  }

  async #readTail(sieve: Sieve, from: SyncToken, limit: number): Promise<OutgoingPage> {
    const { sight } = this.#deps;
    const { server } = sieve;
    // Both as they are now: meanwhile more may come.
    const tip = this.#tip;
    const tail = this.#tail.slice();
    const events: OutgoingEvent[] = [];
    for (const { stored, after } of tail) {
      if (hasRead(from, stored) || !sight.concerns(server, stored)) continue;
      if (!await sieve.lets(stored)) continue;
      if (events.length === limit) {
        return { events, mark: (events.at(-1) as OutgoingEvent).mark, more: true };
      }
      events.push(outgoingEvent(stored, markOf(joinTokens(from, after))));
    }
    return { events, mark: markOf(joinTokens(from, tip)), more: false };
  }

  async #readStored(sieve: Sieve, from: SyncToken, limit: number): Promise<OutgoingPage> {
    const { sql, servers, serverName } = this.#deps;
    const { server } = sieve;
    const page = await readSince(sql, from, {
      rooms: servers.roomsOf(server),
      sentBy: serverName,
      upTo: this.#tip,
      positions: READ_POSITIONS,
      limit,
    });
    const events: OutgoingEvent[] = [];
    let token = from;
    for (const stored of page.events) {
      token = advanceToken(token, stored);
      if (!this.#owed(server, from, stored) || !await sieve.letsLate(stored)) continue;
      events.push(outgoingEvent(stored, markOf(token)));
    }
    return { events, mark: markOf(page.token), more: page.more };
  }

  /** It was said while the server was there, and not sent under its first place already. */
  #owed(server: ServerName, from: SyncToken, stored: StoredEvent): boolean {
    if (stored.outcome !== "accepted") return false;
    if (stored.first !== undefined && hasRead(from, stored.first)) return false;
    // Only what was read back: what is in memory is as it was stored.
    return this.#deps.sight.concerns(server, stored) && this.#deps.intact.isIntact(stored);
  }

  async countAfter(server: ServerName, from: Mark, limit: number): Promise<number> {
    return (await this.lag(server, from, limit)).count;
  }

  /** What was said where the server is and comes after a mark, also what it may not read. */
  async lag(server: ServerName, from: Mark, limit: number): Promise<Lag> {
    const token = this.#token(from);
    if (!coversToken(token, this.#tailFrom)) {
      return await countStretch(this.#deps.sql, this.#stretch(server, token, this.#tip), limit);
    }
    const { sight } = this.#deps;
    const waiting = this.#tail.filter(({ stored }) =>
      !hasRead(token, stored) && sight.concerns(server, stored)
    );
    const oldestTs = waiting[0]?.stored.receivedTs;
    return {
      count: Math.min(waiting.length, limit),
      ...(oldestTs === undefined ? {} : { oldestTs }),
    };
  }

  async readHeads(
    server: ServerName,
    range: {
      readonly from: Mark;
      readonly upTo: Mark;
      readonly after?: Mark | undefined;
      readonly limit: number;
    },
  ): Promise<HeadsPage> {
    const from = this.#token(range.from);
    const stretch = this.#stretch(server, from, this.#token(range.upTo));
    const sieve = this.#sieve(server);
    for (let after: string | undefined = range.after;;) {
      const heads = await headsOfStretch(this.#deps.sql, stretch, { after, limit: range.limit });
      const events: OutgoingEvent[] = [];
      for (const stored of heads) {
        after = graphName(stored);
        if (!this.#owed(server, from, stored) || !await sieve.letsLate(stored)) continue;
        events.push(outgoingEvent(stored, after as Mark));
      }
      const last = heads.length < range.limit;
      if (!last && events.length === 0) continue;
      await sieve.keepInMind();
      return { events, last };
    }
  }

  takeUp(server: ServerName): Promise<void> {
    return this.#deps.missed.takeUp(server);
  }

  async arrival(server: ServerName): Promise<Arrival | undefined> {
    const { missed, sight } = this.#deps;
    for (let roomId = missed.nextDue(server); roomId; roomId = missed.nextDue(server)) {
      const graphs = missed.of(server, roomId);
      if (graphs.includes(WHOLE_ROOM)) {
        missed.begin(server, roomId, [WHOLE_ROOM]);
        // Channels that it did not see when something was said there are looked at next.
        missed.lookAt(server, roomId);
        return { roomId };
      }
      const channels = await sight.look(server).seenAmong(roomId, graphs as ChannelId[]);
      missed.begin(server, roomId, channels);
      if (channels.length > 0) return { roomId, channels };
    }
    return undefined;
  }

  async readEnds(
    server: ServerName,
    { roomId, channels }: Arrival,
    page: { readonly mark: Mark; readonly after?: Mark | undefined; readonly limit: number },
  ): Promise<HeadsPage> {
    const { sql, serverName, sight, intact } = this.#deps;
    const sieve = this.#sieve(server);
    const mark = this.#token(page.mark);
    const introduces = channels === undefined &&
      await sight.look(server).isIntroducedBy(serverName, roomId);
    const wish = { roomId, channels, serverName, introduces };
    for (let after: string | undefined = page.after;;) {
      const ends = await endsOfRoom(sql, wish, { after, limit: page.limit });
      const events: OutgoingEvent[] = [];
      for (const stored of ends) {
        after = endPlace(stored);
        const comesAnyway = sight.concerns(server, stored) &&
          !hasRead(mark, stored.first ?? stored);
        if (comesAnyway || !intact.isIntact(stored)) continue;
        if (await sieve.letsLate(stored)) events.push(outgoingEvent(stored, after as Mark));
      }
      const last = ends.length < page.limit;
      if (!last && events.length === 0) continue;
      await sieve.keepInMind();
      return { events, last };
    }
  }

  settle(server: ServerName, { roomId, channels }: Arrival): Promise<void> {
    return this.#deps.missed.settle(server, roomId, channels ?? [WHOLE_ROOM]);
  }

  #stretch(server: ServerName, from: SyncToken, upTo: SyncToken): Stretch {
    const { servers, serverName } = this.#deps;
    return { from, upTo, rooms: servers.roomsOf(server), sentBy: serverName };
  }

  #token(mark: Mark): SyncToken {
    return readMark(mark, this.#tip.instance);
  }
}

/** Lets through what a server may have, and keeps in mind where it sees nothing. */
class Sieve {
  readonly server: ServerName;
  readonly #look: ServerLook;
  readonly #missed: MissedGraphs;
  readonly #passedOver = new Map<string, { roomId: RoomId; channelId: ChannelId }>();

  constructor(
    { sight, missed }: Pick<OutgoingLogDeps, "sight" | "missed">,
    server: ServerName,
  ) {
    this.server = server;
    this.#look = sight.look(server);
    this.#missed = missed;
  }

  /** At its time. */
  async lets(stored: StoredEvent): Promise<boolean> {
    const { roomId, channelId } = stored;
    if (channelId === undefined || await this.#look.sees(stored)) return true;
    this.#passedOver.set(`${roomId} ${channelId}`, { roomId, channelId });
    return false;
  }

  /** What could not be sent at its time. */
  async letsLate(stored: StoredEvent): Promise<boolean> {
    return await this.lets(stored) && await this.#look.seesLate(stored);
  }

  /** Whether something was passed over; it is stored then. */
  async keepInMind(): Promise<boolean> {
    if (this.#passedOver.size === 0) return false;
    await this.#missed.note(this.server, [...this.#passedOver.values()]);
    return true;
  }
}

function markOf(token: SyncToken): Mark {
  return encodeSyncToken(token) as Mark;
}
