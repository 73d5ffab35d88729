import { type EventId, parseEventId } from "../../ids/event_id.ts";
import type { RoomId } from "../../ids/room_id.ts";
import type { UserId } from "../../ids/user_id.ts";
import { limits } from "../../limits.ts";
import { readKeyPackage } from "../../mls/readers.ts";
import { ARCHIVED_KEY_BYTES, type ArchivedKey } from "../backup_entries.ts";
import { base64Of, equalBytes, fromBase64 } from "../bytes.ts";
import type { Certificate } from "../certificate.ts";
import {
  makeParcel,
  type Parcel,
  sealBatch,
  SHARE_ID_BYTES,
  type ShareFacts,
} from "../history_share.ts";
import type { SealedDraft } from "../payload.ts";
import { advance } from "./commits.ts";
import { viewGroup } from "./group_view.ts";
import { certificateIn } from "./member_packages.ts";
import { CallRefused, ServerUnreachable } from "./ports.ts";
import type { Member, RoomBox } from "./room_box.ts";
import { goneRow, jsonRow, readJsonRow } from "./rows.ts";
import { sealMessage } from "./sealing.ts";
import { wishKey } from "./shared_rows.ts";
import { SealRefused, type ShareResult } from "./types.ts";

/** Pages of the feed that are looked through: 100,000 events. */
const MAX_PAGES = 200;
const PAGE = 500;
/** All devices of the newcomer are waited for so long, then those that are there get it (ms). */
const PATIENCE_MS = 10 * 60_000;
/** A wish for somebody who does not come in is forgotten (ms): later it would give what nobody chose. */
const WISH_LIFE_MS = 24 * 3_600_000;
/** Times that sharing is begun anew after the network broke it off: each is a line in the room. */
const MAX_SENDS = 3;
/** Times that one batch is sealed anew, because the group went on meanwhile. */
const MAX_TRIES = 5;
/** What of a payload is neither Welcome nor keys, generously. */
const REST_CHARS = 2048;

/** Sharing that was asked for. */
export interface ShareWish {
  readonly to: UserId;
  readonly channelId: string;
  readonly spanMs: number;
  readonly askedMs: number;
  /** How often it was begun to be sent. */
  readonly sends?: number;
}

export async function wishHistory(box: RoomBox, wish: ShareWish): Promise<ShareResult> {
  if (!(wish.spanMs > 0 && wish.spanMs <= limits.history.maxSpanMs)) {
    throw new RangeError(`Cannot share ${wish.spanMs} ms: at most ${limits.history.maxSpanMs}`);
  }
  if (wish.to === box.core.device.userId) throw new RangeError("Cannot share history with oneself");
  const { store } = box.core.ports;
  await store.write([jsonRow("shared", wishKey(box.roomId, wish.to), wish)]);
  try {
    return await giveOne(box, wish);
  } catch (error) {
    // Whoever asked hears of it and asks again: nothing is given later without their knowing.
    await store.write([goneRow("shared", wishKey(box.roomId, wish.to))]);
    throw error;
  }
}

/**
 * Gives what was asked for, to those whose devices are in the group by now. What cannot be given
 * keeps nothing else of the room waiting; what is refused is forgotten.
 */
export async function giveHistory(box: RoomBox): Promise<void> {
  const { store, clock } = box.core.ports;
  for (const { key, value } of await store.list("shared", { prefix: wishKey(box.roomId, "") })) {
    const wish = readJsonRow<ShareWish>(value);
    const isOver = wish.askedMs + WISH_LIFE_MS < clock.now() || (wish.sends ?? 0) >= MAX_SENDS;
    if (isOver) {
      await store.write([goneRow("shared", key)]);
      continue;
    }
    try {
      await giveOne(box, wish);
    } catch (error) {
      if (box.core.signal.aborted) throw error;
      box.core.count("other");
      if (!(error instanceof ServerUnreachable)) await store.write([goneRow("shared", key)]);
    }
  }
}

