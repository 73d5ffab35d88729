import { custodianOf, mayJoinByRole, mayStayInPrivate } from "../../../core/auth/private_room.ts";
import type { EventId } from "../../../core/ids/event_id.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import type { ServerName } from "../../../core/ids/server_name.ts";
import { serverOf, type UserId } from "../../../core/ids/user_id.ts";
import type { Authority } from "../../../core/permissions/authority.ts";
import { BIT } from "../../../core/permissions/bits.ts";
import { putNewest } from "../../../core/put_newest.ts";
import type { FeedBatch } from "../../postgres/log_feed.ts";
import type { ControlIntent } from "../../rooms/control_tip.ts";
import type { Room } from "../../rooms/room.ts";
import { untilBack } from "../../system/until_back.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import type { RemoteRooms } from "../chat/remote_rooms.ts";
import { rolesContent } from "../roles/roles_content.ts";
import { joinHere } from "./join_room.ts";

/** Events of a guild after which its private channels are looked at again. */
const TRIGGERS: ReadonlySet<string> = new Set([
  "m.room.member",
  "m.guild.member_roles",
  "m.guild.roles",
  "m.room.join_rules",
]);
/** Changes gather for this long, so that a raid is one look and not a thousand. */
const GATHER_MS = 250;
/** Members let in or sent away in one transaction. */
const MEMBERS_PER_BATCH = 100;

/** Offers to people of other servers that are remembered, so that none is made twice. */
const OFFERS_MAX = 10_000;

type CustodianDeps = Pick<ChatDeps, "sql" | "rooms" | "clock" | "log" | "serverName"> & {
  readonly remote: Pick<RemoteRooms, "tellNow">;
};

/**
 * Keeps private channels in step with their guild: who leaves the guild or loses the role that
 * let him in is sent away, who gains one is let in, and the guild's roles are copied so that a
 * guild's moderator is one here. PROTOCOL.md 9. A crash loses nothing: every start looks at all.
 */
export class Custodian implements AsyncDisposable {
  readonly #deps: CustodianDeps;
  readonly #due = new Set<RoomId>();
  readonly #stopping = new AbortController();
  /** By room and user: the roles that the offer rested on. */
  readonly #offered = new Map<string, EventId | undefined>();
  #wake: PromiseWithResolvers<void> = Promise.withResolvers();
  readonly #work: Promise<void>;

  constructor(deps: CustodianDeps) {
    this.#deps = deps;
    this.#work = this.#run();
  }

