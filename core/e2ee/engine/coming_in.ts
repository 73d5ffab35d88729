import { MlsFault } from "../../mls/fault.ts";
import type { Group } from "../../mls/group.ts";
import { readGroupInfo, readWelcome } from "../../mls/readers.ts";
import { base64Of, fromBase64 } from "../bytes.ts";
import { advance } from "./commits.ts";
import { chance, type GroupLost } from "./core.ts";
import { GROUP_SALT_BYTES, makeGroupId } from "./group_name.ts";
import { renewals, viewGroup } from "./group_view.ts";
import { submit } from "./handing_in.ts";
import { findPackage, refillPackages } from "./key_packages.ts";
import { noteFork } from "./order_troubles.ts";
import type { StoreChange } from "./ports.ts";
import type { RoomBox } from "./room_box.ts";
import type { Pending } from "./room_store.ts";

const HOUR_MS = 3_600_000;
/** More than so many rejoins in an hour help nobody: something else is wrong. */
const MAX_REJOINS = 3;
/** The same of those that other devices' useless commits made necessary. */
const MAX_FORCED = 6;
/** Refusals in a row after which the interface says so; the device goes on asking. */
const MAX_REFUSALS = 5;
/** Races for the next epoch that are lost in a row before the device waits for the next word. */
const MAX_RACES = 8;
/** All that lost a group come in again at once: they spread over so long for each device of it (ms). */
const SPREAD_MS = 50;
const MAX_SPREAD_MS = 5000;
/** A device's own keys are renewed so long after a Welcome at the latest. */
const FIRST_RENEWAL_MS = HOUR_MS;

/** Into a room's group, as the server says that it stands: made, welcomed or from outside. */
export async function comeIn(box: RoomBox): Promise<void> {
  const view = await viewGroup(box);
  if (view === undefined) return box.well("sequencer_unreachable");
  if (view.state === "none") return await found(box);
  // What stands in the way is shown before this device is in, too.
  if (!box.meta.encrypted) await box.step({ meta: { encrypted: true } });
  await takeWelcomes(box);
  if (box.group !== undefined) return;
  if (view.state === "active") await rejoin(box);
  else box.trouble("sequencer_unreachable");
}

/** Makes the group, of this device alone; the others are added by its first commits. */
async function found(box: RoomBox): Promise<void> {
  const { core, roomId, meta } = box;
  if (meta.expected === undefined) return;
  const salt = core.ports.rng.bytes(GROUP_SALT_BYTES);
  const groupId = makeGroupId(roomId, meta.expected, salt);
  const group = await core.mls.create(groupId, core.device.keys);
  const body = {
    group_id: base64Of(groupId),
    group_info: base64Of(await core.mls.groupInfo(group)),
  };
  await submit(box, { hash: "", authHash: "", baseEpoch: -1, external: false, body, group });
  if (box.group !== undefined) await box.step({ meta: renewals(box) });
}

/** Takes the Welcomes that wait for this room; those that cannot be used are put away. */
async function takeWelcomes(box: RoomBox): Promise<void> {
  const { transport } = box.core.ports;
  const { welcomes } = await transport.call("listWelcomes", {});
  for (const item of welcomes.filter(({ room_id }) => room_id === box.roomId)) {
    if (box.group === undefined) await takeWelcome(box, item.welcome);
    await transport.call("ackWelcome", { params: { welcome_id: item.id } });
  }
}

async function takeWelcome(box: RoomBox, text: string): Promise<void> {
  const { core } = box;
  const bytes = fromBase64(text) ?? new Uint8Array();
  try {
    const found = await findPackage(core.ports.store, readWelcome(bytes).refs);
    if (found === undefined) throw new MlsFault("policy", "It is for no key package of ours");
    const group = await core.mls.join(bytes, found.own, core.device.keys);
    await box.checkMembers(group);
    await adopt(box, group, found.used);
    await box.step({ meta: renewals(box, FIRST_RENEWAL_MS) });
  } catch (error) {
    if (!(error instanceof MlsFault)) throw error;
    core.count("welcome_unusable");
    await refillPackages(core, core.device.keys);
  }
}

