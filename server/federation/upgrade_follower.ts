import { custodianOf } from "../../core/auth/private_room.ts";
import { createEventIdOf, type RoomId } from "../../core/ids/room_id.ts";
import { serverOf, type UserId } from "../../core/ids/user_id.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import {
  isGenuineSuccessor,
  type Predecessor,
  predecessorOf,
  replacementOf,
  type Succession,
} from "../../core/rules/succession.ts";
import type { Authority } from "../../core/permissions/authority.ts";
import { stayUntil } from "../../core/permissions/stay.ts";
import type { FeedBatch } from "../postgres/log_feed.ts";
import type { ControlIntent } from "../rooms/control_tip.ts";
import type { Room } from "../rooms/room.ts";
import type { ChatDeps } from "../services/chat/chat_deps.ts";
import type { RemoteRooms } from "../services/chat/remote_rooms.ts";
import { openResident } from "./resident_rooms.ts";
import { localVoucher } from "./vouchers.ts";

/** How often a new room is looked at that is still being checked. */
const CHECKING_LOOK_MS = 500;
/** When it is tried again after the new room's server could not be reached. */
const RETRY_MS = 60_000;
/** Members of ours who follow in one transaction, where this server vouches itself. */
const MEMBERS_PER_BATCH = 100;

type FollowerDeps = Pick<ChatDeps, "sql" | "rooms" | "clock" | "log" | "serverName"> & {
  readonly remote: Pick<RemoteRooms, "join">;
};

/**
 * Takes our members of a guild that goes on in a new room over there, and gives back the roles
 * that they had, where the new room's owner is of this server. A crash loses nothing: every
 * start looks at all. PROTOCOL.md 10 (upgrade).
 */
export class UpgradeFollower implements AsyncDisposable {
  readonly #deps: FollowerDeps;
  readonly #ending = new AbortController();
  readonly #due = new Set<RoomId>();
  #work: Promise<void>;

  constructor(deps: FollowerDeps) {
    this.#deps = deps;
    this.#work = this.#inTurn(() => this.#followAll());
  }