  /** Hears what is stored. */
  take(batch: FeedBatch): void {
    for (const { type, roomId, channelId } of batch.events) {
      if (channelId !== undefined || !TRIGGERS.has(type)) continue;
      this.#due.add(roomId);
      this.#wake.resolve();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    this.#wake.resolve();
    await this.#work;
  }

  async #run(): Promise<void> {
    const { clock, log } = this.#deps;
    const patience = { clock, log, signal: this.#stopping.signal };
    await untilBack(() => this.#lookAtAll(), patience).catch((error) =>
      log.log("error", "The private channels could not be looked at.", { error })
    );
    while (!this.#stopping.signal.aborted) {
      await this.#wake.promise;
      this.#wake = Promise.withResolvers();
      await clock.sleep(GATHER_MS, this.#stopping.signal).catch(() => undefined);
      const due = [...this.#due];
      this.#due.clear();
      for (const roomId of due) {
        if (this.#stopping.signal.aborted) return;
        await untilBack(() => this.#lookAt(roomId), patience).catch((error) =>
          log.log("error", "A guild's private channels could not be looked at.", {
            room: roomId,
            error,
          })
        );
      }
    }
  }

  async #lookAtAll(): Promise<void> {
    const rows = await this.#deps.sql<{ guild_id: RoomId }[]>`
      select distinct guild_id from private_channels`;
    for (const { guild_id: guildId } of rows) {
      if (this.#stopping.signal.aborted) return;
      await this.#lookAt(guildId);
    }
  }

  /** A guild, or one private channel whose rules changed. */
  async #lookAt(id: RoomId): Promise<void> {
    const rows = await this.#deps.sql<{ room_id: RoomId; guild_id: RoomId }[]>`
      select room_id, guild_id from private_channels where guild_id = ${id} or room_id = ${id}`;
    for (const row of rows) {
      const room = await this.#deps.rooms.open(row.room_id);
      const guild = await this.#deps.rooms.open(row.guild_id);
      if (room === undefined || guild === undefined) continue;
      if (custodianOf(room.authority) !== this.#deps.serverName) continue;
      if (room.checking !== undefined || guild.checking !== undefined) continue;
      await this.#align(room, guild);
      await this.#letIn(room, guild);
    }
  }

  /** Sends away and copies roles, in the name of the channel's owner or who of ours is next. */
  async #align(room: Room, guild: Room): Promise<void> {
    for (;;) {
      const nowMs = this.#deps.clock.now();
      const built = await room.changeControl((authority) => {
        const actor = actorIn(authority, { serverName: this.#deps.serverName, nowMs });
        if (actor === undefined) return { intents: [] };
        const wanted = alignment(authority, guild.authority, actor);
        return { intents: wanted.slice(0, MEMBERS_PER_BATCH) };
      });
      if (built.length < MEMBERS_PER_BATCH) return;
    }
  }

  /**
   * Members of the guild who hold an allowed role and never left by themselves. People of other
   * servers are let in by their own, which is told.
   */
  async #letIn(room: Room, guild: Room): Promise<void> {
    if (room.authority.view.get("m.room.join_rules", "")?.pdu.content["rule"] !== "restricted") {
      return;
    }
    for (const userId of guild.authority.joinedUsers()) {
      if (room.authority.isJoined(userId)) continue;
      const member = room.authority.view.get("m.room.member", userId);
      const leftAlone = member?.pdu.sender === userId;
      if (leftAlone || !mayJoinByRole(room.authority, guild.authority, userId)) continue;
      if (room.authority.membership(userId, this.#deps.clock.now()) === "ban") continue;
      if (serverOf(userId) === this.#deps.serverName) await joinHere(this.#deps, room, userId);
      else await this.#offer(room, guild, userId);
    }
  }

  async #offer(room: Room, guild: Room, userId: UserId): Promise<void> {
    const key = `${room.id} ${userId}`;
    const roles = guild.authority.view.get("m.guild.member_roles", userId)?.id;
    if (this.#offered.has(key) && this.#offered.get(key) === roles) return;
    await this.#deps.remote.tellNow({
      kind: "offer",
      to: serverOf(userId),
      roomId: room.id,
      user: userId,
    });
    putNewest(this.#offered, { key, value: roles, max: OFFERS_MAX });
  }
}

/** In whose name the custodian acts: the owner, or else the strongest of ours who may kick. */
function actorIn(
  room: Authority,
  at: { readonly serverName: ServerName; readonly nowMs: number },
): UserId | undefined {
  const owner = room.owner();
  let best: UserId | undefined;
  for (const userId of room.joinedUsers()) {
    if (serverOf(userId) !== at.serverName) continue;
    if (userId === owner) return owner;
    const may = room.has(userId, "KICK", { atTs: at.nowMs });
    if (may && (best === undefined || room.rank(userId) > room.rank(best))) best = userId;
  }
  return best;
}

/** What must be said so that the channel fits its guild; the roles by its owner alone. */
function alignment(room: Authority, guild: Authority, actor: UserId): ControlIntent[] {
  const by = { sender: actor };
  const gone = [...room.joinedUsers()].filter((userId) =>
    userId !== actor && room.rank(userId) < room.rank(actor) &&
    !mayStayInPrivate(room, guild, userId)
  );
  const kicks = gone.map((userId): ControlIntent => ({
    ...by,
    type: "m.room.member",
    stateKey: userId,
    content: { membership: "leave" },
  }));
  if (actor !== room.owner()) return kicks;
  const table = copiedRoles(guild);
  const present = room.view.get("m.guild.roles", "")?.pdu.content;
  const roles: ControlIntent[] = JSON.stringify(sorted(present)) === JSON.stringify(sorted(table))
    ? []
    : [{ ...by, type: "m.guild.roles", stateKey: "", content: table }];
  const holders = [...room.joinedUsers()].filter((userId) => !gone.includes(userId)).flatMap(
    (userId): ControlIntent[] => {
      const held = [...guild.rolesOf(userId)].sort();
      if (held.join(" ") === [...room.rolesOf(userId)].sort().join(" ")) return [];
      return [{
        ...by,
        type: "m.guild.member_roles",
        stateKey: userId,
        content: { roles: held },
      }];
    },
  );
  return [...kicks, ...roles, ...holders];
}

/** The guild's table without ADMINISTRATOR, which does not open a private room. PROTOCOL.md 9. */
export function copiedRoles(guild: Authority) {
  const table = guild.table();
  const mask = ~BIT.ADMINISTRATOR;
  return rolesContent({
    everyone: table.everyone & mask,
    roles: new Map(
      [...table.roles].map(([id, { position, bits }]) => [id, { position, bits: bits & mask }]),
    ),
  });
}

function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, each]) => [
      key,
      sorted(each),
    ]),
  );
}