async function giveOne(box: RoomBox, wish: ShareWish): Promise<ShareResult> {
  const { store } = box.core.ports;
  const devices = await devicesOf(box, wish);
  if (devices === undefined) return { kind: "waiting" };
  const keys = await keysSince(box, wish);
  const done = goneRow("shared", wishKey(box.roomId, wish.to));
  if (keys.length === 0) {
    await store.write([done]);
    return { kind: "nothing" };
  }
  const packages = await packagesOf(box, devices);
  if (packages === undefined) return { kind: "waiting" };
  const begun = { ...wish, sends: (wish.sends ?? 0) + 1 };
  await store.write([jsonRow("shared", wishKey(box.roomId, wish.to), begun)]);
  const given = await send(box, wish, { keys, packages });
  await store.write([done]);
  return { kind: "shared", keys: given };
}

/** The newcomer's leaves, once all of their devices are in that will be; undefined before. */
async function devicesOf(box: RoomBox, wish: ShareWish): Promise<readonly Member[] | undefined> {
  const { group, core } = box;
  const view = group && await viewGroup(box);
  if (group === undefined || view === undefined) return undefined;
  const isLate = wish.askedMs + PATIENCE_MS < core.ports.clock.now();
  if (!isLate && view.wanted.add.some(({ user }) => user === wish.to)) return undefined;
  const { members } = await box.checkMembers(group);
  const theirs = members.filter(({ certificate }) => certificate.user === wish.to);
  if (core.trust.changedIn(theirs.map(({ certificate }) => certificate)).length > 0) {
    throw new SealRefused(
      "identity_changed",
      `Cannot share history with ${wish.to}: their identity changed; accept it first`,
    );
  }
  return theirs.length === 0 ? undefined : theirs;
}

interface DatedKey extends ArchivedKey {
  readonly ts: number;
}

/** The keys of what was said in the span, as far as this device has them; the newest ones. */
async function keysSince(box: RoomBox, { spanMs, askedMs }: ShareWish): Promise<DatedKey[]> {
  const { core, roomId } = box;
  const most = limits.history.maxBatchKeys * limits.history.maxBatches;
  const keys: DatedKey[] = [];
  let after: number | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const { items, next, has_more } = await core.ports.transport.call("listSealed", {
      params: { room_id: roomId },
      query: { limit: PAGE, ...(after === undefined ? {} : { after }) },
    }, core.signal);
    for (const { event_id, origin_ts: ts } of items) {
      const eventId: EventId | undefined = parseEventId(event_id);
      if (eventId === undefined || ts < askedMs - spanMs) continue;
      const key = await core.archive.get(roomId, eventId);
      if (key !== undefined && !("fault" in key)) keys.push({ ...key, eventId, ts });
    }
    if (next === null || !has_more) break;
    after = next;
  }
  // One more than can be given tells that not all can.
  return keys.sort((a, b) => b.ts - a.ts).slice(0, most + 1);
}

/** A key package of each device; undefined where one is still that of its way into the group. */
async function packagesOf(
  box: RoomBox,
  devices: readonly Member[],
): Promise<readonly Uint8Array[] | undefined> {
  const { core, roomId } = box;
  const refs = devices.map(({ certificate: { user, device } }) => ({ user, device }));
  const { packages } = await core.ports.transport.call("claimKeyPackages", {
    params: { room_id: roomId },
    body: { devices: refs },
  });
  const good: Uint8Array[] = [];
  for (const { user, device, key_package } of packages) {
    const bytes = fromBase64(key_package) ?? new Uint8Array();
    const member = devices.find(({ certificate }) => certificate.device === device);
    const certificate = await certificateIn(box, bytes, { user, device });
    if (certificate === undefined || member === undefined) continue;
    // A server may answer with a device of its own under that name: the leaf in the group counts.
    if (!isSameDevice(certificate, member.certificate)) {
      core.count("not_genuine");
      continue;
    }
    // Its server has not heard yet that the device is in: the package is used up.
    if (equalBytes(readKeyPackage(bytes).encryptionKey, member.encryptionKey)) return undefined;
    good.push(bytes);
  }
  return good.length === 0 ? undefined : good;
}

