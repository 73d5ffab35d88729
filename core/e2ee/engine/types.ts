import type { Relation } from "../../event/kinds/relation.ts";
import type { SealedDraft, SealedPayload } from "../payload.ts";
import type { CallBundle, CallChange, CallPlace, CallView } from "../voice/call_keys.ts";
import type { SealedObject } from "./calls.ts";

/** Whose room it is. A DM's group holds its two users and nobody else, for good. */
export type RoomKind =
  | { readonly kind: "dm"; readonly users: readonly [string, string] }
  | { readonly kind: "channel" };

/** How far this device is. */
export type DevicePhase =
  /** Nothing is set up; `setUp` makes it. */
  | "new"
  /** The user has an identity made elsewhere: restore it or have this device approved. */
  | "unapproved"
  | "ready"
  /** Taken off the list of devices; its keys are of no use any more. */
  | "removed";

export interface DeviceState {
  readonly phase: DevicePhase;
  readonly userId: string;
  readonly deviceId: string | undefined;
  /** The user's own master key, base64. */
  readonly msk: string | undefined;
  readonly backup: "none" | "on" | "unreadable" | "rolled_back";
}

/** Why sending in a room stopped, or what a person should know. Texts belong to the interface. */
export type RoomReason =
  /** The server that orders the group's changes does not answer. Messages go on. */
  | "sequencer_unreachable"
  /** Somebody who must go has not been removed yet; this device is at it. */
  | "removal_pending"
  /** A verified contact has another identity: accept it, or do not send. */
  | "identity_changed"
  /** What a server says of the order of changes is not proven: this device does not follow it. */
  | "order_disputed"
  /** Somebody is in the group who does not belong there. */
  | "unexpected_member"
  /** Three rejoins in an hour did not help, or five in a row were refused. */
  | "too_many_rejoins"
  /** This device has no approval yet. */
  | "device_not_ready"
  /** Nobody in the group but this user; the others have no device yet. */
  | "waiting_for_devices";

/** `paused` without a reason: the user is no member of the room any more. */
export type RoomPhase = "plain" | "starting" | "encrypted" | "reconnecting" | "paused";

export interface RoomState {
  readonly roomId: string;
  readonly phase: RoomPhase;
  readonly reasons: readonly RoomReason[];
  /** `verified`: every user in the group is verified and so is each of their devices. */
  readonly trust: "none" | "encrypted" | "verified";
  readonly epoch: number | undefined;
  /** Users concerned by `identity_changed` or `unexpected_member`. */
  readonly users: readonly string[];
  /** The server meant by `sequencer_unreachable`. */
  readonly server: string | undefined;
  /** Messages that wait for their key. */
  readonly missing: number;
}

/** Something that was found out about a room's group, and is kept. */
export interface HealthProblem {
  readonly kind:
    /** A sequencer signed two receipts for one epoch: it told two stories. Both are proof. */
    | "two_stories"
    /** Changes of a server that was away too long do not count; another one had taken over. */
    | "void_changes"
    /** A receipt does not name the one before it, though both are of one server. */
    | "broken_chain"
    /** A receipt or take-over that is not signed by whom it should be; it was not followed. */
    | "bad_receipt"
    /** A member's device changed the group so that this device could not follow. */
    | "useless_commit"
    /** A member shared keys of messages that those do not open with. */
    | "false_keys";
  readonly epoch: number;
  /** The server that is meant. */
  readonly server?: string;
  /** The user and device that are meant. */
  readonly user?: string;
  readonly device?: string;
  /** When it was found out, ms. */
  readonly atMs: number;
}

/** Who orders a room's group, and how far what servers say of it holds. */
export interface RoomHealth {
  readonly roomId: string;
  /** The server that orders the group's changes; undefined: not known yet. */
  readonly sequencer: string | undefined;
  /** Servers that ordered it before, the first one first. */
  readonly former: readonly string[];
  /** Servers that take over when it is gone, in this order. */
  readonly successors: readonly string[];
  readonly term: number;
  /** Changes wait: the server that orders them does not answer. */
  readonly paused: boolean;
  /** `checked`: this device verified the last receipt; `unchecked`: it could not get the key. */
  readonly receipts: "none" | "checked" | "unchecked";
  /** What people compare, see `roomCode`; undefined: this device is not in the group. */
  readonly code: string | undefined;
  /** The latest first. */
  readonly problems: readonly HealthProblem[];
}

