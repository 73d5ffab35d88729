import type { ChannelId } from "../../../core/ids/channel_id.ts";
import type { EventId } from "../../../core/ids/event_id.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { defineRowKind, recordset } from "../../postgres/row_kind.ts";

export type RelationKind =
  | "reply"
  | "edit"
  | "reaction"
  | "sealed_reaction"
  | "pin"
  | "thread"
  | "vote"
  | "poll_end"
  | "previews_off";

/** What points at a message, stored with the event that does. */
export const relationRows = defineRowKind<{
  readonly roomId: RoomId;
  readonly channelId: ChannelId;
  readonly eventId: EventId;
  readonly targetId: EventId;
  readonly kind: RelationKind;
  readonly sender: UserId;
  readonly key?: string;
  readonly order: number;
}>("message_relations", (sql, rows) =>
  sql`
    insert into message_relations (room_id, event_id, channel_id, target_id, kind, sender, key, ord)
    select x."roomId", x."eventId", x."channelId", x."targetId", x.kind, x.sender,
      coalesce(x.key, ''), x.order
    from json_to_recordset(${recordset(sql, rows)}) as x("roomId" text, "eventId" text,
      "channelId" text, "targetId" text, kind text, sender text, key text, "order" bigint)
    on conflict do nothing`);

/** What a redaction names, held or not: it covers what arrives later too. */
export const targetRows = defineRowKind<{
  readonly roomId: RoomId;
  readonly targetId: EventId;
  readonly redactionId: EventId;
}>("redaction_targets", (sql, rows) =>
  sql`
    insert into redaction_targets (room_id, target_id, redaction_id)
    select distinct x."roomId", x."targetId", x."redactionId"
    from json_to_recordset(${recordset(sql, rows)}) as x("roomId" text, "targetId" text,
      "redactionId" text)
    on conflict do nothing`);

interface MovedOrder {
  readonly roomId: RoomId;
  readonly eventId: EventId;
  readonly order: number;
}

/** Places of relations whose event moved, because a gap before it was closed. */
export const movedRelations = defineRowKind<MovedOrder>(
  "message_relations_moved",
  (sql, rows) =>
    sql`
    update message_relations r set ord = x.order
    from json_to_recordset(${recordset(sql, rows)}) as x("roomId" text, "eventId" text,
      "order" bigint)
    where r.room_id = x."roomId" and r.event_id = x."eventId"`,
);

export const movedMentions = defineRowKind<MovedOrder>("message_mentions_moved", (sql, rows) =>
  sql`
    update message_mentions m set ord = x.order
    from json_to_recordset(${recordset(sql, rows)}) as x("roomId" text, "eventId" text,
      "order" bigint)
    where m.room_id = x."roomId" and m.event_id = x."eventId"`);

/** Relations whose event was redacted: they relate nothing any more. */
export const droppedRelations = defineRowKind<{
  readonly roomId: RoomId;
  readonly eventId: EventId;
}>("message_relations_dropped", (sql, rows) =>
  sql`
    delete from message_relations r
    using json_to_recordset(${recordset(sql, rows)}) as x("roomId" text, "eventId" text)
    where r.room_id = x."roomId" and r.event_id = x."eventId"`);

/** Whom a message pings; `targets`: user ids, '&' and role ids, 'everyone'. */
export const mentionRows = defineRowKind<{
  readonly roomId: RoomId;
  readonly channelId: ChannelId;
  readonly eventId: EventId;
  readonly sender: UserId;
  readonly order: number;
  readonly targets: readonly string[];
  /** The thread that the message stands in; '' in its channel's timeline. */
  readonly threadId: string;
}>("message_mentions", (sql, rows) =>
  sql`
    insert into message_mentions (room_id, channel_id, target, ord, event_id, sender, thread_id)
    select x."roomId", x."channelId", json_array_elements_text(x.targets), x.order, x."eventId",
      x.sender, x."threadId"
    from json_to_recordset(${recordset(sql, rows)}) as x("roomId" text, "channelId" text,
      targets json, "order" bigint, "eventId" text, sender text, "threadId" text)
    on conflict do nothing`);

export const droppedMentions = defineRowKind<{
  readonly roomId: RoomId;
  readonly eventId: EventId;
}>("message_mentions_dropped", (sql, rows) =>
  sql`
    delete from message_mentions m
    using json_to_recordset(${recordset(sql, rows)}) as x("roomId" text, "eventId" text)
    where m.room_id = x."roomId" and m.event_id = x."eventId"`);

/** Makes a send safe to repeat. Its key is what a racing repetition breaks on. */
export const nonceRows = defineRowKind<{
  readonly sender: UserId;
  readonly nonce: string;
  readonly roomId: RoomId;
  readonly eventId: EventId;
  readonly createdTs: number;
}>("send_nonces", (sql, rows) =>
  sql`
    insert into send_nonces (sender, nonce, room_id, event_id, created_ts)
    select x.sender, x.nonce, x."roomId", x."eventId", x."createdTs"
    from json_to_recordset(${recordset(sql, rows)}) as x(sender text, nonce text, "roomId" text,
      "eventId" text, "createdTs" bigint)`);

/** Who redacted what, and why. The first redaction of an event is the one shown. */
export const redactionRows = defineRowKind<{
  readonly roomId: RoomId;
  readonly targetId: EventId;
  readonly eventId: EventId;
  readonly sender: UserId;
  readonly reason?: string;
}>("message_redactions", (sql, rows) =>
  sql`
    insert into message_redactions (room_id, target_id, event_id, sender, reason)
    select x."roomId", x."targetId", x."eventId", x.sender, x.reason
    from json_to_recordset(${
    recordset(sql, rows.map(storable))
  }) as x("roomId" text, "targetId" text,
      "eventId" text, sender text, reason text)
    on conflict do nothing`);

/** What people wrote may hold what the database's text cannot. */
function storable<Row extends { readonly reason?: string }>(row: Row): Row {
  return row.reason === undefined
    ? row
    : { ...row, reason: row.reason.replaceAll("\u0000", "").toWellFormed() };
}
