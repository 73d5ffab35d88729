import type { ServerName } from "../../core/ids/server_name.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import { serverOf, type UserId } from "../../core/ids/user_id.ts";
import type { Authority } from "../../core/permissions/authority.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Outbound } from "../ports.ts";
import type { EduRooms, ShownPresence } from "./ports.ts";
import { SERVERS_MET_MAX, serversMeeting } from "./servers_meeting.ts";
import {
  PRESENCE_EVERY_MS,
  PRESENCE_GATHER_MS,
  PRESENCE_MET_MS,
  PRESENCE_REFRESH_MS,
} from "./presence_times.ts";

/** Users told of in one round; the others wait for the next. */
const USERS_PER_ROUND = 100;
/** Users of this server whose presence is told; beyond it nobody new is. */
const USERS_MAX = 50_000;
/** Joins that are not told of yet, once and once more; those beyond it wait for a refresh. */
const JOINS_MAX = 5000;
/** People of a room who are told of to a server that came into it. */
const MET_MAX = 500;
/** Servers in rooms that were told of people there, remembered until a refresh. */
const MEETINGS_MAX = 10_000;

/** Somebody came into a room, or a user of this server has a new friend. */
type Join =
  | { readonly roomId: RoomId; readonly user: UserId }
  | { readonly friend: UserId; readonly user: UserId };

interface Meeting {
  readonly join: Join;
  readonly dueMs: number;
  /** It was told of before. */
  readonly again: boolean;
}

interface Told {
  readonly shown: ShownPresence;
  readonly atMs: number;
}

export interface PresenceDeps {
  readonly self: ServerName;
  readonly rooms: EduRooms;
  readonly outbound: Pick<Outbound, "sendEdu">;
  /** What others see of a user of this server now. */
  readonly shownOf: (user: UserId) => ShownPresence;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Tells servers that share a room with somebody, or have a friend of theirs, whether they are there:
 * when it changes, after a pause in which most changes undo themselves, when a room or a friendship
 * brings both together, and rarely again. PROTOCOL.md 10 (EDUs).
 */
export class PresenceSender implements AsyncDisposable {
  readonly #deps: PresenceDeps;
  readonly #due = new Set<UserId>();
  readonly #told = new Map<UserId, Told>();
  /** By user of this server, or by other server, and room: who comes with many comes once. */
  readonly #joins = new Map<string, Meeting>();
  readonly #met = new Map<string, number>();
  readonly #stopping = new AbortController();
  readonly #work: Promise<void>;

  constructor(deps: PresenceDeps) {
    this.#deps = deps;
    this.#work = this.#run();
  }

  /** Something about a user's presence may have changed in this process. */
  changed(user: UserId): void {
    if (this.#told.has(user) || this.#told.size + this.#due.size < USERS_MAX) this.#due.add(user);
  }

  /** Somebody is in a room now: one side may be where it knows nothing yet of who is there. */
  joined(roomId: RoomId, user: UserId): void {
    const server = serverOf(user);
    const key = `${roomId} ${server === this.#deps.self ? user : server}`;
    this.#await(key, { roomId, user });
  }

  /** What is between a user of this server and somebody of another has changed. */
  related(user: UserId, other: UserId): void {
    if (serverOf(other) === this.#deps.self) return;
    this.#await(`${user} ${other}`, { friend: other, user });
  }

  #await(key: string, join: Join): void {
    if (this.#joins.size >= JOINS_MAX) return;
    this.#joins.set(key, { join, dueMs: this.#deps.clock.monotonic(), again: false });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await this.#work;
  }

  async #run(): Promise<void> {
    const { clock, log } = this.#deps;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await clock.sleep(PRESENCE_GATHER_MS, signal).catch(() => undefined);
      if (signal.aborted) return;
      await this.round().catch((error) =>
        log.log("warn", "Presence could not be told to other servers.", { error })
      );
    }
  }