/** A file of a sealed message, as its payload names it. */
export interface SealedFile {
  readonly uri: string;
  /** Base64 of 32 bytes. */
  readonly key: string;
  /** Base64 SHA-256 of the ciphertext. */
  readonly hash: string;
}

/** Which message is to be opened. For edits: the event that carries the newest text. */
export interface SealedMessage {
  readonly roomId: string;
  readonly channelId: string;
  readonly eventId: string;
  readonly sender: string;
  readonly sealed: SealedObject;
  /** `relates_to` of the event that carries it: of the edit, where there is one. */
  readonly relation: Relation | undefined;
}

export type OpenFault =
  /** Its key is on the way: from the feed, the backup or another device. */
  | "restoring"
  /** Sent before this device was in the group, and no archive has it. */
  | "before_join"
  /** What it says of its sender is not true. */
  | "not_genuine"
  /** Its key or text is damaged, or it was shown once already under another name. */
  | "damaged"
  /** No device that was asked has its key. */
  | "lost"
  /** This device is not set up. */
  | "device_not_ready";

export type Opened =
  | {
    readonly payload: SealedPayload;
    /** The sending device, where it is known; content keys out of a backup have none. */
    readonly device: string | undefined;
  }
  | { readonly fault: OpenFault; readonly retry: boolean };

/** Why `seal` refuses. */
export class SealRefused extends Error {
  override readonly name = "SealRefused";

  constructor(readonly reason: RoomReason | "not_encrypted" | "offline", message: string) {
    super(message);
  }
}

export interface KnownDevice {
  readonly device: string;
  readonly current: boolean;
  /** Its certificate is signed by its user's identity. */
  readonly certified: boolean;
}

export interface KnownUser {
  readonly userId: string;
  /** Pinned master key, base64; undefined: never seen. */
  readonly msk: string | undefined;
  readonly verified: boolean;
  /** The new master key that waits for acceptance, base64. */
  readonly changedTo: string | undefined;
  readonly devices: readonly KnownDevice[];
}

/** A message that a search found, as this device read it. */
export interface FoundText {
  readonly eventId: string;
  readonly sender: string;
  /** When it was said, or edited, ms. */
  readonly ts: number;
  readonly text: string;
}

export interface SearchPage {
  /** The latest first. */
  readonly found: readonly FoundText[];
  readonly hasMore: boolean;
  /** Messages that were looked through so far. */
  readonly read: number;
  /** False: there is more to look through, by `readTexts`. */
  readonly complete: boolean;
}

export type EngineChange =
  | { readonly what: "device" }
  | { readonly what: "room"; readonly roomId: string }
  /** Keys of these events came: messages that could not be opened can be. */
  | { readonly what: "keys"; readonly roomId: string; readonly eventIds: readonly string[] }
  /** Why these events do not open was found out: whoever shows them as awaited shows that. */
  | { readonly what: "closed"; readonly roomId: string; readonly eventIds: readonly string[] }
  | { readonly what: "user"; readonly userId: string }
  | { readonly what: "verification"; readonly id: string }
  | { readonly what: "backup" }
  /** More of a room can be searched. */
  | { readonly what: "texts"; readonly roomId: string }
  /** A restore runs: content keys so far, and in all as far as is known. */
  | { readonly what: "restore"; readonly done: number; readonly total: number };

/** How sharing of history went: how many keys were sent; `waiting`: nobody of theirs is in yet. */
export type ShareResult =
  | { readonly kind: "shared"; readonly keys: number }
  | { readonly kind: "waiting" }
  /** This device can read nothing of that span. */
  | { readonly kind: "nothing" };

