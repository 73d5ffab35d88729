import { sha256 } from "@noble/hashes/sha2.js";
import type { CommitResult } from "../../mls/commits.ts";
import type { Group } from "../../mls/group.ts";
import { MlsFault } from "../../mls/fault.ts";
import type { Mls } from "../../mls/mls.ts";
import type { DeviceKeys, OwnKeyPackage } from "../../mls/key_package.ts";
import { readGroupInfo, readKeyPackage } from "../../mls/readers.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Rng } from "../../ports/rng.ts";
import { base64Of, concat, equalBytes, framed, fromBase64 } from "../bytes.ts";
import { type Certificate, readCertificate } from "../certificate.ts";
import type { DeviceRef } from "../engine/calls.ts";
import type { Trust } from "../engine/trust.ts";
import { Turn } from "../engine/turn.ts";
import { roomCode } from "../safety_number.ts";
import { SFRAME_KEY_BYTES } from "./sframe.ts";

/** RFC 9605 5.2. */
const EXPORT_LABEL = "SFrame 1.0 Base Key";
const DAY_MS = 24 * 3_600_000;
/** Calls that one device holds keys of at a time: the one it is in, and those that just end. */
const MAX_CALLS = 4;
/** What makes each group of a channel another one. */
const GROUP_SALT_BYTES = 16;

/** A device in the call, by its certificate. */
export interface CallDevice extends DeviceRef {
  readonly leaf: number;
  /** How its user's identity stands to what this device knows of it. */
  readonly trust: "verified" | "known" | "changed";
}

/** What an epoch of the call's group is for this device. */
export interface CallView {
  /** Hex. */
  readonly groupId: string;
  readonly epoch: number;
  readonly baseKey: Uint8Array<ArrayBuffer>;
  readonly ownLeaf: number;
  readonly devices: readonly CallDevice[];
  /** 30 digits, the same for everybody in the epoch and for nobody else. */
  readonly code: string;
}

/** A commit that waits for the server's word, base64. */
export interface CallBundle {
  readonly baseEpoch: number;
  readonly commit: string;
  /** For all devices that it adds. */
  readonly welcome: string | undefined;
  readonly groupInfo: string;
}

/** Who comes into a call and who is out of it. */
export interface CallChange {
  readonly add: readonly (DeviceRef & { readonly keyPackage: string })[];
  readonly remove: readonly DeviceRef[];
}

export interface CallKeysParts {
  readonly mls: Mls;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly trust: Trust;
  /** What this device signs with. Throws where it has no certificate. */
  keys(): DeviceKeys;
}

/** The voice channel that a call is in. */
export interface CallPlace {
  readonly roomId: string;
  readonly channelId: string;
}

interface Call {
  readonly turn: Turn;
  readonly place: CallPlace;
  keyPackage: OwnKeyPackage | undefined;
  group: Group | undefined;
  pending: { readonly commit: Uint8Array; readonly group: Group } | undefined;
}

/**
 * The MLS groups of calls, one for each stay in one, by a name of the caller's. They live in memory
 * alone: a device whose state is gone joins anew. Whose devices they hold is what their
 * certificates say. PROTOCOL.md, "Voice".
 */
export class CallKeys {
  readonly #calls = new Map<string, Call>();

  constructor(readonly parts: CallKeysParts) {}

