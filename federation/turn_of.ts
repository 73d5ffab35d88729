import { nobleBlake3 } from "../core/event/hash.ts";
import { compareBytes } from "../core/ids/compare_bytes.ts";
import type { RoomId } from "../core/ids/room_id.ts";
import type { ServerName } from "../core/ids/server_name.ts";

/**
 * A server's place among those of a room, from 0: the same for all of them, another in each
 * room. What one server of a room has to do is the first one's. PROTOCOL.md 7 (merges).
 */
export function turnOf(
  roomId: RoomId,
  servers: ReadonlySet<ServerName>,
  self: ServerName,
): number {
  const own = keyOf(roomId, self);
  return [...servers].filter((server) => compareBytes(keyOf(roomId, server), own) < 0).length;
}

/** Those whose turn comes first. */
export function firstInTurn(
  roomId: RoomId,
  servers: ReadonlySet<ServerName>,
  count: number,
): readonly ServerName[] {
  return [...servers]
    .map((server) => ({ server, key: keyOf(roomId, server) }))
    .sort((a, b) => compareBytes(a.key, b.key))
    .slice(0, count)
    .map(({ server }) => server);
}

function keyOf(roomId: RoomId, server: ServerName): Uint8Array {
  return nobleBlake3(new TextEncoder().encode(`${roomId} ${server}`));
}
