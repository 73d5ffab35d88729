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
export const heldKey = (roomId: string, eventId: string) => rowKey("h", roomId, eventId);
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
  return jsonRow("shared", heldKey(roomId, key.eventId), row);
}

function readHeld(bytes: Uint8Array): MessageKey & { readonly by: string } {
  const { by, nonce, key, hash, kind } = readJsonRow<HeldKey>(bytes);
  const read = (text: string) => fromBase64(text) ?? new Uint8Array();
  return { by, nonce: read(nonce), contentKey: read(key), hash: read(hash), kind };
}

/**
 * Tries the key that somebody shared for an event, where there is one: it counts only if it opens
 * the very text that the event carries, in its place and of its sender. One that does not is thrown
 * away, and who gave it is named. `rows` are to be stored; `found`: it did.
 */
export async function proveShared(
  box: RoomBox,
  { event_id: eventId, sender, channel_id, sealed }: KeyEvent,
): Promise<{ readonly rows: readonly StoreChange[]; readonly found: boolean } | undefined> {
  const { roomId, core } = box;
  const bytes = await core.ports.store.get("shared", heldKey(roomId, eventId));
  if (bytes === undefined) return undefined;
  const { by, ...held } = readHeld(bytes);
  const gone = goneRow("shared", heldKey(roomId, eventId));
  const place = {
    roomId: roomId as RoomId,
    channelId: channel_id as ChannelId,
    sender: sender as UserId,
    relation: undefined,
  };
  if (!open({ sealed, key: held, place, anyRelation: true }).ok) {
    core.count("not_genuine");
    await noteProblem(box, { kind: "false_keys", epoch: box.group?.epoch ?? 0, user: by });
    return { rows: [gone], found: false };
  }
  const key = { ...held, device: undefined };
  return {
    rows: [
      gone,
      core.archive.put(roomId, eventId, key),
      closedGap(roomId, eventId),
      ...core.backup.rowsFor([{ roomId, eventId, key }]),
    ],
    found: true,
  };
}