  /** Tells what is due now. */
  async round(): Promise<void> {
    const now = this.#deps.clock.monotonic();
    const meetings = [...this.#joins].filter(([, { dueMs }]) => dueMs <= now);
    for (const [key, meeting] of meetings.slice(0, USERS_PER_ROUND)) {
      this.#joins.delete(key);
      const dueMs = now + PRESENCE_MET_MS;
      if (!meeting.again) this.#joins.set(key, { ...meeting, dueMs, again: true });
      await this.#meet(meeting, now);
    }
    for (const [user, { atMs }] of this.#told) {
      // Told in order of time: the first that is young ends the search.
      if (now - atMs < PRESENCE_REFRESH_MS) break;
      this.#due.add(user);
    }
    let count = 0;
    for (const user of this.#due) {
      if (count >= USERS_PER_ROUND) return;
      const told = this.#told.get(user);
      if (told !== undefined && now - told.atMs < PRESENCE_EVERY_MS) continue;
      this.#due.delete(user);
      count++;
      await this.#tell(user, told, now);
    }
  }

  async #tell(user: UserId, told: Told | undefined, now: number): Promise<void> {
    const shown = this.#deps.shownOf(user);
    const again = told !== undefined && now - told.atMs >= PRESENCE_REFRESH_MS;
    if (shown === (told?.shown ?? "offline") && (!again || shown === "offline")) {
      if (shown === "offline") this.#told.delete(user);
      return;
    }
    this.#told.delete(user);
    if (shown !== "offline") this.#told.set(user, { shown, atMs: now });
    for (const server of await serversMeeting(this.#deps, user)) this.#send(server, user, shown);
  }

  /**
   * Who joined from here is told of to the room's servers; to another's, who is here. Both again
   * after a while: a server that was just let in may not know yet whom it shares the room with.
   */
  async #meet({ join, again }: Meeting, now: number): Promise<void> {
    const { user } = join;
    if ("friend" in join) return await this.#meetFriend(user, join.friend);
    const { roomId } = join;
    const authority = await this.#deps.rooms.authority(roomId);
    if (!authority?.isJoined(user)) return;
    const { self } = this.#deps;
    const server = serverOf(user);
    if (server !== self && !authority.letsIn(server)) return;
    if (server !== self) return this.#meetServer(server, { roomId, authority, now, again });
    const known = this.#told.get(user);
    if (known === undefined) return;
    for (const other of [...authority.joinedServers()].slice(0, SERVERS_MET_MAX)) {
      if (other !== self && authority.letsIn(other)) this.#send(other, user, known.shown);
    }
  }

  async #meetFriend(user: UserId, friend: UserId): Promise<void> {
    const known = this.#told.get(user);
    if (known === undefined || !await this.#deps.rooms.isFriendHere(friend, user)) return;
    this.#send(serverOf(friend), user, known.shown);
  }

  #meetServer(
    server: ServerName,
    { roomId, authority, now, again }: {
      readonly roomId: RoomId;
      readonly authority: Authority;
      readonly now: number;
      readonly again: boolean;
    },
  ): void {
    for (const [key, atMs] of this.#met) {
      // In order of time, as those that were told.
      if (now - atMs < PRESENCE_REFRESH_MS && this.#met.size <= MEETINGS_MAX) break;
      this.#met.delete(key);
    }
    const key = `${roomId} ${server}`;
    if (this.#met.has(key) && !again) return;
    this.#met.set(key, now);
    let count = 0;
    for (const [user, { shown }] of this.#told) {
      if (!authority.isJoined(user)) continue;
      this.#send(server, user, shown);
      if (++count >= MET_MAX) return;
    }
  }

  #send(server: ServerName, user: UserId, shown: ShownPresence): void {
    this.#deps.outbound.sendEdu(server, {
      type: "m.presence",
      content: { user, presence: shown },
      replaces: `presence ${user}`,
    });
  }
}