  /** Begins a stay. @returns a key package, base64, by which others add this device */
  async open(stay: string, place: CallPlace): Promise<string> {
    const nowMs = this.parts.clock.now();
    const keyPackage = await this.parts.mls.keyPackage(this.parts.keys(), {
      notBeforeMs: nowMs - DAY_MS,
      notAfterMs: nowMs + DAY_MS,
    });
    this.#calls.set(stay, {
      turn: new Turn(),
      place,
      keyPackage,
      group: undefined,
      pending: undefined,
    });
    for (const old of [...this.#calls.keys()].slice(0, -MAX_CALLS)) this.#calls.delete(old);
    return base64Of(keyPackage.publicBytes);
  }

  /** Makes the call's group, with this device alone in it. It counts when the server took it. */
  found(
    stay: string,
  ): Promise<{ readonly groupId: string; readonly groupInfo: string; readonly view: CallView }> {
    return this.#run(stay, async (held) => {
      const { mls, rng } = this.parts;
      const groupId = concat(nameOf(held.place), rng.bytes(GROUP_SALT_BYTES));
      held.group = await mls.create(groupId, this.parts.keys());
      held.pending = undefined;
      return {
        groupId: base64Of(groupId),
        groupInfo: base64Of(await mls.groupInfo(held.group)),
        view: await this.#view(held.group),
      };
    });
  }

  /** A commit by which this device comes in by itself: nobody added it, or its state is lost. */
  joinFromOutside(stay: string, groupInfo: string): Promise<CallBundle> {
    return this.#run(stay, async (held) => {
      const info = bytesOf(groupInfo);
      const facts = readGroupInfo(info);
      demandPlace(facts.groupId, held.place);
      const keys = this.parts.keys();
      const own = readCertificate(keys.credential);
      const resync = facts.leaves.some(({ credential }) => {
        const owner = readCertificate(credential);
        return owner?.user === own?.user && owner?.device === own?.device;
      });
      const made = await this.parts.mls.externalJoin(info, keys, { resync });
      await this.#view(made.group);
      return hold(held, facts.epoch, made);
    });
  }

  /**
   * A commit that makes this change, or undefined where there is nothing to change. Devices whose
   * key package is not theirs are left out. It counts after `take` has been given it back.
   */
  commit(stay: string, change: CallChange): Promise<CallBundle | undefined> {
    return this.#run(stay, async (held) => {
      const { group } = held;
      if (group === undefined) throw noGroup();
      const devices = (await this.#view(group)).devices;
      const packages = await this.#packages(change.add);
      // A device that lost its state comes anew: its former leaf goes with the same commit.
      const gone = [...change.remove, ...packages];
      const remove = devices.filter(({ leaf, user, device }) =>
        leaf !== group.ownLeaf && gone.some((one) => one.user === user && one.device === device)
      ).map(({ leaf }) => leaf);
      if (remove.length === 0 && packages.length === 0) return undefined;
      const made = await this.parts.mls.commit(group, {
        add: packages.map(({ bytes }) => bytes),
        remove,
      });
      return hold(held, group.epoch, made);
    });
  }

  /**
   * Follows what the server ordered: a commit of this device or another, or the Welcome that lets
   * it in. @returns the epoch as it is now; undefined where this device is out.
   * @throws MlsFault where it cannot follow: then it joins from outside.
   */
  take(
    stay: string,
    given: { readonly commit: string } | { readonly welcome: string },
  ): Promise<CallView | undefined> {
    return this.#run(stay, async (held) => {
      const group = "welcome" in given
        ? await this.#joined(held, bytesOf(given.welcome))
        : await this.#followed(held, bytesOf(given.commit));
      const view = group.removed ? undefined : await this.#view(group);
      held.pending = undefined;
      held.group = view && group;
      return view;
    });
  }

  /** The server refused what this device made: somebody else's came first. */
  drop(stay: string): Promise<void> {
    return this.#run(stay, (held) => {
      held.pending = undefined;
      return Promise.resolve();
    });
  }

  /** The stay is over: its keys are forgotten. */
  end(stay: string): Promise<void> {
    this.#calls.delete(stay);
    return Promise.resolve();
  }

  async #joined(held: Call, welcome: Uint8Array): Promise<Group> {
    if (held.keyPackage === undefined) throw noGroup();
    const group = await this.parts.mls.join(welcome, held.keyPackage, this.parts.keys());
    demandPlace(group.groupId, held.place);
    held.keyPackage = undefined;
    return group;
  }

  async #followed(held: Call, commit: Uint8Array): Promise<Group> {
    const { group, pending } = held;
    if (pending !== undefined && equalBytes(pending.commit, commit)) return pending.group;
    if (group === undefined) throw noGroup();
    return (await this.parts.mls.process(group, commit)).group;
  }

  async #packages(wanted: CallChange["add"]) {
    const good: (DeviceRef & { readonly bytes: Uint8Array })[] = [];
    for (const { user, device, keyPackage } of wanted) {
      const bytes = bytesOf(keyPackage);
      const certificate = await this.#certificateIn(bytes);
      if (certificate?.user !== user || certificate.device !== device) continue;
      good.push({ user, device, bytes });
    }
    return good;
  }

  async #certificateIn(bytes: Uint8Array): Promise<Certificate | undefined> {
    try {
      const { credential, signatureKey } = readKeyPackage(bytes);
      return await this.parts.trust.certificateOf(credential, signatureKey, { fresh: true });
    } catch (error) {
      if (error instanceof MlsFault) return undefined;
      throw error;
    }
  }

  async #view(group: Group): Promise<CallView> {
    const { mls, trust } = this.parts;
    const members: { readonly leaf: number; readonly certificate: Certificate }[] = [];
    for (const { leaf, credential, signatureKey } of group.leaves()) {
      const certificate = await trust.certificateOf(credential, signatureKey);
      if (certificate === undefined) {
        throw new MlsFault("policy", `Leaf ${leaf} of a call shows no certificate that holds`);
      }
      members.push({ leaf, certificate });
    }
    const certificates = members.map(({ certificate }) => certificate);
    await trust.observe(certificates.map(({ user, msk }) => ({ user, msk })), {
      inGroup: true,
    });
    const changed = trust.changedIn(certificates);
    return {
      groupId: group.groupId.toHex(),
      epoch: group.epoch,
      baseKey: (await mls.exportSecret(group, EXPORT_LABEL, new Uint8Array(), SFRAME_KEY_BYTES))
        .slice(),
      ownLeaf: group.ownLeaf,
      devices: members.map(({ leaf, certificate }) => ({
        leaf,
        user: certificate.user,
        device: certificate.device,
        trust: changed.includes(certificate.user) ? "changed" : trust.standing(certificate),
      })),
      code: roomCode(group.authenticator),
    };
  }

  #run<T>(stay: string, step: (held: Call) => Promise<T>): Promise<T> {
    const held = this.#calls.get(stay);
    return held === undefined ? Promise.reject(noGroup()) : held.turn.run(() => step(held));
  }
}

function hold(held: Call, baseEpoch: number, made: CommitResult): CallBundle {
  held.pending = { commit: made.commit, group: made.group };
  return {
    baseEpoch,
    commit: base64Of(made.commit),
    welcome: made.welcome && base64Of(made.welcome),
    groupInfo: base64Of(made.groupInfo),
  };
}

/** Names the channel, so that no group of another one can be given for it. */
function nameOf({ roomId, channelId }: CallPlace): Uint8Array {
  return sha256(framed("openguild/call/1", roomId, channelId));
}

function demandPlace(groupId: Uint8Array, place: CallPlace): void {
  const name = nameOf(place);
  if (
    groupId.length === name.length + GROUP_SALT_BYTES &&
    equalBytes(groupId.subarray(0, name.length), name)
  ) return;
  throw new MlsFault("other_group", `A group of another place came for ${place.channelId}`);
}

function noGroup(): MlsFault {
  return new MlsFault("other_group", "This device holds no group of the call: join it anew");
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return fromBase64(text) ?? new Uint8Array();
}
