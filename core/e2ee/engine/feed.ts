import { MlsFault } from "../../mls/fault.ts";
import type { Group } from "../../mls/group.ts";
import { base64Of, fromBase64 } from "../bytes.ts";
import { readRecord } from "../envelope.ts";
import { advance } from "./commits.ts";
import type { Archived, ContentKey } from "./archive.ts";
import { GroupLost } from "./core.ts";
import { findGap, gapRow, type KeyEvent } from "./gaps.ts";
import type { StoreChange } from "./ports.ts";
import type { RoomBox } from "./room_box.ts";
import { fetched } from "./part.ts";
import { rosterRows } from "./rosters.ts";
import { incomingRow } from "./shared_rows.ts";

/** Fetched with the first message of the time before this device was in the group. */
const earlier = () => fetched(() => import("./earlier.ts"));

/** Pages read in one go: 100,000 messages. The next sync goes on. */
const MAX_PAGES = 200;
const PAGE = 500;

/** What one pass over events gave, before it is stored. */
interface Pass {
  group: Group;
  readonly rows: StoreChange[];
  readonly found: string[];
  /** Events that do not open here. */
  readonly closed: string[];
}

/**
 * Reads the room's key feed from where it was left: each message's key goes into the archive, in
 * the order in which the server has them, and commits are taken where the messages ask for them,
 * so that no message is of an epoch that is gone already.
 */
export async function readFeed(box: RoomBox): Promise<void> {
  const { transport } = box.core.ports;
  for (let page = 0; page < MAX_PAGES && box.group !== undefined; page++) {
    const { items, next, has_more } = await transport.call("listSealed", {
      params: { room_id: box.roomId },
      query: {
        limit: PAGE,
        ...(box.meta.feedAfter === undefined ? {} : { after: box.meta.feedAfter }),
      },
    }, box.core.signal);
    if (next === null) return;
    await takeEvents(box, items);
    await box.step({ meta: { feedAfter: next } });
    if (!has_more) return;
  }
}

/** Takes the keys of events into the archive; those that are there already are left alone. */
export async function takeEvents(box: RoomBox, events: readonly KeyEvent[]): Promise<void> {
  let pass: Pass | undefined;
  for (const event of events) {
    if (box.group === undefined) return;
    if (await isJudged(box, event)) continue;
    if (event.sealed.epoch > (pass?.group ?? box.group).epoch) {
      await store(box, pass);
      pass = undefined;
      await advance(box, event.sealed.epoch);
      if (box.group === undefined) return;
    }
    pass ??= { group: box.group, rows: [], found: [], closed: [] };
    await takeEvent(box, pass, event);
  }
  await store(box, pass);
}

/**
 * What opened, or looks false, is not tried again. An own message whose key came by the backup
 * before its event is still to be known as sealed here.
 */
async function isJudged(
  { core, roomId }: RoomBox,
  { event_id, sender, sealed }: KeyEvent,
): Promise<boolean> {
  if (await core.archive.get(roomId, event_id) === undefined) {
    return (await findGap(core.ports.store, roomId, event_id))?.fault !== undefined;
  }
  return sender !== core.device.userId ||
    await core.archive.getOwn(roomId, sealed.nonce) === undefined;
}

async function store(box: RoomBox, pass: Pass | undefined): Promise<void> {
  if (pass === undefined || pass.rows.length === 0) return;
  await box.step({ group: pass.group }, pass.rows);
  for (const [what, eventIds] of [["keys", pass.found], ["closed", pass.closed]] as const) {
    if (eventIds.length > 0) box.core.emit({ what, roomId: box.roomId, eventIds });
  }
}