function isSameDevice(one: Certificate, other: Certificate): boolean {
  return one.user === other.user && one.device === other.device &&
    equalBytes(one.msk, other.msk) && equalBytes(one.signatureKey, other.signatureKey);
}

/** @returns how many keys were given */
async function send(
  box: RoomBox,
  wish: ShareWish,
  { keys, packages }: {
    readonly keys: readonly DatedKey[];
    readonly packages: readonly Uint8Array[];
  },
): Promise<number> {
  const { device, mls, ports: { rng, clock } } = box.core;
  const span: ShareFacts = {
    id: rng.bytes(SHARE_ID_BYTES),
    roomId: box.roomId as RoomId,
    from: device.userId,
    to: wish.to,
    fromTs: Math.max(0, wish.askedMs - wish.spanMs),
    untilTs: clock.now(),
  };
  const parcelOf = (facts: ShareFacts) =>
    makeParcel(mls, facts, { keys: device.keys, packages, rng });
  const trial = await parcelOf(span);
  const size = batchSize(trial);
  const fitting = keys.slice(0, size * limits.history.maxBatches);
  // What does not fit is left out, and the share says how far it goes.
  const isCut = fitting.length < keys.length;
  const facts = isCut ? { ...span, fromTs: fitting.at(-1)?.ts ?? 0 } : span;
  const parcel = isCut ? await parcelOf(facts) : trial;
  const batches = Math.ceil(fitting.length / size);
  let first: EventId | undefined;
  for (let batch = 1; batch <= batches; batch++) {
    const part = fitting.slice((batch - 1) * size, batch * size);
    const sealed = sealBatch(facts, { batch, batches }, { key: parcel.key, keys: part, rng });
    const draft: SealedDraft = {
      type: "history",
      history: {
        id: base64Of(facts.id),
        to: wish.to,
        from_ts: facts.fromTs,
        until_ts: facts.untilTs,
        keys: fitting.length,
        batch,
        batches,
        welcome: base64Of(parcel.welcome),
        message: base64Of(parcel.message),
        sealed: base64Of(sealed),
      },
    };
    first = await say(box, wish.channelId, { draft, first }) ?? first;
  }
  return fitting.length;
}

/** As many keys as fit into one event beside the Welcome. */
function batchSize({ welcome, message }: Parcel): number {
  const taken = base64Of(welcome).length + base64Of(message).length + REST_CHARS;
  const bytes = Math.floor((limits.sealed.maxBucketBytes - taken) * 3 / 4);
  const fitting = Math.floor(bytes / ARCHIVED_KEY_BYTES);
  return Math.max(1, Math.min(fitting, limits.history.maxBatchKeys));
}

/**
 * Says one batch. The first is a message, which everybody sees as a line; further ones are its
 * edits, so that it stays one. @returns the message's id, of the first
 */
async function say(
  box: RoomBox,
  channelId: string,
  { draft, first }: { readonly draft: SealedDraft; readonly first: EventId | undefined },
): Promise<EventId | undefined> {
  const { transport, rng } = box.core.ports;
  const relation = first === undefined ? undefined : { kind: "edit", event_id: first } as const;
  const nonce = base64Of(rng.bytes(16));
  for (let tries = 1;; tries++) {
    const { sealed } = await sealMessage(box, channelId, draft, relation);
    try {
      if (first !== undefined) {
        const params = { room_id: box.roomId, event_id: first };
        await transport.call("editMessage", { params, body: { body: "", sealed } });
        return undefined;
      }
      const { id } = await transport.call("sendMessage", {
        params: { room_id: box.roomId },
        body: { channel_id: channelId, body: "", sealed, media: [], nonce },
      });
      return parseEventId(id);
    } catch (error) {
      const isOld = error instanceof CallRefused &&
        ["stale_epoch", "encrypted_room"].includes(error.code);
      if (!isOld || tries >= MAX_TRIES) throw error;
      box.dirty = true;
      await advance(box);
    }
  }
}
