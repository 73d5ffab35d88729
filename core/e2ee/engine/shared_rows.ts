import type { ChannelId } from "../../ids/channel_id.ts";
import type { RoomId } from "../../ids/room_id.ts";
import type { UserId } from "../../ids/user_id.ts";
import type { ArchivedKey } from "../backup_entries.ts";
import { base64Of, fromBase64 } from "../bytes.ts";
import { type MessageKey, open } from "../envelope.ts";
import type { RecordKind } from "../envelope.ts";
import { closedGap, type KeyEvent } from "./gaps.ts";
import { noteProblem } from "./order.ts";
import type { StoreChange } from "./ports.ts";
import type { RoomBox } from "./room_box.ts";
import { goneRow, jsonRow, readJsonRow } from "./rows.ts";

/**
 * What the table `shared` holds of a room, by the letter after its id: `i` events that share
 * history and were not looked into yet, `h` keys that were shared and not proven yet, `g` what this
 * device is to give.
 */
const rowKey = (letter: "i" | "h" | "g", roomId: string, name: string) =>
  `${roomId}/${letter}/${name}`;

export const incomingKey = (roomId: string, eventId: string) => rowKey("i", roomId, eventId);
/** Of one event, from each who shared it: a false key takes no true one's place. */
export const heldKey = (roomId: string, eventId: string, by = "") =>
  rowKey("h", roomId, eventId === "" ? "" : `${eventId} ${by}`);
/** The event that a held row's key is for. */
export const heldEvent = (roomId: string, rowName: string) =>
  rowName.slice(heldKey(roomId, "").length).split(" ", 1)[0] ?? "";
export const wishKey = (roomId: string, userId: string) => rowKey("g", roomId, userId);

/** An event that shares history is looked into once the feed's page is stored. */
export function incomingRow(roomId: string, event: KeyEvent): StoreChange {
  return jsonRow("shared", incomingKey(roomId, event.event_id), event);
}

interface HeldKey {
  readonly by: string;
  readonly nonce: string;
  readonly key: string;
  readonly hash: string;
  readonly kind: RecordKind;
}

/** A key that `by` shared. */
export function heldRow(roomId: string, by: string, key: ArchivedKey): StoreChange {
  const row: HeldKey = {
    by,
    nonce: base64Of(key.nonce),
    key: base64Of(key.contentKey),
    hash: base64Of(key.hash),
    kind: key.kind,
  };
  return jsonRow("shared", heldKey(roomId, key.eventId, by), row);
}

/** Who gave a held key. */
export function giverOf(bytes: Uint8Array): string {
  return readHeld(bytes).by;
}

function readHeld(bytes: Uint8Array): MessageKey & { readonly by: string } {
  const { by, nonce, key, hash, kind } = readJsonRow<HeldKey>(bytes);
  const read = (text: string) => fromBase64(text) ?? new Uint8Array();
  return { by, nonce: read(nonce), contentKey: read(key), hash: read(hash), kind };
}

/**
 * Tries the keys that were shared for an event, where there are any: one counts only if it opens
 * the very text that the event carries, in its place and of its sender. One that does not is thrown
 * away, and who gave it is named. `rows` are to be stored; `found`: one did.
 */
export async function proveShared(
  box: RoomBox,
  event: KeyEvent,
): Promise<{ readonly rows: readonly StoreChange[]; readonly found: boolean } | undefined> {
  const { roomId, core } = box;
  const prefix = heldKey(roomId, event.event_id);
  const held = await core.ports.store.list("shared", { prefix });
  if (held.length === 0) return undefined;
  const rows: StoreChange[] = held.map(({ key }) => goneRow("shared", key));
  for (const { value } of held) {
    const { by, ...key } = readHeld(value);
    if (opens(roomId, event, key)) {
      return { rows: [...rows, ...provenRows(box, event.event_id, key)], found: true };
    }
    core.count("not_genuine");
    await noteProblem(box, { kind: "false_keys", epoch: box.group?.epoch ?? 0, user: by });
  }
  return { rows, found: false };
}

function opens(
  roomId: string,
  { sender, channel_id, sealed }: KeyEvent,
  key: MessageKey,
): boolean {
  const place = {
    roomId: roomId as RoomId,
    channelId: channel_id as ChannelId,
    sender: sender as UserId,
    relation: undefined,
  };
  return open({ sealed, key, place, anyRelation: true }).ok;
}

function provenRows({ roomId, core }: RoomBox, eventId: string, held: MessageKey): StoreChange[] {
  const key = { ...held, device: undefined };
  return [
    core.archive.put(roomId, eventId, key),
    closedGap(roomId, eventId),
    ...core.backup.rowsFor([{ roomId, eventId, key }]),
  ];
}
