import { parseServerName, type ServerName } from "../../core/ids/server_name.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import { parseUserId, serverOf } from "../../core/ids/user_id.ts";
import type { Position, StoredEvent } from "../postgres/event_rows.ts";
import { hasRead, type SyncToken } from "../postgres/sync_token.ts";

/** A time in which a server had joined users in a room, as two places in the log. */
export interface Stay {
  readonly server: ServerName;
  readonly roomId: RoomId;
  /** Who has read so far has met nothing of it yet. */
  readonly since: SyncToken;
  /** Who has read so far has met all of it; absent while it lasts. */
  readonly until?: SyncToken;
}

/** Whether something was stored during the stay. */
export function duringStay(stay: Stay, at: Position): boolean {
  return !hasRead(stay.since, at) && (stay.until === undefined || hasRead(stay.until, at));
}

/** Whose membership an event changes, and how. */
export interface MembershipChange {
  readonly server: ServerName;
  readonly joins: boolean;
}

/** What a stored event says about who is in its room; undefined where it says nothing of that. */
export function membershipChange(stored: StoredEvent): MembershipChange | undefined {
  if (stored.type !== "m.room.member" || stored.stateKey === undefined) return undefined;
  const user = parseUserId(stored.stateKey);
  if (user === undefined) return undefined;
  return { server: serverOf(user), joins: membershipOf(stored) === "join" };
}

function membershipOf({ held, pdu }: StoredEvent): unknown {
  if (held !== undefined) return held.pdu.content["membership"];
  return (JSON.parse(pdu) as { content: { membership?: unknown } }).content.membership;
}

/** Stays as they are found by room and by server; kept in step with the database. */
export class StayBook {
  readonly #byRoom = new Map<RoomId, readonly Stay[]>();
  readonly #byServer = new Map<ServerName, Set<RoomId>>();

  in(roomId: RoomId): readonly Stay[] {
    return this.#byRoom.get(roomId) ?? [];
  }

  of(server: ServerName, roomId: RoomId): readonly Stay[] {
    return this.in(roomId).filter((stay) => stay.server === server);
  }

  roomsOf(server: ServerName): readonly RoomId[] {
    return [...this.#byServer.get(server) ?? []];
  }

  knows(server: ServerName): boolean {
    return this.#byServer.has(server);
  }

  /** Those that are over. */
  ended(): readonly Stay[] {
    return [...this.#byRoom.values()].flat().filter(({ until }) => until !== undefined);
  }

  /** All stays of one room, in place of those known. */
  replace(roomId: RoomId, stays: readonly Stay[]): void {
    for (const { server } of this.in(roomId)) {
      const rooms = this.#byServer.get(server);
      rooms?.delete(roomId);
      if (rooms?.size === 0) this.#byServer.delete(server);
    }
    if (stays.length === 0) this.#byRoom.delete(roomId);
    else this.#byRoom.set(roomId, stays);
    for (const { server } of stays) {
      const rooms = this.#byServer.get(server) ?? new Set();
      this.#byServer.set(server, rooms.add(roomId));
    }
  }
}

/** A server name as the database has it. */
export function storedServer(text: string): ServerName {
  const name = parseServerName(text);
  if (name === undefined) throw new Error(`The database holds "${text}" as a server's name.`);
  return name;
}
