import type { TimelineEvent } from "../../../core/event/event.ts";
import { serverOf, type UserId } from "../../../core/ids/user_id.ts";
import type { ServerName } from "../../../core/ids/server_name.ts";
import type { Authority } from "../../../core/permissions/authority.ts";
import { limits } from "../../../core/limits.ts";
import { isHistoryJoined } from "../../../core/permissions/joined_history.ts";
import type { StoredEvent } from "../../postgres/event_rows.ts";
import { heldOf } from "../../rooms/load_room.ts";
import type { Room } from "../../rooms/room.ts";

/**
 * Whether a person may read an old message as far as history visibility decides it: as for
 * servers, where history is for those who were there, they could see the channel in the state
 * that the message stands on. PROTOCOL.md 2 (who receives).
 */
export async function mayReadRow(room: Room, user: UserId, row: StoredEvent): Promise<boolean> {
  if (row.channelId === undefined) return false;
  if (row.sender === user || !isHistoryJoined(room.authority)) return true;
  const { state_refs: refs } = (heldOf(row) as TimelineEvent).pdu;
  const then = await room.graph.authorityAfter(refs, { fullSetMax: Infinity });
  const at = { atTs: row.originTs, channelId: row.channelId };
  return then?.has(user, "VIEW_CHANNEL", at) ?? false;
}

/** Those of the rows that a person may read, in their order. */
export async function readableRows(
  room: Room,
  user: UserId,
  rows: readonly StoredEvent[],
): Promise<StoredEvent[]> {
  if (!isHistoryJoined(room.authority)) return [...rows];
  const readable: StoredEvent[] = [];
  for (const row of rows) if (await mayReadRow(room, user, row)) readable.push(row);
  return readable;
}

/** When the first of a server's present members came, ms; counted once for each state. */
const here = new WeakMap<Authority, number>();

/**
 * Whether a message is older than this server's being in the room: history, and never late. What
 * was said within minutes before may still be on its way by itself, and is not.
 */
export function isFromBefore(authority: Authority, self: ServerName, originTs: number): boolean {
  let since = here.get(authority);
  if (since === undefined) {
    since = Infinity;
    for (const user of authority.joinedUsers()) {
      if (serverOf(user) !== self) continue;
      const joined = authority.view.get("m.room.member", user)?.pdu.origin_ts;
      since = Math.min(since, joined ?? Infinity);
    }
    here.set(authority, since);
  }
  return originTs < since - limits.receive.lateAfterMs;
}