async function adopt(box: RoomBox, group: Group, also: readonly StoreChange[]): Promise<void> {
  await box.step({
    group,
    pending: null,
    meta: { encrypted: true, joinedEpoch: box.meta.joinedEpoch ?? group.epoch },
  }, also);
  cameIn(box);
  box.changed();
}

/** Whichever way it was, and whatever stood in it before. */
function cameIn(box: RoomBox): void {
  box.refusals = 0;
  box.barred = false;
  box.well("too_many_rejoins");
}

/**
 * Joins from outside, in place of this device's former leaf where there is one. `unfollowed`: the
 * epoch of another device's commit that made it necessary; the sequencer bounds those, and they are
 * counted apart. A race that is lost is no rejoin: whoever won it is in again, and the others try
 * later, by chance. Nor is one that was refused: the server may not have heard of the device or its
 * membership yet, and is asked again after a pause.
 */
async function rejoin(box: RoomBox, unfollowed?: number): Promise<void> {
  if (box.barred) return;
  const { core } = box;
  const nowMs = core.ports.clock.now();
  const isForced = unfollowed !== undefined;
  const before = isForced ? box.meta.forced ?? [] : box.meta.rejoins;
  const recent = before.filter((at) => nowMs - at < HOUR_MS);
  if (recent.length >= (isForced ? MAX_FORCED : MAX_REJOINS)) {
    box.trouble("too_many_rejoins");
    return;
  }
  const times = [...recent, nowMs];
  for (let attempt = 0; attempt < MAX_RACES; attempt++) {
    const view = await viewGroup(box);
    if (view?.state !== "active" || view.group_info === null) {
      core.count("no_group_info");
      return;
    }
    // Where the group has this device already, somebody let it in, and the Welcome came with what is
    // seen here: it opens what was sealed since, joining anew not.
    await takeWelcomes(box);
    if (box.group !== undefined) return;
    const pending = await outsidePending(box, view.group_info, unfollowed);
    const ended = await submit(box, pending, []);
    if (ended === "taken") {
      const counted = isForced ? { forced: times } : { rejoins: times };
      await box.step({ meta: { ...renewals(box), ...counted } });
      cameIn(box);
      return;
    }
    if (ended === "refused") {
      box.barred = true;
      if (++box.refusals >= MAX_REFUSALS) box.trouble("too_many_rejoins");
      return;
    }
    const spreadMs = Math.min(MAX_SPREAD_MS, view.leaves.length * SPREAD_MS);
    await core.ports.clock.sleep(chance(core) * spreadMs, core.signal);
  }
}

async function outsidePending(
  box: RoomBox,
  infoText: string,
  unfollowed: number | undefined,
): Promise<Pending> {
  const { core } = box;
  const info = fromBase64(infoText) ?? new Uint8Array();
  const facts = readGroupInfo(info);
  const { userId, id } = core.device;
  const former = await Promise.all(
    facts.leaves.map((leaf) => core.trust.certificateOf(leaf.credential, leaf.signatureKey)),
  );
  const resync = former.some((leaf) => leaf?.user === userId && leaf.device === id);
  const result = await core.mls.externalJoin(info, core.device.keys, { resync });
  await box.checkMembers(result.group);
  return {
    hash: base64Of(result.commitHash),
    authHash: base64Of(result.authHash),
    baseEpoch: facts.epoch,
    external: true,
    group: result.group,
    body: {
      base_epoch: facts.epoch,
      commit: base64Of(result.commit),
      group_info: base64Of(result.groupInfo),
      external: true,
      ...(unfollowed === undefined ? {} : { unfollowed }),
    },
  };
}

/** What this device knew of the group is of no use: out with it, and in again. */
export async function loseAndRejoin(box: RoomBox, lost: GroupLost): Promise<void> {
  box.core.count(lost.reason);
  if (lost.reason === "group_differs" && box.group !== undefined) {
    await noteFork(box, box.group.epoch);
  }
  await box.step({ group: null, pending: null });
  box.changed();
  await rejoin(box, lost.unfollowed);
  if (box.group !== undefined) await advance(box);
}
