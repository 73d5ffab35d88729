import { OperationError } from "../../../core/errors.ts";
import { writeCanonical } from "../../../core/event/json_write.ts";
import type { JsonObject } from "../../../core/event/json.ts";
import { redactEvent } from "../../../core/event/redact.ts";
import type { EventId } from "../../../core/ids/event_id.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { holds } from "../../../core/permissions/bits.ts";
import type { EventRow, StoredEvent } from "../../postgres/event_rows.ts";
import type { TaggedRow } from "../../postgres/row_kind.ts";
import { heldOf } from "../../rooms/load_room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { endRemoteUse } from "../media/remote/remote_use_rows.ts";
import { openChannel, type Place, requireEventId } from "../chat/place.ts";
import type { MediaDesk } from "./attachments.ts";
import { effectRows } from "./message_effects.ts";
import { droppedMentions, droppedRelations, redactionRows } from "./message_row_kinds.ts";
import { findTimelineEvents } from "./message_rows.ts";

type RedactDeps = ChatDeps & { readonly media: Pick<MediaDesk, "release"> };

export interface RedactInput {
  readonly roomId: string;
  readonly channelId: string;
  readonly eventIds: readonly string[];
  readonly reason?: string | undefined;
}

export interface RedactResult {
  readonly redacted: string[];
  /** Those the caller may not delete, or that are not there. */
  readonly refused: string[];
}

/**
 * Deletes messages: own ones, others' with MANAGE_MESSAGES. Content, salt, media and search
 * entries go in the same transaction; ids, senders and times stay. PROTOCOL.md 6.
 * @throws OperationError `invalid`, `forbidden` where none of them may be deleted, `not_found`
 */
export async function redactMessages(
  deps: RedactDeps,
  userId: UserId,
  input: RedactInput,
): Promise<RedactResult> {
  const place = await openChannel(deps, userId, input);
  const wanted = [...new Set(input.eventIds.map(requireEventId))];
  const rows = await findTimelineEvents(deps.sql, place.room.id, wanted);
  const mayManage = holds(place.rights, "MANAGE_MESSAGES");
  const targets = rows.filter((row) =>
    row.channelId === place.channelId && row.redactedBy === undefined &&
    (row.sender === userId || mayManage)
  );
  const redacted = targets.map((row) => row.eventId as string);
  const refused = wanted.filter((id) => !redacted.includes(id));
  if (targets.length === 0) {
    throw new OperationError(
      rows.length === 0 ? "not_found" : "forbidden",
      rows.length === 0
        ? "There is no such message here; it may be deleted already."
        : 'You can delete your own messages; others\' need the right "MANAGE_MESSAGES".',
    );
  }
  await redactTargets(deps, userId, { place, targets, reason: input.reason });
  return { redacted, refused };
}

/** Takes the content of events away, and of their authors' edits of them. */
export async function redactTargets(
  deps: RedactDeps,
  userId: UserId,
  input: {
    readonly place: Place;
    readonly targets: readonly StoredEvent[];
    readonly reason?: string | undefined;
  },
): Promise<void> {
  const { place: { room, channelId }, targets, reason } = input;
  const ids = targets.map((row) => row.eventId);
  const covered = [...targets, ...await findEditEvents(deps, room.id, ids)];
  const type = "m.redaction";
  const content = { redacts: ids, ...(reason === undefined ? {} : { reason }) };
  await room.sendTimeline({ type, sender: userId, channelId, content }, (placed) => ({
    updates: covered.map((row) => redactRow(row, placed.eventId)),
    rows: [
      ...effectRows({ roomId: room.id, channelId, ...placed, sender: userId, type, content }),
      ...coveredRows(deps.media, covered.map((row) => row.eventId), {
        roomId: room.id,
        eventId: placed.eventId,
        sender: userId,
        reason,
      }),
    ],
  }));
}

/** The rows by which a redaction or purge takes everything away that events led to. */
export function coveredRows(
  media: Pick<MediaDesk, "release">,
  covered: readonly EventId[],
  by: {
    readonly roomId: RoomId;
    readonly eventId: EventId;
    readonly sender: UserId;
    readonly reason?: string | undefined;
  },
): TaggedRow[] {
  const { roomId, reason, ...rest } = by;
  return [
    ...covered.flatMap((eventId) => [
      droppedRelations.of({ roomId, eventId }),
      droppedMentions.of({ roomId, eventId }),
      redactionRows.of({
        ...rest,
        roomId,
        targetId: eventId,
        ...(reason === undefined ? {} : { reason }),
      }),
    ]),
    ...media.release(covered),
    ...covered.map((subject) => endRemoteUse({ kind: "event", subject })),
  ];
}

/** The stored event without its content: same id, same valid signatures. */
export function redactRow(row: StoredEvent, redactedBy: EventId): EventRow {
  const held = redactEvent(heldOf(row));
  const { writerId: _writer, position: _position, held: _held, ...rest } = row;
  return {
    ...rest,
    withheld: true,
    redactedBy,
    pdu: writeCanonical(held.pdu as unknown as JsonObject),
    held,
  };
}

/** A redaction of a message covers its author's edits of it too. PROTOCOL.md 6. */
async function findEditEvents(
  deps: Pick<ChatDeps, "sql">,
  roomId: string,
  targetIds: readonly EventId[],
): Promise<StoredEvent[]> {
  const rows = await deps.sql<{ event_id: string }[]>`
    select event_id from message_relations
    where room_id = ${roomId} and target_id = any(${[...targetIds]}) and kind = 'edit'`;
  return await findTimelineEvents(deps.sql, roomId, rows.map((row) => row.event_id));
}