  /** Hears what is stored. */
  take(batch: FeedBatch): void {
    for (const { type, roomId, outcome, channelId, sender, stateKey } of batch.events) {
      if (outcome !== "accepted" || channelId !== undefined) continue;
      if (type === "m.room.tombstone") this.#enqueue(roomId);
      if (type === "m.room.member" && stateKey === sender) {
        this.#work = this.#work.then(() => this.#inTurn(() => this.#giveBack(roomId, [sender])));
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    await this.#work;
  }

  #enqueue(roomId: RoomId): void {
    if (this.#due.has(roomId)) return;
    this.#due.add(roomId);
    this.#work = this.#work.then(() =>
      this.#inTurn(async () => {
        this.#due.delete(roomId);
        await this.#follow(roomId).catch((error) => {
          this.#later(roomId);
          throw error;
        });
      })
    );
  }

  #later(roomId: RoomId): void {
    this.#deps.clock.sleep(RETRY_MS, this.#ending.signal)
      .then(() => this.#enqueue(roomId), () => undefined);
  }

  async #inTurn(work: () => Promise<void>): Promise<void> {
    if (this.#ending.signal.aborted) return;
    await work().catch((error) =>
      this.#deps.log.log("warn", "Members could not follow a guild to its new room.", { error })
    );
  }

  async #followAll(): Promise<void> {
    const rows = await this.#deps.sql<{ room_id: RoomId }[]>`
      select room_id from current_state where type = 'm.room.tombstone'`;
    for (const { room_id: roomId } of rows) {
      this.#enqueue(roomId);
      this.#work = this.#work.then(() => this.#inTurn(() => this.#giveBackAll(roomId)));
    }
  }

  /** Whoever came over before this process was there to see it has what is theirs, too. */
  async #giveBackAll(oldId: RoomId): Promise<void> {
    const { rooms, serverName } = this.#deps;
    const old = await rooms.open(oldId);
    const nextId = old === undefined ? undefined : replacementOf(old.authority.view);
    const next = nextId === undefined ? undefined : await rooms.open(nextId);
    const owner = next?.authority.owner();
    if (old === undefined || next === undefined || owner === undefined) return;
    if (serverOf(owner) !== serverName) return;
    const due = [...next.authority.joinedUsers()]
      .filter((user) => owed(old.authority, next.authority, { owner, user }).length > 0);
    for (let at = 0; at < due.length; at += MEMBERS_PER_BATCH) {
      if (this.#ending.signal.aborted) return;
      await this.#giveBack(next.id, due.slice(at, at + MEMBERS_PER_BATCH));
    }
  }

  async #follow(roomId: RoomId): Promise<void> {
    const old = await openResident(this.#deps, roomId);
    const replacement = old === undefined ? undefined : replacementOf(old.authority.view);
    if (old === undefined || replacement === undefined) return;
    const succession = await this.#successionOf(old);
    if (succession === undefined) return;
    for (const user of this.#ours(old)) {
      if (this.#ending.signal.aborted) return;
      const next = await this.#checked(replacement);
      if (next?.authority.isJoined(user) === true) continue;
      if (next !== undefined && custodianOf(next.authority) === this.#deps.serverName) {
        return await this.#moveOurs(old, next, succession);
      }
      await this.#deps.remote.join({
        user,
        roomId: replacement,
        servers: [serverOf(succession.sender as UserId), ...old.authority.joinedServers()],
        successorOf: succession,
      });
    }
  }

  /** Whoever moves: a webhook would be a member like any other there, its address is of the old room. */
  #ours({ authority }: Room): UserId[] {
    return [...authority.joinedUsers()].filter((user) =>
      serverOf(user) === this.#deps.serverName && authority.member(user)?.kind !== "webhook"
    );
  }

  /** The new room, once nobody's join to it is being checked any more. */
  async #checked(roomId: RoomId): Promise<Room | undefined> {
    for (;;) {
      const room = await this.#deps.rooms.open(roomId);
      if (room?.checking === undefined) return room;
      await this.#deps.clock.sleep(CHECKING_LOOK_MS, this.#ending.signal);
    }
  }

  /** Where this server vouches itself, all of ours go at once. */
  async #moveOurs(old: Room, next: Room, succession: Succession): Promise<void> {
    const create = next.authority.view.get("m.room.create", "");
    if (create === undefined || !isGenuineSuccessor(create, succession)) return;
    for (;;) {
      const moved = await next.changeControl((authority) => {
        const via = localVoucher(authority, this.#deps);
        const nowMs = this.#deps.clock.now();
        const left = this.#ours(old).filter((user) =>
          !authority.isJoined(user) && authority.membership(user, nowMs) !== "ban" &&
          authority.view.get("m.room.member", user) === undefined
        );
        return {
          intents: via === undefined ? [] : left.slice(0, MEMBERS_PER_BATCH).map((user) => ({
            type: "m.room.member",
            sender: user,
            stateKey: user,
            content: { membership: "join", authorised_via: via },
          })),
        };
      });
      if (moved.length < MEMBERS_PER_BATCH) return;
    }
  }

  /** The tombstones of whoever named the replacement: the successor must name one of them. */
  async #successionOf(old: Room): Promise<Succession | undefined> {
    const named = old.authority.view.get("m.room.tombstone", "");
    if (named === undefined) return undefined;
    const { sender } = named.pdu;
    const rows = await this.#deps.sql<{ event_id: EventId }[]>`
      select event_id from events
      where room_id = ${old.id} and channel_id is null and type = 'm.room.tombstone'
        and sender = ${sender} and outcome = 'accepted'`;
    return { roomId: old.id, sender, tombstones: rows.map((row) => row.event_id) };
  }

  /** The roles of who comes over for the first time, and the end of the membership, by the owner. */
  async #giveBack(roomId: RoomId, users: readonly UserId[]): Promise<void> {
    const { rooms, serverName } = this.#deps;
    const room = await rooms.open(roomId);
    const create = room?.authority.view.get("m.room.create", "");
    const before = create?.id === createEventIdOf(roomId) ? predecessorOf(create) : undefined;
    const old = before === undefined ? undefined : await rooms.open(before.roomId);
    if (before === undefined || room === undefined || old === undefined) return;
    if (room.checking !== undefined) return;
    const late = await this.#changedSince(before);
    await room.changeControl((authority) => {
      const owner = authority.owner();
      if (owner === undefined || serverOf(owner) !== serverName) return { intents: [] };
      return {
        intents: users.filter((user) => authority.isJoined(user) && !late.has(user))
          .flatMap((user) => owed(old.authority, authority, { owner, user })),
      };
    });
  }

  /**
   * Whose roles, or the end of whose membership, came here after the old room was closed: whoever
   * was put down in its successor may hold the right to give them there still.
   */
  async #changedSince({ roomId, tombstone }: Predecessor): Promise<ReadonlySet<string>> {
    const rows = await this.#deps.sql<{ state_key: string }[]>`
      select distinct state_key from events
      where room_id = ${roomId} and channel_id is null and outcome = 'accepted'
        and type in ('m.guild.member_roles', 'm.member.stay')
        and received_ts > (select received_ts from events
          where room_id = ${roomId} and event_id = ${tombstone})`;
    return new Set(rows.map((row) => row.state_key));
  }
}

/** What somebody had in the old room and was never given or denied in the new one. */
function owed(
  old: Authority,
  next: Authority,
  { owner, user }: { readonly owner: UserId; readonly user: UserId },
): ControlIntent[] {
  const by = { sender: owner, stateKey: user };
  const isNew = (type: string) => next.view.get(type, user) === undefined;
  const roles = old.rolesOf(user).filter((role) => next.table().roles.has(role)).sort();
  const until = stayUntil(old, user);
  const intents: ControlIntent[] = [];
  if (isNew("m.guild.member_roles") && roles.length > 0) {
    intents.push({ ...by, type: "m.guild.member_roles", content: { roles } });
  }
  if (isNew("m.member.stay") && until !== undefined && user !== owner) {
    intents.push({ ...by, type: "m.member.stay", content: { until } });
  }
  return intents;
}
