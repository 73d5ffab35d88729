import { parseUserId } from "../../ids/user_id.ts";
import type { RoomId } from "../../ids/room_id.ts";
import type { UserId } from "../../ids/user_id.ts";
import type { ChannelId } from "../../ids/channel_id.ts";
import { limits } from "../../limits.ts";
import { MlsFault } from "../../mls/fault.ts";
import type { Leaf } from "../../mls/group.ts";
import { readWelcome } from "../../mls/readers.ts";
import { fromBase64 } from "../bytes.ts";
import { open } from "../envelope.ts";
import { openBatch, openParcel, type ShareFacts } from "../history_share.ts";
import type { SealedHistory } from "../payload.ts";
import type { KeyEvent } from "./gaps.ts";
import { findPackage } from "./key_packages.ts";
import type { StoreChange } from "./ports.ts";
import type { RoomBox } from "./room_box.ts";
import { goneRow, readJsonRow } from "./rows.ts";
import { giverOf, heldEvent, heldRow, proveShared } from "./earlier.ts";
import { heldKey, incomingKey } from "./shared_rows.ts";

/** Pages of the feed that are looked through for events of shared keys: 100,000 events. */
const MAX_PAGES = 200;
const PAGE = 500;
const bytesOf = (text: string) => fromBase64(text) ?? new Uint8Array();

/** The row of an opened share's key: further batches of it come without a package to open them. */
const shareKey = (roomId: string, by: string, id: string) => `${roomId}/s/${by} ${id}`;

/** Takes the history that was shared with this device since it last looked. */
export async function takeHistory(box: RoomBox): Promise<void> {
  const { store } = box.core.ports;
  const rows = await store.list("shared", { prefix: incomingKey(box.roomId, "") });
  let came = false;
  for (const { key, value } of rows) {
    const changes = await takeOne(box, readJsonRow<KeyEvent>(value));
    came ||= changes.length > 0;
    await store.write([...changes, goneRow("shared", key)]);
  }
  if (came) await proveAll(box);
}

/** The rows that one event makes: none where it is for somebody else, or no good. */
async function takeOne(box: RoomBox, event: KeyEvent): Promise<StoreChange[]> {
  const { core, roomId } = box;
  const history = await readHistory(box, event);
  const from = parseUserId(event.sender);
  const to = history && parseUserId(history.to);
  if (history === undefined || from === undefined || to !== core.device.userId) return [];
  const facts: ShareFacts = {
    id: bytesOf(history.id),
    roomId: roomId as RoomId,
    from,
    to,
    fromTs: history.from_ts,
    untilTs: history.until_ts,
  };
  const opened = await keyOf(box, facts, history);
  const keys = opened && openBatch(facts, history, { ...opened, sealed: bytesOf(history.sealed) });
  if (opened === undefined || keys === undefined) {
    core.count("not_genuine");
    return [];
  }
  const held = await core.ports.store.list("shared", { prefix: heldKey(roomId, "") });
  const theirs = held.filter(({ value }) => giverOf(value) === from).length;
  // Nobody takes the room of all others with keys of events that there are not.
  const room = Math.max(
    0,
    Math.min(
      limits.history.maxHeldKeys - held.length,
      limits.history.maxHeldKeysOfGiver - theirs,
    ),
  );
  const wanted: StoreChange[] = [];
  for (const key of keys.slice(0, room)) {
    const present = await core.archive.get(roomId, key.eventId);
    // What was judged here stands: no word of others changes it.
    const isOpen = present === undefined || "fault" in present && present.fault === "before_join";
    if (isOpen) wanted.push(heldRow(roomId, from, key));
  }
  return [...opened.rows, ...wanted];
}

async function readHistory(
  { core, roomId }: RoomBox,
  { event_id, sender, channel_id, sealed }: KeyEvent,
): Promise<SealedHistory | undefined> {
  const key = await core.archive.get(roomId, event_id);
  if (key === undefined || "fault" in key) return undefined;
  const place = {
    roomId: roomId as RoomId,
    channelId: channel_id as ChannelId,
    sender: sender as UserId,
    relation: undefined,
  };
  const opened = open({ sealed, key, place, anyRelation: true });
  return opened.ok ? opened.payload.history : undefined;
}

/** A share's key: as an earlier batch gave it, or out of its parcel. */
async function keyOf(
  { core, roomId }: RoomBox,
  facts: ShareFacts,
  { id, welcome, message }: SealedHistory,
): Promise<{ readonly key: Uint8Array; readonly rows: readonly StoreChange[] } | undefined> {
  const row = shareKey(roomId, facts.from, id);
  const known = await core.ports.store.get("shared", row);
  if (known !== undefined) return { key: known, rows: [] };
  try {
    const parcel = { welcome: bytesOf(welcome), message: bytesOf(message) };
    const found = await findPackage(core.ports.store, readWelcome(parcel.welcome).refs);
    if (found === undefined) return undefined;
    const { keys } = core.device;
    const { key, sender, leaves } = await openParcel(core.mls, facts, {
      parcel,
      own: found.own,
      keys,
    });
    if (!await isFor(core, facts, { sender, leaves })) return undefined;
    return { key, rows: [...found.used, { table: "shared", key: row, value: key }] };
  } catch (error) {
    if (error instanceof MlsFault) return undefined;
    throw error;
  }
}

/** Whether the sender is who shares, and nobody but the two can open it. */
async function isFor(
  { trust }: RoomBox["core"],
  { from, to }: ShareFacts,
  { sender, leaves }: { readonly sender: Leaf; readonly leaves: readonly Leaf[] },
): Promise<boolean> {
  for (const leaf of leaves) {
    const certificate = await trust.certificateOf(leaf.credential, leaf.signatureKey);
    if (certificate?.user !== (leaf.leaf === sender.leaf ? from : to)) return false;
  }
  return true;
}

/**
 * Proves the keys that are held by the events that the server has: what was said before this device
 * came lies in its feed. Those whose events come later are proven then (`feed.ts`).
 */
async function proveAll(box: RoomBox): Promise<void> {
  const { core, roomId } = box;
  const prefix = heldKey(roomId, "");
  const rows = await core.ports.store.list("shared", { prefix });
  const open = new Set(rows.map(({ key }) => heldEvent(roomId, key)));
  let after: number | undefined;
  for (let page = 0; page < MAX_PAGES && open.size > 0; page++) {
    const { items, next, has_more } = await core.ports.transport.call("listSealed", {
      params: { room_id: roomId },
      query: { limit: PAGE, ...(after === undefined ? {} : { after }) },
    }, core.signal);
    const found: string[] = [];
    const proven: StoreChange[] = [];
    for (const item of items) {
      if (!open.delete(item.event_id)) continue;
      const one = await proveShared(box, item);
      proven.push(...one?.rows ?? []);
      if (one?.found === true) found.push(item.event_id);
    }
    if (proven.length > 0) await core.ports.store.write(proven);
    if (found.length > 0) core.emit({ what: "keys", roomId, eventIds: found });
    if (next === null || !has_more) return;
    after = next;
  }
}
