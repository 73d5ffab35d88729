import type { RoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { serverOf, type UserId } from "../../core/ids/user_id.ts";
import type { Authority } from "../../core/permissions/authority.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { StoredEvent } from "../postgres/event_rows.ts";
import { loadEvents } from "../postgres/event_store.ts";
import { currentToken, readSince } from "../postgres/log_reader.ts";
import { settleFact } from "../postgres/server_facts.ts";
import type { Sql } from "../postgres/sql.ts";
import {
  advanceToken,
  coversToken,
  encodeSyncToken,
  joinTokens,
  type SyncToken,
} from "../postgres/sync_token.ts";
import type { Rooms } from "../rooms/rooms.ts";
import type { MissedGraphs } from "./missed_graphs.ts";
import {
  deleteIdleDestinations,
  deleteStay,
  FOLLOWED_FACT,
  loadMarks,
  loadStays,
  readMark,
  type StayChange,
  writeStays,
} from "./stay_rows.ts";
import { membershipChange, type Stay, StayBook } from "./stays.ts";

/** Events read at once while following what was stored before the start. */
const PAGE_EVENTS = 500;
/** A server that shares no room any more is remembered for so long. */
const IDLE_KEPT_MS = 30 * 24 * 3_600_000;

export interface RoomServersDeps {
  readonly sql: Sql;
  readonly rooms: Rooms;
  readonly missed: MissedGraphs;
  readonly serverName: ServerName;
  /** `INSTANCE_FACT` of the database. */
  readonly instance: string;
  readonly clock: Clock;
}

/**
 * Which servers share which rooms with this one, and since when: followed event by event from
 * the log, so that a crash or a message that got lost forgets nothing. Nobody reads the log for
 * another server further than this has followed it.
 */
export class RoomServers {
  readonly #deps: RoomServersDeps;
  readonly #book = new StayBook();
  #followed: SyncToken;
  #saved: SyncToken;

  private constructor(deps: RoomServersDeps, followed: SyncToken) {
    this.#deps = deps;
    this.#followed = followed;
    this.#saved = followed;
  }

  static async open(deps: RoomServersDeps): Promise<RoomServers> {
    const { sql, instance } = deps;
    const now = await currentToken(sql, instance);
    const text = await settleFact(sql, FOLLOWED_FACT, encodeSyncToken(now));
    const servers = new RoomServers(deps, readMark(text, instance));
    servers.#learn(await loadStays(sql, instance));
    return servers;
  }

  /** Follows what is stored already. */
  async catchUp(): Promise<void> {
    for (let more = true; more;) {
      const page = await readSince(this.#deps.sql, this.#followed, { limit: PAGE_EVENTS });
      await this.follow(page.events, page.token);
      more = page.more;
    }
  }

  /** How far the log was followed. */
  get followed(): SyncToken {
    return this.#followed;
  }

  /** Stays of all servers in a room, those that ended too while they may matter. */
  in(roomId: RoomId): readonly Stay[] {
    return this.#book.in(roomId);
  }

  of(server: ServerName, roomId: RoomId): readonly Stay[] {
    return this.#book.of(server, roomId);
  }

  /** It has people in a room of this server, or had lately. */
  knows(server: ServerName): boolean {
    return this.#book.knows(server);
  }

  /** Rooms in which a server has a stay. */
  roomsOf(server: ServerName): readonly RoomId[] {
    return this.#book.roomsOf(server);
  }

  /** Stores how far that is, so that the next start begins there. */
  async save(): Promise<void> {
    if (this.#saved === this.#followed) return;
    const followed = this.#followed;
    await writeStays(this.#deps.sql, [], { followed, nowMs: this.#deps.clock.now() });
    this.#saved = followed;
  }

  /** Forgets stays that ended and of which the server has everything, and servers long unused. */
  async sweep(): Promise<void> {
    const { sql, instance, clock } = this.#deps;
    const ended = this.#book.ended();
    const marks = await loadMarks(sql, instance, [...new Set(ended.map(({ server }) => server))]);
    const rooms = new Set<RoomId>();
    for (const stay of ended) {
      const mark = marks.get(stay.server);
      if (stay.until === undefined || mark === undefined || !coversToken(mark, stay.until)) {
        continue;
      }
      await deleteStay(sql, stay);
      rooms.add(stay.roomId);
    }
    this.#learn(await loadStays(sql, instance, [...rooms]), rooms);
    await deleteIdleDestinations(sql, clock.now() - IDLE_KEPT_MS);
  }

  /**
   * Takes in what was stored next, in the order of the log; `token` is how far that is. Answers
   * which servers have come into a room by it.
   */
  async follow(
    events: readonly StoredEvent[],
    token: SyncToken,
  ): Promise<readonly ServerName[]> {
    const byRoom = new Map<RoomId, Placed[]>();
    let before = this.#followed;
    for (const event of events) {
      const after = advanceToken(before, event);
      if (event.outcome === "accepted" && event.channelId === undefined) {
        const placed = byRoom.get(event.roomId) ?? [];
        byRoom.set(event.roomId, placed);
        placed.push({ event, before, after });
      }
      before = after;
    }
    const changes: StayChange[] = [];
    for (const [roomId, placed] of byRoom) {
      changes.push(...await this.#changesOf(roomId, placed, token));
    }
    const followed = joinTokens(this.#followed, token);
    await this.#write(changes, followed);
    this.#followed = followed;
    return changes.flatMap((change) => change.kind === "begin" ? [change.stay.server] : []);
  }

  async #write(changes: readonly StayChange[], followed: SyncToken): Promise<void> {
    if (changes.length === 0) return;
    const { sql, clock } = this.#deps;
    await writeStays(sql, changes, { followed, nowMs: clock.now() });
    const rooms = new Set(
      changes.map((change) => change.kind === "begin" ? change.stay.roomId : change.roomId),
    );
    await this.#read(rooms);
    for (const change of changes) {
      if (change.kind === "end") this.#deps.missed.end(change.server, change.roomId);
    }
  }

  /** Stays of these rooms, and what servers missed of them, as they are stored now. */
  async #read(rooms: ReadonlySet<RoomId>): Promise<void> {
    const { sql, instance, missed } = this.#deps;
    this.#learn(await loadStays(sql, instance, [...rooms]), rooms);
    await missed.learn([...rooms]);
  }

  /** All stays of these rooms, or of all. */
  #learn(stays: readonly Stay[], rooms: Iterable<RoomId> = []): void {
    const byRoom = new Map<RoomId, Stay[]>([...rooms].map((roomId) => [roomId, []]));
    for (const stay of stays) {
      const known = byRoom.get(stay.roomId) ?? [];
      byRoom.set(stay.roomId, known);
      known.push(stay);
    }
    for (const [roomId, known] of byRoom) this.#book.replace(roomId, known);
  }

  async #changesOf(
    roomId: RoomId,
    placed: readonly Placed[],
    token: SyncToken,
  ): Promise<readonly StayChange[]> {
    const own = this.#deps.serverName;
    const members = placed.flatMap(({ event, before, after }) => {
      const change = membershipChange(event);
      const ours = serverOf(event.sender) === own;
      return change === undefined ? [] : [{ ...change, ours, before, after }];
    });
    const lasting = await this.#lasting(roomId, members.length > 0);
    // A room of this server alone stays one as long as nobody else joins.
    if (lasting.size === 0 && members.every(({ server }) => server === own)) return [];
    // One that is being joined is no word to go by: its stays were begun by who stores it.
    const room = await this.#deps.rooms.open(roomId);
    if (room === undefined || room.checking !== undefined) return [];
    const { authority } = room;
    const changes: StayChange[] = [];
    const begin = (server: ServerName, since: SyncToken) => {
      if (server === own || lasting.has(server)) return;
      lasting.add(server);
      changes.push({ kind: "begin", stay: { server, roomId, since } });
    };
    const joined = authority.joinedServers();
    for (const { server, joins, before } of members) {
      // Who was sent away at once gets the kick all the same.
      const sentAway = () =>
        members.some((member) => member.server === server && !member.joins && member.ours);
      if (joins && (joined.has(server) || sentAway())) begin(server, before);
    }
    for (const server of joined) {
      if (server === own || lasting.has(server)) continue;
      begin(server, await this.#beforeJoins(authority, { roomId, server, token }));
    }
    for (const server of lasting) {
      if (joined.has(server) || !hasMembers(authority, server)) continue;
      const left = members.findLast((member) => member.server === server && !member.joins);
      changes.push({ kind: "end", server, roomId, until: left?.after ?? this.#followed });
    }
    return changes;
  }

  /** Servers whose stay lasts; of a room that nobody was known to share, as it is stored now. */
  async #lasting(roomId: RoomId, look: boolean): Promise<Set<ServerName>> {
    if (look && this.in(roomId).length === 0) {
      await this.#read(new Set([roomId]));
    }
    return new Set(this.in(roomId).filter(lasts).map(({ server }) => server));
  }

  /** The room knows of joins that stand further on in the log: the place before the first. */
  async #beforeJoins(
    authority: Authority,
    at: { readonly roomId: RoomId; readonly server: ServerName; readonly token: SyncToken },
  ): Promise<SyncToken> {
    const ids = [...authority.joinedUsers()]
      .filter((user) => serverOf(user) === at.server)
      .flatMap((user) => authority.view.get("m.room.member", user)?.id ?? []);
    const joins = await loadEvents(this.#deps.sql, at.roomId, ids.slice(0, PAGE_EVENTS));
    const [first] = joins.toSorted((a, b) => a.receivedTs - b.receivedTs);
    if (first === undefined) return at.token;
    return advanceToken(at.token, { writerId: first.writerId, position: first.position - 1 });
  }
}

interface Placed {
  readonly event: StoredEvent;
  /** The log up to the event, without and with it. */
  readonly before: SyncToken;
  readonly after: SyncToken;
}

function lasts(stay: Stay): boolean {
  return stay.until === undefined;
}

/** Of a room that is being joined, members become known one after another. */
function hasMembers(authority: Authority, server: ServerName): boolean {
  for (const [user] of authority.view.entriesOf("m.room.member")) {
    if (serverOf(user as UserId) === server) return true;
  }
  return false;
}