/** Counters without content, by reason. */
export type EngineCounters = Readonly<Record<string, number>>;

export type SlotKind = "recovery_key" | "passphrase" | "passkey";

/** What a person opens the backup with. `passkey`: the 32 bytes that its PRF gave. */
export type BackupSecret =
  | { readonly recoveryKey: string }
  | { readonly passphrase: string }
  | { readonly passkey: Uint8Array };

/** The passkey of a slot, and what its PRF is asked with (32 bytes). */
export interface PasskeyWay {
  readonly credentialId: Uint8Array;
  readonly prfInput: Uint8Array;
}

/** How the backup stands. */
export interface BackupState {
  readonly slots: readonly SlotKind[];
  readonly savedTs: number | undefined;
  /** Content keys in the backup, as far as this device knows. */
  readonly keys: number;
  /** Content keys that are not in it yet. */
  readonly waiting: number;
  readonly bytes: number;
  readonly maxBytes: number;
}

export type CancelReason =
  | "refused"
  | "mismatch"
  | "timeout"
  | "other_device"
  | "unsupported"
  | "failed";

/** A verification that runs, as the interface shows it. */
export interface Verification {
  readonly id: string;
  readonly userId: string;
  /** Undefined until one of the asked devices answers. */
  readonly deviceId: string | undefined;
  /** Who began: this device, or the other one. */
  readonly begunHere: boolean;
  /** By a code that one device shows and another scans: one number is compared, no pictures. */
  readonly byCode: boolean;
  readonly phase: "asked" | "compare" | "waiting" | "done" | "cancelled";
  readonly emoji: readonly { readonly emoji: string; readonly name: string }[] | undefined;
  readonly decimals: readonly number[] | undefined;
  readonly reason: CancelReason | undefined;
}

/**
 * One device's end of the encryption. Every method that reads or changes a group runs in that
 * room's queue; state is written before anything leaves.
 */
export interface DeviceEngine extends AsyncDisposable {
  /** Opens what is stored and follows the gateway. Makes nothing. */
  start(): Promise<void>;
  state(): DeviceState;
  rooms(): readonly RoomState[];
  room(roomId: string): RoomState;
  /** What this device found out about the order of a room's changes; a change is told as `room`. */
  health(roomId: string): Promise<RoomHealth>;
  onChange(listener: (change: EngineChange) => void): () => void;
  counters(): EngineCounters;

  /**
   * Makes this device usable: identity on the first device, certificate, registration, key
   * packages. Again is harmless. Ends `unapproved` where the identity was made elsewhere.
   */
  setUp(options: { readonly name: string }): Promise<DeviceState>;

  /** Begins encryption of a room, or waits for it to be begun by another device. */
  enable(roomId: string, kind: RoomKind): Promise<RoomState>;
  /**
   * Whose room it is, as the person sees it; a group that says otherwise is refused. Call it for
   * each encrypted DM before `sync`.
   */
  expect(roomId: string, kind: RoomKind): Promise<void>;
  /** Brings a room up to date: commits, Welcomes, what is wanted, the key feed. */
  sync(roomId: string): Promise<RoomState>;
  /**
   * Seals a payload for sendMessage, editMessage or addReaction (`sealed`, `media`).
   * Where the server then answers `stale_epoch`, seal again.
   * @throws SealRefused
   */
  seal(
    roomId: string,
    channelId: string,
    payload: SealedDraft,
    options?: {
      /** `relates_to` of the event that will carry it. */
      readonly relation?: Relation;
    },
  ): Promise<{ readonly sealed: SealedObject; readonly media: readonly string[] }>;
  /** Opens from the archive; waits for the network `waitMs` (default 0) at the most. */
  open(message: SealedMessage, options?: { readonly waitMs?: number }): Promise<Opened>;

  /**
   * Gives the keys of what was said in the last `spanMs` to the devices of a member, and says so in
   * the room. Where none of them is in the group yet it is done as soon as one is.
   * @throws SealRefused, CallRefused, ServerUnreachable, RangeError
   */
  shareHistory(
    roomId: string,
    share: { readonly channelId: string; readonly to: string; readonly spanMs: number },
  ): Promise<ShareResult>;