async function takeEvent(box: RoomBox, pass: Pass, event: KeyEvent): Promise<void> {
  const { core, roomId } = box;
  const own = event.sender === core.device.userId
    ? await core.archive.getOwn(roomId, event.sealed.nonce)
    : undefined;
  if (own !== undefined) {
    pass.rows.push(...core.archive.bindOwn(roomId, event.sealed.nonce, event.event_id, own));
    keep(box, pass, event, own);
    return;
  }
  if (isBefore(box, event)) {
    const { rows, found } = await (await earlier()).takeEarlier(box, pass.group, event);
    pass.rows.push(...rows);
    (found ? pass.found : pass.closed).push(event.event_id);
    return;
  }
  const taken = await decryptKey(box, pass, event);
  if (taken === undefined || taken === "unreadable") {
    const isFalse = taken === "unreadable" &&
      event.sealed.epoch < (box.meta.order?.fork ?? Infinity);
    if (isFalse) core.count("not_genuine");
    pass.rows.push(gapRow(roomId, event, isFalse ? "not_genuine" : undefined));
    if (isFalse) pass.closed.push(event.event_id);
    if (!isFalse) core.missing(roomId);
    return;
  }
  if ("fault" in taken) {
    pass.rows.push(core.archive.put(roomId, event.event_id, taken));
    pass.closed.push(event.event_id);
    return;
  }
  const known = await ofThisUser(box, pass, event);
  const key = known === undefined ? taken : { ...taken, ownEpoch: event.sealed.epoch };
  pass.rows.push(core.archive.put(roomId, event.event_id, key), ...known ?? []);
  keep(box, pass, event, key);
}

/**
 * Of what another device of this user sealed in the epoch that this one is in, it knows by the tree
 * whom it was for: should that device be gone, it gives them the key. Undefined for anything else.
 */
async function ofThisUser(
  { core, roomId }: RoomBox,
  { group }: Pass,
  { sender, sealed }: KeyEvent,
): Promise<StoreChange[] | undefined> {
  if (sender !== core.device.userId || sealed.epoch !== group.epoch) return undefined;
  return await rosterRows(core.ports.store, roomId, group);
}

/** Whether it was sealed before this device came in. Numbers of epochs tell nothing after a fork. */
function isBefore({ meta }: RoomBox, { sealed }: KeyEvent): boolean {
  return sealed.epoch < Math.min(meta.joinedEpoch ?? 0, meta.order?.fork ?? Infinity);
}

/** A key is there: for the interface, and for the backup. */
function keep(box: RoomBox, pass: Pass, event: KeyEvent, key: ContentKey): void {
  pass.found.push(event.event_id);
  const { roomId } = box;
  if (key.kind === "history") pass.rows.push(incomingRow(roomId, event));
  pass.rows.push(...box.core.backup.rowsFor([{ roomId, eventId: event.event_id, key }]));
}

/**
 * The key of a message, why it is none, or undefined where another device may have it. What does
 * not open at all is false, or of a group that went another way.
 */
async function decryptKey(
  box: RoomBox,
  pass: Pass,
  { sender, sealed }: KeyEvent,
): Promise<Archived | "unreadable" | undefined> {
  const { core } = box;
  try {
    const message = fromBase64(sealed.key) ?? new Uint8Array();
    const opened = await core.mls.decrypt(pass.group, message);
    pass.group = opened.group;
    const { credential, signatureKey } = opened.sender;
    const certificate = await core.trust.certificateOf(credential, signatureKey);
    const record = readRecord(opened.plaintext);
    if (certificate?.user !== sender || record === undefined) return notGenuine(box);
    if (base64Of(record.nonce) !== sealed.nonce) return notGenuine(box);
    return { ...record, device: certificate.device };
  } catch (error) {
    if (!(error instanceof MlsFault)) throw error;
    return judgeFault(box, error);
  }
}

function notGenuine(box: RoomBox): Archived {
  box.core.count("not_genuine");
  return { fault: "not_genuine" };
}

function judgeFault(box: RoomBox, error: MlsFault): "unreadable" | undefined {
  switch (error.reason) {
    case "future_epoch":
      // The log has no commit that leads there: the sender was ahead of what the group became.
      box.core.count("future_epoch");
      return undefined;
    case "past_epoch":
      box.core.count("past_epoch");
      return undefined;
    case "replayed":
    case "own_message":
    case "too_far":
      box.core.count("generation_gone");
      return undefined;
    case "removed":
      throw new GroupLost("state_lost", error.message, error);
    default:
      return "unreadable";
  }
}
