import type { ChannelId } from "../ids/channel_id.ts";
import { encodeBase58Of16, encodeBase58Of32 } from "../ids/base58.ts";
import { type EventId, eventIdFromHash } from "../ids/event_id.ts";
import { signatureName } from "../ids/key_id.ts";
import { type RoomId, roomIdFromHash } from "../ids/room_id.ts";
import { sortEventIds } from "../ids/sort_event_ids.ts";
import { serverOf, type UserId } from "../ids/user_id.ts";
import type { Rng } from "../ports/rng.ts";
import { limits } from "../limits.ts";
import type {
  ControlEvent,
  ControlPdu,
  HeldEvent,
  Pdu,
  Signatures,
  TimelineEvent,
  TimelinePdu,
} from "./event.ts";
import { type Blake3, coreBytes, nobleBlake3, sealedBytes } from "./hash.ts";
import type { JsonObject } from "./json.ts";
import { canonicalFault } from "./json_write.ts";
import { envelopeFault } from "./envelope.ts";
import { fitsEvent } from "./fits_event.ts";
import { kindOf } from "./kinds.ts";
import { contentFault } from "./kinds/kind.ts";
import { type EventSigner, signEventHash } from "./sign.ts";

interface DraftBase {
  readonly type: string;
  readonly sender: UserId;
  /** Milliseconds since the epoch. */
  readonly originTs: number;
  readonly content: JsonObject;
  readonly prevEvents: readonly EventId[];
}

/** A control event before salt, hashes and signature. Lists may come in any order. */
export interface ControlDraft extends DraftBase {
  /** Absent on `m.room.create` alone. */
  readonly roomId?: RoomId;
  readonly stateKey?: string;
  readonly authEvents: readonly EventId[];
}

/** A timeline event before salt, hashes and signature. Lists may come in any order. */
export interface TimelineDraft extends DraftBase {
  readonly roomId: RoomId;
  readonly channelId: ChannelId;
  readonly stateRefs: readonly EventId[];
}

export interface BuildOptions {
  readonly signer: EventSigner;
  readonly rng: Rng;
  readonly blake3?: Blake3;
}

/** Our own draft is no valid event: content outside og-jcs or of another shape than its kind's, a malformed envelope, or too large. */
export class DraftError extends Error {
  override readonly name = "DraftError";
  constructor(readonly reason: "content" | "envelope" | "too_large", message: string) {
    super(message);
  }
}

/**
 * Stands where the signatures will be: with all fields in canonical order from the start, an
 * event is written by the engine's own writer.
 */
const UNSIGNED: Signatures = {};

/** What stands around a content: one level, and at most so many values of envelope and lists. */
const ENVELOPE = { depth: 1, nodes: 64 };

/** Builds, hashes and signs a control event. Throws DraftError. PROTOCOL.md 2 and 3. */
export function buildControlEvent(
  draft: ControlDraft,
  options: BuildOptions,
): Promise<ControlEvent> {
  const sealed = sealContent(draft, options);
  const pdu: ControlPdu = {
    auth_events: sortEventIds(draft.authEvents),
    content: draft.content,
    content_hash: sealed.hash,
    origin_server: serverOf(draft.sender),
    origin_ts: draft.originTs,
    prev_events: sortEventIds(draft.prevEvents),
    ...(draft.roomId === undefined ? undefined : { room_id: draft.roomId }),
    salt: sealed.salt,
    sender: draft.sender,
    signatures: UNSIGNED,
    ...(draft.stateKey === undefined ? undefined : { state_key: draft.stateKey }),
    type: draft.type,
  };
  return signDraft(
    hashUnsigned<ControlPdu>(pdu, { ...options, sealedSize: sealed.size }),
    options.signer,
  );
}

/** Builds, hashes and signs a timeline event. Throws DraftError. PROTOCOL.md 2 and 3. */
export function buildTimelineEvent(
  draft: TimelineDraft,
  options: BuildOptions,
): Promise<TimelineEvent> {
  return signDraft(hashTimelineDraft(draft, options), options.signer);
}

/** A hashed event without its signature: the next event can cite its id already. */
export interface HashedDraft<P extends Pdu> {
  readonly id: EventId;
  readonly hash: Uint8Array;
  /** Its `signatures` are empty. */
  readonly unsigned: P;
}

/** The part of building that needs no signature, and so never waits. Throws DraftError. */
export function hashTimelineDraft(
  draft: TimelineDraft,
  options: Omit<BuildOptions, "signer">,
): HashedDraft<TimelinePdu> {
  const sealed = sealContent(draft, options);
  const pdu: TimelinePdu = {
    channel_id: draft.channelId,
    content: draft.content,
    content_hash: sealed.hash,
    origin_server: serverOf(draft.sender),
    origin_ts: draft.originTs,
    prev_events: sortEventIds(draft.prevEvents),
    room_id: draft.roomId,
    salt: sealed.salt,
    sender: draft.sender,
    signatures: UNSIGNED,
    state_refs: sortEventIds(draft.stateRefs),
    type: draft.type,
  };
  return hashUnsigned<TimelinePdu>(pdu, { ...options, sealedSize: sealed.size });
}

function sealContent(draft: DraftBase, options: Omit<BuildOptions, "signer">) {
  const { type, content } = draft;
  const fault = canonicalFault(content, ENVELOPE);
  if (fault !== undefined) {
    const where = fault.path === "" ? "content" : `content.${fault.path}`;
    throw new DraftError("content", `Cannot build ${type}: ${where}: ${fault.message}`);
  }
  const kind = kindOf(type);
  const shapeFault = kind === undefined ? undefined : contentFault(kind, content);
  if (shapeFault !== undefined) throw new DraftError("content", `Cannot build ${shapeFault}`);
  const salt = encodeBase58Of16(options.rng.bytes(limits.event.saltBytes));
  const bytes = sealedBytes(content, salt);
  const blake3 = options.blake3 ?? nobleBlake3;
  return { salt, size: bytes.length, hash: encodeBase58Of32(blake3(bytes)) };
}

function hashUnsigned<P extends Pdu>(
  unsigned: P,
  options: { readonly sealedSize: number; readonly blake3?: Blake3 },
): HashedDraft<P> {
  const fault = envelopeFault(unsigned as unknown as JsonObject, { sealedHere: true });
  if (fault !== undefined) {
    throw new DraftError("envelope", `Cannot build ${unsigned.type}: ${fault}`);
  }
  const core = coreBytes(unsigned);
  // Together they hold everything at least once: an exact count is needed near the bound alone.
  if (core.length + options.sealedSize > limits.event.maxBytes && !fitsEvent(unsigned)) {
    const message = `it is larger than ${limits.event.maxBytes} bytes`;
    throw new DraftError("too_large", `Cannot build ${unsigned.type}: ${message}`);
  }
  const hash = (options.blake3 ?? nobleBlake3)(core);
  return { id: eventIdFromHash(hash), hash, unsigned };
}

/** Signs a hashed draft and makes it the event it will be for ever. */
export async function signDraft<P extends Pdu>(
  draft: HashedDraft<P>,
  signer: EventSigner,
): Promise<HeldEvent<P>> {
  const { id, hash, unsigned: pdu } = draft;
  const signature = await signEventHash(hash, signer);
  const signatures = { [pdu.origin_server]: { [signatureName(signer.keyId)]: signature } };
  return {
    id,
    hash,
    roomId: pdu.room_id ?? roomIdFromHash(hash),
    pdu: { ...pdu, signatures },
    withheld: false,
  };
}