  /**
   * The content keys of some messages or edits, for a report: what opens these and no others.
   * Those that this device does not have are left out.
   */
  disclose(
    roomId: string,
    eventIds: readonly string[],
  ): Promise<readonly { readonly event_id: string; readonly key: string }[]>;

  /**
   * Looks through what was said in a room since the last time, so that it can be searched; the
   * first time that is all of it. Changes `texts` say how far it is.
   * @throws CallRefused, ServerUnreachable: what was read until then can be searched
   */
  readTexts(roomId: string): Promise<void>;
  /** Messages that hold all words of a query, out of those that were looked through. */
  search(
    roomId: string,
    query: string,
    options?: { readonly skip?: number; readonly limit?: number },
  ): Promise<SearchPage>;
  /** Takes messages that were deleted out of what is searched. */
  forgetTexts(roomId: string, eventIds: readonly string[]): Promise<void>;

  devices(userId: string): Promise<KnownUser>;
  /** Trusts the user's new identity; sending goes on. */
  acceptIdentity(userId: string): Promise<void>;

  /**
   * Asks another device (of this user or another; `*`: all of them, the first answer counts) to
   * compare emoji. Between one's own devices the end hands the identity and the backup's key over.
   * @returns its id
   */
  startVerification(userId: string, deviceId: string): Promise<string>;
  verifications(): readonly Verification[];
  acceptVerification(id: string): Promise<void>;
  /** The person says that both show the same. */
  confirmVerification(id: string): Promise<void>;
  /** Without a reason: refused, or where something was compared already, a mismatch. */
  cancelVerification(
    id: string,
    reason?: Extract<CancelReason, "refused" | "mismatch">,
  ): Promise<void>;
  /**
   * The text of a QR code that a new device of this user scans, or a device of somebody, whose
   * identity this device knows.
   */
  showCode(userId?: string): Promise<{ readonly id: string; readonly text: string }>;
  /** On that other device; `userId`: the person who shows it. @returns the verification's id */
  scanCode(text: string, userId?: string): Promise<string>;

  backupState(): Promise<BackupState | undefined>;
  /**
   * Makes the backup with its first slot; where there is one, a new recovery key for the old one.
   * @returns the recovery key, to be shown once
   */
  createBackup(): Promise<{ readonly recoveryKey: string }>;
  /** A further slot for the same backup, in place of the former passphrase. */
  addPassphrase(passphrase: string): Promise<void>;
  /** The same for a passkey with a PRF, which gave `prf`; it is no way to rely on alone. */
  addPasskey(passkey: PasskeyWay & { readonly prf: Uint8Array }): Promise<void>;
  /** What the passkey of the backup must be asked; undefined: there is none. */
  passkeyWay(): Promise<PasskeyWay | undefined>;
  /** @throws RangeError where it is the last one */
  removeSlot(kind: SlotKind): Promise<void>;
  /** Opens the backup on this device: identity, pins and content keys; certifies the device. */
  restore(secret: BackupSecret): Promise<{ readonly keys: number }>;
  /**
   * A new identity in place of a lost one: loud for everybody who verified the old one. This
   * device is certified with it; the backup begins anew.
   */
  resetIdentity(): Promise<void>;

  /** The keys of calls; what each method promises is said at `CallKeys`. `stay` names one stay. */
  openCall(stay: string, place: CallPlace): Promise<string>;
  foundCall(stay: string): Promise<
    { readonly groupId: string; readonly groupInfo: string; readonly view: CallView }
  >;
  joinCallFromOutside(stay: string, groupInfo: string): Promise<CallBundle>;
  commitCall(stay: string, change: CallChange): Promise<CallBundle | undefined>;
  takeCall(
    stay: string,
    given: { readonly commit: string } | { readonly welcome: string },
  ): Promise<CallView | undefined>;
  dropCallCommit(stay: string): Promise<void>;
  endCall(stay: string): Promise<void>;
}
