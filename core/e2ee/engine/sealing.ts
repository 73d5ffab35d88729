import type { Relation } from "../../event/kinds/relation.ts";
import type { ChannelId } from "../../ids/channel_id.ts";
import type { RoomId } from "../../ids/room_id.ts";
import type { UserId } from "../../ids/user_id.ts";
import { base64Of } from "../bytes.ts";
import { open, seal, type SealedPlace } from "../envelope.ts";
import type { SealedDraft } from "../payload.ts";
import type { Archived, ContentKey } from "./archive.ts";
import type { SealedObject } from "./calls.ts";
import { advance } from "./commits.ts";
import { ensureJoined } from "./joining.ts";
import { doWork, settle } from "./later.ts";
import { ReceiptUnfit } from "./order.ts";
import { CallRefused, ServerUnreachable } from "./ports.ts";
import type { RoomBox } from "./room_box.ts";
import { rosterRows } from "./rosters.ts";
import { type Opened, type SealedMessage, SealRefused } from "./types.ts";
import { lookForWork } from "./wanted.ts";

const NO_AAD = new Uint8Array();

/** Whether a call failed because nobody answered, here or at the server that orders the group. */
export function isAway(error: unknown): boolean {
  return error instanceof ServerUnreachable ||
    (error instanceof CallRefused && error.code === "unavailable");
}

/** What passes although nothing is done about it: nobody answered, or not now. */
const PASSING: ReadonlySet<string> = new Set(["rate_limited", "internal", "timeout"]);

/** Whether what failed may be tried again as it was. */
export function mayPass(error: unknown): boolean {
  return isAway(error) || (error instanceof CallRefused && PASSING.has(error.code));
}

/**
 * Brings a group to the point from which a message may be sent: whoever must go is out of it, and
 * whoever was let into the room is in it, as they could never read what is sealed before.
 * Without an answer of the server messages go on in the present epoch, unless it is known that
 * somebody must go.
 */
async function prepare(box: RoomBox): Promise<void> {
  try {
    await ensureJoined(box);
    if (box.dirty && box.group !== undefined) {
      await settle(box);
      await advance(box);
      await lookForWork(box);
      box.dirty = false;
    }
    if (box.troubles.has("removal_pending")) await doWork(box, "removals");
    else if (box.newcomers || await isAlone(box)) {
      await doWork(box);
      // Whose device cannot be let in now does not hold up every message.
      box.newcomers = false;
    }
  } catch (error) {
    // What is not proven is not followed, and the present epoch goes on.
    if (!isAway(error) && !(error instanceof ReceiptUnfit)) throw error;
    if (box.group === undefined) {
      throw new SealRefused("offline", `Cannot seal for ${box.roomId}: the server does not answer`);
    }
  }
}

/** In a conversation of two: the other one's devices are not in the group yet. */
async function isAlone(box: RoomBox): Promise<boolean> {
  if (box.group === undefined || box.meta.expected?.kind !== "dm") return false;
  const { members } = await box.checkMembers(box.group);
  return members.every(({ certificate }) => certificate.user === box.core.device.userId);
}

/** Refuses where sending would reach somebody whom it should not, or nobody. */
async function refuseUnfit(box: RoomBox): Promise<void> {
  const { roomId, group } = box;
  if (group === undefined) {
    const reason = box.troubles.has("too_many_rejoins")
      ? "too_many_rejoins"
      : box.meta.encrypted
      ? "sequencer_unreachable"
      : "not_encrypted";
    throw new SealRefused(reason, `Cannot seal for ${roomId}: this device is not in its group`);
  }
  for (const reason of ["unexpected_member", "removal_pending", "too_many_rejoins"] as const) {
    if (box.troubles.has(reason)) {
      throw new SealRefused(reason, `Cannot seal for ${roomId} now: ${reason}`);
    }
  }
  // Sealed now it could be read by oneself alone, for ever.
  if (await isAlone(box)) {
    throw new SealRefused(
      "waiting_for_devices",
      `Cannot seal for ${roomId}: nobody else has a device in its group yet`,
    );
  }
  const { members } = await box.checkMembers(group);
  const changed = box.core.trust.changedIn(members.map(({ certificate }) => certificate));
  if (changed.length === 0) return;
  box.core.count("identity_changed");
  throw new SealRefused(
    "identity_changed",
    `Cannot seal for ${roomId}: the identity of ${changed.join(", ")} changed; accept it first`,
  );
}

/** Seals for the room's present members. The used key is stored before anything is returned. */
export async function sealMessage(
  box: RoomBox,
  channelId: string,
  draft: SealedDraft,
  relation: Relation | undefined,
): Promise<{ sealed: SealedObject; media: readonly string[] }> {
  const { core, roomId } = box;
  await prepare(box);
  await refuseUnfit(box);
  const { group } = box;
  if (group === undefined) throw new SealRefused("not_encrypted", `No group in ${roomId}`);
  const place = placeOf({ roomId, channelId, sender: core.device.userId, relation });
  const made = seal({ payload: draft, place, rng: core.ports.rng });
  const { group: after, message } = await core.mls.encrypt(group, made.record, NO_AAD);
  const key: ContentKey = {
    ...made.key,
    device: core.device.id,
    ownEpoch: group.epoch,
    ownMs: core.ports.clock.now(),
  };
  const roster = await rosterRows(core.ports.store, roomId, group);
  await box.step(
    { group: after, meta: { sealed: box.meta.sealed + 1 } },
    [core.archive.putOwn(roomId, made.sealed.nonce, key), ...roster],
  );
  return {
    sealed: { ...made.sealed, epoch: group.epoch, key: base64Of(message) },
    media: (draft.media ?? []).flatMap(({ uri, thumb }) => thumb ? [uri, thumb.uri] : [uri]),
  };
}

/** What the archive says of a message, or undefined where it says nothing. */
export async function openArchived(
  box: RoomBox,
  message: SealedMessage,
): Promise<Opened | undefined> {
  const { archive } = box.core;
  const found: Archived | undefined = await archive.get(message.roomId, message.eventId);
  return found && openWith(found, message);
}

/** The same for a message that was sealed here and whose event has not come by in the feed yet. */
export async function openOwn(box: RoomBox, message: SealedMessage): Promise<Opened | undefined> {
  const { archive, device } = box.core;
  if (message.sender !== device.userId) return undefined;
  const found = await archive.getOwn(message.roomId, message.sealed.nonce);
  return found && openWith(found, message);
}

function openWith(found: Archived, message: SealedMessage): Opened {
  if ("fault" in found) return { fault: found.fault, retry: false };
  const opened = open({ sealed: message.sealed, key: found, place: placeOf(message) });
  if (opened.ok) return { payload: opened.payload, device: found.device };
  const fault = opened.reason === "wrong_place" || opened.reason === "wrong_relation"
    ? "not_genuine"
    : "damaged";
  return { fault, retry: false };
}

function placeOf(
  { roomId, channelId, sender, relation }: Pick<
    SealedMessage,
    "roomId" | "channelId" | "sender" | "relation"
  >,
): SealedPlace {
  return {
    roomId: roomId as RoomId,
    channelId: channelId as ChannelId,
    sender: sender as UserId,
    relation,
  };
}
