import type { Group } from "../../mls/group.ts";
import { MlsFault } from "../../mls/fault.ts";
import type { Mls } from "../../mls/mls.ts";
import type { DeviceKeys, OwnKeyPackage } from "../../mls/key_package.ts";
import { readKeyPackage } from "../../mls/readers.ts";
import type { Clock } from "../../ports/clock.ts";
import { base64Of, equalBytes, framed, fromBase64, utf8 } from "../bytes.ts";
import type { Certificate } from "../certificate.ts";
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

/** A device in the call, by its certificate. */
export interface CallDevice extends DeviceRef {
  readonly leaf: number;
  /** How its user's identity stands to what this device knows of it. */
  readonly trust: "verified" | "known" | "changed";
}

/** What an epoch of the call's group is for this device. */
export interface CallView {
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
  readonly trust: Trust;
  /** What this device signs with. Throws where it has no certificate. */
  keys(): DeviceKeys;
}

interface Call {
  readonly turn: Turn;
  keyPackage: OwnKeyPackage | undefined;
  group: Group | undefined;
  pending: { readonly commit: Uint8Array; readonly group: Group } | undefined;
}

/**
 * The MLS groups of calls, one for each. They live in memory alone: a device whose state is gone
 * joins its call anew. Whose devices they hold is what their certificates say. PROTOCOL.md 14.
 */
export class CallKeys {
  readonly #calls = new Map<string, Call>();

  constructor(readonly parts: CallKeysParts) {}

  /** A key package for being added to this call, base64. The one before is of no use any more. */
  package(call: string): Promise<string> {
    return this.#run(call, async (held) => {
      const nowMs = this.parts.clock.now();
      held.keyPackage = await this.parts.mls.keyPackage(this.parts.keys(), {
        notBeforeMs: nowMs - DAY_MS,
        notAfterMs: nowMs + DAY_MS,
      });
      return base64Of(held.keyPackage.publicBytes);
    });
  }

  /** Begins the call's group: this device is the first in it. */
  begin(call: string): Promise<{ readonly view: CallView; readonly groupInfo: string }> {
    return this.#run(call, async (held) => {
      const { mls } = this.parts;
      held.group = await mls.create(groupIdOf(call), this.parts.keys());
      held.pending = undefined;
      return {
        view: await this.#view(held.group),
        groupInfo: base64Of(await mls.groupInfo(held.group)),
      };
    });
  }

  /**
   * A commit that makes this change, or undefined where there is nothing to change. Devices whose
   * key package is not theirs are left out. It counts after `take` has been given it back.
   */
  commit(call: string, change: CallChange): Promise<CallBundle | undefined> {
    return this.#run(call, async (held) => {
      const { group } = held;
      if (group === undefined) throw noGroup(call);
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
      held.pending = { commit: made.commit, group: made.group };
      return {
        baseEpoch: group.epoch,
        commit: base64Of(made.commit),
        welcome: made.welcome && base64Of(made.welcome),
        groupInfo: base64Of(made.groupInfo),
      };
    });
  }

  /**
   * Follows what the server ordered: a commit of this device or another, or the Welcome that lets
   * it in. @returns the epoch as it is now; undefined where this device is out, or where it is of
   * an epoch that is past. @throws MlsFault where it cannot follow: it must join anew.
   */
  take(
    call: string,
    given: { readonly commit: string } | { readonly welcome: string },
  ): Promise<CallView | undefined> {
    return this.#run(call, async (held) => {
      const group = "welcome" in given
        ? await this.#joined(call, held, bytesOf(given.welcome))
        : await this.#followed(call, held, bytesOf(given.commit));
      held.pending = undefined;
      held.group = group === undefined || group.removed ? undefined : group;
      return held.group && await this.#view(held.group);
    });
  }

  /** The server took somebody else's commit for this epoch, or refused. */
  drop(call: string): Promise<void> {
    return this.#run(call, (held) => {
      held.pending = undefined;
      return Promise.resolve();
    });
  }

  /** The call is over for this device: its keys are forgotten. */
  end(call: string): Promise<void> {
    this.#calls.delete(call);
    return Promise.resolve();
  }

  async #joined(call: string, held: Call, welcome: Uint8Array): Promise<Group> {
    if (held.keyPackage === undefined) throw noGroup(call);
    const { mls } = this.parts;
    const group = await mls.join(welcome, held.keyPackage, this.parts.keys());
    if (!equalBytes(group.groupId, groupIdOf(call))) {
      throw new MlsFault("other_group", `A Welcome of another call came for call ${call}`);
    }
    held.keyPackage = undefined;
    return group;
  }

  async #followed(call: string, held: Call, commit: Uint8Array): Promise<Group | undefined> {
    if (held.group === undefined) throw noGroup(call);
    if (held.pending !== undefined && equalBytes(held.pending.commit, commit)) {
      return held.pending.group;
    }
    return (await this.parts.mls.process(held.group, commit)).group;
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
    await trust.observe(certificates.map(({ user, msk }) => ({ user, msk })));
    const changed = trust.changedIn(certificates);
    return {
      epoch: group.epoch,
      baseKey: (await mls.exportSecret(group, EXPORT_LABEL, utf8(""), SFRAME_KEY_BYTES)).slice(),
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

  #run<T>(call: string, step: (held: Call) => Promise<T>): Promise<T> {
    const present = this.#calls.get(call);
    if (present !== undefined) return present.turn.run(() => step(present));
    const made: Call = {
      turn: new Turn(),
      keyPackage: undefined,
      group: undefined,
      pending: undefined,
    };
    this.#calls.set(call, made);
    for (const old of [...this.#calls.keys()].slice(0, -MAX_CALLS)) this.#calls.delete(old);
    return made.turn.run(() => step(made));
  }
}

/** Names the call, so that no Welcome of another one can be given for it. */
function groupIdOf(call: string): Uint8Array<ArrayBuffer> {
  return framed("openguild/call/1", call);
}

function noGroup(call: string): MlsFault {
  return new MlsFault("other_group", `This device holds no group of call ${call}: join it anew`);
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return fromBase64(text) ?? new Uint8Array();
}
