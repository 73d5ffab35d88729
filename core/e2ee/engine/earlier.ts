import type { ChannelId } from "../../ids/channel_id.ts";
import type { RoomId } from "../../ids/room_id.ts";
import type { UserId } from "../../ids/user_id.ts";
import type { Group } from "../../mls/group.ts";
import type { ArchivedKey } from "../backup_entries.ts";
import { base64Of, fromBase64 } from "../bytes.ts";
import { readCertificate } from "../certificate.ts";
import { type MessageKey, open } from "../envelope.ts";
import type { RecordKind } from "../envelope.ts";
import { closedGap, gapRow, type KeyEvent } from "./gaps.ts";
import { viewGroup } from "./group_view.ts";
import { noteProblem } from "./order_troubles.ts";
import type { StoreChange } from "./ports.ts";
import type { RoomBox } from "./room_box.ts";
import { MAX_LATE_MS } from "./rosters.ts";
import { goneRow, jsonRow, readJsonRow } from "./rows.ts";
import { heldKey } from "./shared_rows.ts";

/** What one event gives. `rows` are to be stored; `found`: its key is among them. */
interface Taken {
  readonly rows: readonly StoreChange[];
  readonly found: boolean;
}

/**
 * What was said before this device was in the group: its key was shared, or is asked for. It is
 * missed where its user was a member already, whose first device this is; else it is closed.
 */
export async function takeEarlier(box: RoomBox, group: Group, event: KeyEvent): Promise<Taken> {
  const { core, roomId } = box;
  const { event_id, origin_ts } = event;
  const shared = await proveShared(box, event) ?? { rows: [], found: false };
  // The feed says when it was said, and was read before.
  if (shared.found || origin_ts === undefined) return shared;
  const isMissed = !hasOther(box, group) && origin_ts >= await missedSince(box);
  const row = isMissed
    ? gapRow(roomId, event)
    : core.archive.put(roomId, event_id, { fault: "before_join" });
  core.missing(roomId);
  return { rows: [...shared.rows, row], found: false };
}

/** Whether another device of this user is in the group, which may have what was said before. */
function hasOther({ core }: RoomBox, group: Group): boolean {
  return group.leaves().some(({ leaf, credential }) =>
    leaf !== group.ownLeaf && readCertificate(credential)?.user === core.device.userId
  );
}

/** From when on a member is given what they had no device for (ms). */
async function missedSince(box: RoomBox): Promise<number> {
  const sinceMs = box.sinceMs ?? (await viewGroup(box))?.since_ts ?? Infinity;
  return Math.max(sinceMs, box.core.ports.clock.now() - MAX_LATE_MS);
}

/** The event that a held row's key is for. */
export const heldEvent = (roomId: string, rowName: string) =>
  rowName.slice(heldKey(roomId, "").length).split(" ", 1)[0] ?? "";

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
 * away, and who gave it is named.
 */
export async function proveShared(box: RoomBox, event: KeyEvent): Promise<Taken | undefined> {
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
