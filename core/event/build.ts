import type { ChannelId } from "../ids/channel_id.ts";
import { encodeBase58Of16 } from "../ids/base58.ts";
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
  TimelineEvent,
  TimelinePdu,
} from "./event.ts";
import { type Blake3, contentHash, eventHash, nobleBlake3 } from "./hash.ts";
import type { JsonObject } from "./json.ts";
import { canonicalFault, writeCanonical } from "./json_write.ts";
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

/** Our own draft is not a valid event: a value outside og-jcs, or too large. */
export class DraftError extends Error {
  override readonly name = "DraftError";
  constructor(readonly reason: "content" | "too_large", message: string) {
    super(message);
  }
}

/** What stands around a content: one level, and at most so many values of envelope and lists. */
const ENVELOPE = { depth: 1, nodes: 64 };

type Unsigned<P extends Pdu> = Omit<P, "signatures">;

/** Builds, hashes and signs a control event. Throws DraftError. PROTOCOL.md 2 and 3. */
export function buildControlEvent(
  draft: ControlDraft,
  options: BuildOptions,
): Promise<ControlEvent> {
  const { content, salt, hashOfContent } = sealContent(draft, options);
  const unsigned: Unsigned<ControlPdu> = {
    auth_events: sortEventIds(draft.authEvents),
    content,
    content_hash: hashOfContent,
    origin_server: serverOf(draft.sender),
    origin_ts: draft.originTs,
    prev_events: sortEventIds(draft.prevEvents),
    ...(draft.roomId === undefined ? {} : { room_id: draft.roomId }),
    salt,
    sender: draft.sender,
    ...(draft.stateKey === undefined ? {} : { state_key: draft.stateKey }),
    type: draft.type,
  };
  return finish<ControlPdu>(unsigned, options);
}

/** Builds, hashes and signs a timeline event. Throws DraftError. PROTOCOL.md 2 and 3. */
export function buildTimelineEvent(
  draft: TimelineDraft,
  options: BuildOptions,
): Promise<TimelineEvent> {
  const { content, salt, hashOfContent } = sealContent(draft, options);
  const unsigned: Unsigned<TimelinePdu> = {
    channel_id: draft.channelId,
    content,
    content_hash: hashOfContent,
    origin_server: serverOf(draft.sender),
    origin_ts: draft.originTs,
    prev_events: sortEventIds(draft.prevEvents),
    room_id: draft.roomId,
    salt,
    sender: draft.sender,
    state_refs: sortEventIds(draft.stateRefs),
    type: draft.type,
  };
  return finish<TimelinePdu>(unsigned, options);
}

function sealContent(draft: DraftBase, options: BuildOptions) {
  const fault = canonicalFault(draft.content, ENVELOPE);
  if (fault !== undefined) {
    const where = fault.path === "" ? "content" : `content.${fault.path}`;
    throw new DraftError("content", `Cannot build ${draft.type}: ${where}: ${fault.message}`);
  }
  const salt = encodeBase58Of16(options.rng.bytes(limits.event.saltBytes));
  const hashOfContent = contentHash({ content: draft.content, salt }, options.blake3);
  return { content: draft.content, salt, hashOfContent };
}

async function finish<P extends Pdu>(
  unsigned: Unsigned<P>,
  options: BuildOptions,
): Promise<HeldEvent<P>> {
  const pdu = unsigned as unknown as Omit<Pdu, "signatures">;
  if (!fitsEvent(pdu)) {
    throw new DraftError(
      "too_large",
      `Cannot build ${pdu.type}: it is larger than ${limits.event.maxBytes} bytes`,
    );
  }
  const hash = eventHash(pdu as Pdu, options.blake3 ?? nobleBlake3);
  const signature = await signEventHash(hash, options.signer);
  const signatures = {
    [pdu.origin_server]: { [signatureName(options.signer.keyId)]: signature },
  };
  return {
    id: eventIdFromHash(hash),
    hash,
    roomId: pdu.room_id ?? roomIdFromHash(hash),
    pdu: { ...pdu, signatures } as P,
    withheld: false,
  };
}

const encoder = new TextEncoder();

/** Whether the canonical form without `signatures` stays within `limits.event.maxBytes`. */
export function fitsEvent(pdu: Omit<Pdu, "signatures">): boolean {
  const { signatures: _left, ...rest } = pdu as Pdu;
  const text = writeCanonical(rest as unknown as JsonObject);
  // UTF-8 takes at most three bytes per UTF-16 unit: short events need no exact count.
  return text.length * 3 <= limits.event.maxBytes ||
    encoder.encode(text).length <= limits.event.maxBytes;
}
