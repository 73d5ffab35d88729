import type { JsonObject } from "../../../core/event/json.ts";
import { readContent } from "../../../core/event/kinds/kind.ts";
import { messageKind } from "../../../core/event/kinds/message.ts";
import { isSaid } from "../../../core/event/said.ts";
import type { EventId } from "../../../core/ids/event_id.ts";
import type { StoredEvent } from "../../postgres/event_rows.ts";
import type { Tx } from "../../postgres/sql.ts";
import { contentOfPdu, contentOfRow } from "../messages/project_messages.ts";
import {
  type EditRow,
  findEdits,
  findMentions,
  findTimelineEvents,
} from "../messages/message_rows.ts";
import { documentOf } from "./document.ts";
import type { MessageIndex, SearchDocument } from "./message_index.ts";

/**
 * Brings what is held of changed messages to what they are now. The events are as the log has
 * them. Most are what was just said and say all of it themselves; what an edit has to do with is
 * read anew.
 */
export async function indexEvents(
  tx: Tx,
  index: MessageIndex,
  events: readonly StoredEvent[],
): Promise<void> {
  const encrypted = await encryptedRooms(tx, events);
  for (const roomId of encrypted) await index.removeRoom(tx, roomId);
  const said = events.filter(({ type, roomId }) => isSaid(type) && !encrypted.has(roomId));
  const rewritten = await rewrittenBy(tx, index, said);
  const plain = said.filter(({ roomId, eventId }) => !rewritten.get(roomId)?.has(eventId));
  const documents = await documentsOf(tx, plain);
  const held = new Set(documents.map(({ eventId }) => eventId));
  const gone = new Map<string, Set<string>>();
  for (const { roomId, eventId } of plain) {
    if (!held.has(eventId)) addTo(gone, roomId, eventId);
  }
  for (const [roomId, ids] of rewritten) {
    const read = await readDocuments(tx, roomId, [...ids]);
    documents.push(...read);
    const there = new Set(read.map(({ eventId }) => eventId));
    for (const id of ids) if (!there.has(id)) addTo(gone, roomId, id);
  }
  for (const [roomId, ids] of gone) await index.remove(tx, roomId, [...ids]);
  await index.put(tx, documents);
}

async function encryptedRooms(tx: Tx, events: readonly StoredEvent[]): Promise<Set<string>> {
  const rooms = [...new Set(events.map(({ roomId }) => roomId))];
  const rows = await tx<{ room_id: string }[]>`
    select room_id from current_state where room_id = any(${rooms})
      and type = 'm.room.encryption' and state_key = '' and event_id is not null`;
  return new Set(rows.map(({ room_id: roomId }) => roomId));
}

/** Messages whose text is not their own event's, or was not: edits' targets, by room. */
async function rewrittenBy(
  tx: Tx,
  index: MessageIndex,
  said: readonly StoredEvent[],
): Promise<Map<string, Set<string>>> {
  const rewritten = new Map<string, Set<string>>();
  const withheld = new Map<string, EventId[]>();
  for (const event of said) {
    const target = editedOf(contentOfRow(event));
    if (target !== undefined) addTo(rewritten, event.roomId, target);
    if (event.withheld) {
      withheld.set(event.roomId, [...withheld.get(event.roomId) ?? [], event.eventId]);
    }
  }
  for (const [roomId, edits] of withheld) {
    for (const target of await index.editedBy(tx, roomId, edits)) addTo(rewritten, roomId, target);
  }
  // An edit can come before what it edits.
  const rows = await tx<{ room_id: string; target_id: string }[]>`
    select r.room_id, r.target_id from ${named(tx, said)} join message_relations r
      on r.room_id = x.room_id and r.target_id = x.event_id and r.kind = 'edit'`;
  for (const row of rows) addTo(rewritten, row.room_id, row.target_id);
  return rewritten;
}

/** What can be found of messages whose text is their own. */
async function documentsOf(tx: Tx, events: readonly StoredEvent[]): Promise<SearchDocument[]> {
  const rows = await tx<{ event_id: string; target: string }[]>`
    select m.event_id, m.target from ${named(tx, events)} join message_mentions m
      on m.room_id = x.room_id and m.event_id = x.event_id order by m.target`;
  const mentions = new Map<string, string[]>();
  for (const { event_id: id, target } of rows) {
    mentions.set(id, [...mentions.get(id) ?? [], target]);
  }
  return events.flatMap((event) => {
    const document = documentOf(event, {
      edit: undefined,
      mentions: mentions.get(event.eventId) ?? [],
    });
    return document === undefined ? [] : [document];
  });
}

/** The events as a table `x`. */
function named(tx: Tx, events: readonly StoredEvent[]) {
  return tx`unnest(${events.map(({ roomId }) => roomId)}::text[],
    ${events.map(({ eventId }) => eventId)}::text[]) as x(room_id, event_id)`;
}

function addTo(sets: Map<string, Set<string>>, roomId: string, eventId: string): void {
  const set = sets.get(roomId);
  if (set === undefined) sets.set(roomId, new Set([eventId]));
  else set.add(eventId);
}

function editedOf(content: JsonObject | undefined): EventId | undefined {
  const relation = content && readContent(messageKind, content)?.relates_to;
  return relation?.kind === "edit" ? relation.event_id : undefined;
}

/** Those of the messages that can be found, as they read now. */
async function readDocuments(
  tx: Tx,
  roomId: string,
  ids: readonly string[],
): Promise<SearchDocument[]> {
  const rows = await findTimelineEvents(tx, roomId, ids);
  const mentions = await findMentions(tx, roomId, ids);
  const edits = new Map<string, EditRow>();
  for (const edit of await findEdits(tx, roomId, ids)) edits.set(edit.target_id, edit);
  return rows.flatMap((row) => {
    const edit = edits.get(row.eventId);
    const document = documentOf(row, {
      edit: edit && { id: edit.event_id, content: contentOfPdu(edit.pdu) },
      mentions: mentions.filter((each) => each.event_id === row.eventId)
        .map((each) => each.target),
    });
    return document === undefined ? [] : [document];
  });
}
