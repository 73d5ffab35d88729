import { base58 } from "@scure/base";
import type { ChannelId } from "../../core/ids/channel_id.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import type { EventRow } from "../../server/postgres/event_rows.ts";

/** A room id as they look; not the hash of any create event. */
export function someRoomId(): RoomId {
  return `!${base58.encode(crypto.getRandomValues(new Uint8Array(32)))}` as RoomId;
}

/** A stored message as storage sees it: rightly shaped, not signed by anybody. */
export function someEvent(
  roomId: RoomId,
  options: Partial<EventRow> & { readonly body?: string } = {},
): EventRow {
  const { body = "hello", ...fields } = options;
  const hash = fields.hash ?? crypto.getRandomValues(new Uint8Array(32));
  const originTs = fields.originTs ?? 1_800_000_000_000;
  const sender = "@alice:example.com" as UserId;
  const channelId = "main" as ChannelId;
  return {
    roomId,
    eventId: `$${base58.encode(hash)}` as EventId,
    hash,
    type: "m.room.message",
    channelId,
    sender,
    originTs,
    order: originTs,
    outcome: "accepted",
    receivedTs: originTs,
    withheld: false,
    pdu: JSON.stringify({
      channel_id: channelId,
      content: { body },
      content_hash: base58.encode(hash),
      origin_server: "example.com",
      origin_ts: originTs,
      prev_events: [],
      room_id: roomId,
      sender,
      signatures: { "example.com": { "ed25519:k": "s".repeat(86) } },
      state_refs: [],
      type: "m.room.message",
    }),
    ...fields,
  };
}

/** A control event as storage sees it. */
export function someControlEvent(
  roomId: RoomId,
  options: Partial<EventRow> & { readonly type: string; readonly stateKey: string },
): EventRow {
  const { channelId: _channel, order: _order, ...row } = someEvent(roomId, options);
  return row;
}
