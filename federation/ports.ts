import type { z } from "zod";
import type { Barrier } from "../core/api/admin_federation.ts";
import type { FederationOperation } from "../core/api/federation/operation.ts";
import type { PduResult } from "../core/api/federation/send.ts";
import type { KeyProof, KeyWord } from "../core/api/federation/shapes.ts";
import type { JsonValue } from "../core/event/json.ts";
import type { EventSigner } from "../core/event/sign.ts";
import type { KeyName } from "../core/event/verify_event.ts";
import type { ChannelId } from "../core/ids/channel_id.ts";
import type { EventId } from "../core/ids/event_id.ts";
import type { RoomId } from "../core/ids/room_id.ts";
import type { ServerName } from "../core/ids/server_name.ts";
import type { KeyEntry } from "../core/keys/key_entry.ts";

/**
 * Why a request to another server brought no answer. `refused` is the other's own "no" and
 * carries its code; everything else may be tried again. A remote's status is never passed on to
 * a client as if it were ours.
 */
export type TransportFailure =
  | "unresolved"
  | "forbidden_address"
  | "unreachable"
  | "timeout"
  | "tls"
  | "bad_answer"
  | "too_large"
  | "policy"
  | "refused"
  | "rate_limited"
  | "server_error";

/**
 * A request to another server that came to nothing: of what `kind`, and in words for logs and
 * administrators. Never a fault of this program.
 */
export class TransportError extends Error {
  override readonly name = "TransportError";

  constructor(
    readonly kind: TransportFailure,
    message: string,
    readonly details: {
      /** The other's HTTP status and error code, where it answered. */
      readonly status?: number;
      readonly code?: string;
      readonly retryAfterMs?: number;
      /** When what is refused will be allowed (ms), where the other says so. */
      readonly untilTs?: number;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
  }
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** W3C trace context of the request that this one serves; signed with it. */
  readonly traceparent?: string;
}

/** Signed requests to other servers. The simulator puts a virtual network in its place. */
export interface Transport {
  /** @throws TransportError */
  call<Request extends z.ZodType, Answer extends z.ZodType>(
    to: ServerName,
    operation: FederationOperation<Request, Answer>,
    request: z.input<Request>,
    options?: CallOptions,
  ): Promise<z.output<Answer>>;
  /** For operations with a binary answer; the caller reads the stream or cancels it. */
  download<Request extends z.ZodType>(
    to: ServerName,
    operation: FederationOperation<Request>,
    request: z.input<Request>,
    options?: CallOptions,
  ): Promise<{ readonly body: ReadableStream<Uint8Array>; readonly size: number | undefined }>;
}

/** What one of our doors is asked by an authenticated server. */
export interface Asked {
  readonly origin: ServerName;
  /** SHA-256 of the body, which was signed. */
  readonly bodyDigest: Uint8Array;
  readonly signal?: AbortSignal;
  readonly traceparent?: string;
}

/**
 * Answers one operation. Throws OperationError; `not_found` is the one answer for "unknown" and
 * "not for you", byte for byte.
 */
export interface FederationHandler<
  Request extends z.ZodType = z.ZodType,
  Answer extends z.ZodType = z.ZodType,
> {
  readonly operation: FederationOperation<Request, Answer>;
  answer(asked: Asked, request: z.output<Request>): Promise<z.input<Answer>>;
}

/** Answers an operation with `binaryAnswer`; refuses like every handler. */
export interface BinaryHandler<Request extends z.ZodType = z.ZodType> {
  readonly operation: FederationOperation<Request>;
  /** The door sends the whole stream, or cancels it. `size`: its exact bytes. */
  open(asked: Asked, request: z.output<Request>): Promise<BinaryAnswer>;
}

export interface BinaryAnswer {
  readonly body: ReadableStream<Uint8Array>;
  readonly size: number;
}

/** Keeps the types of one handler; adds nothing. */
export function defineHandler<Request extends z.ZodType, Answer extends z.ZodType>(
  handler: FederationHandler<Request, Answer>,
): FederationHandler<Request, Answer> {
  return handler;
}

/** Servers of a room that may be asked for keys of another that does not answer. PROTOCOL.md 8. */
export interface Residents {
  /** Whom to ask first stands first. */
  readonly servers: readonly ServerName[];
  /**
   * The keys sign events that each of them holds, the control graph: who has not the key then
   * speaks against it.
   */
  readonly holdAll: boolean;
  /** Nothing is kept: who they are is not proven yet. */
  readonly forNow?: boolean;
}

export interface KeyHints {
  readonly proofs?: readonly KeyProof[];
  /** Servers that may hold vouchers. */
  readonly ask?: readonly ServerName[];
  /** As of `find`; so it is with `residents` too. */
  readonly past?: boolean;
  /** Whose word is taken, where the keys' server does not answer. Asked for only where needed. */
  readonly residents?: () => Promise<Residents>;
  /** Somebody comes in the name of the keys' server: it may be there again. */
  readonly knocks?: boolean;
}

/** Key entries of all servers, held and fetched. PROTOCOL.md 8. */
export interface KeyRing {
  /**
   * Held entries alone; no request is made. With `past` those too that rest on the word of others,
   * which count for steps 1 to 5 of section 7 and for nothing that is new.
   */
  find(
    names: readonly KeyName[],
    options?: { readonly past?: boolean },
  ): Promise<ReadonlyMap<string, KeyEntry>>;
  /**
   * Held ones, then what the proofs at hand give, then fetched ones: from the server itself, and
   * where that is away from `ask`, then on the word of `residents`. Single flight per destination;
   * failures are remembered.
   */
  obtain(names: readonly KeyName[], hints?: KeyHints): Promise<ReadonlyMap<string, KeyEntry>>;
  /** Why a key counts no more for what is new (step 6): revoked, or retired by now. */
  refusal(name: KeyName, nowMs: number): Promise<string | undefined>;
  /** Entries with vouchers, to be given away beside events. */
  proofs(names: readonly KeyName[]): Promise<readonly KeyProof[]>;
  /** Whether a server was asked for its document lately and gave none. Asks nobody. */
  isSilent(server: ServerName): boolean;
  /** How this server holds each of them. */
  words(names: readonly KeyName[]): Promise<readonly KeyWord[]>;
}

/** How a `KeyName` is written as a key of a map. */
export function keyNameText({ server, keyId }: KeyName): string {
  return `${server} ${keyId}`;
}

/** Who signs for this server, with the key current at a time. */
export interface ServerSigner {
  current(nowMs: number): Promise<EventSigner>;
}

/** Which servers this one speaks with at all: allow list, block list, test peers, trial. */
export interface ServerPolicy {
  /** Undefined: may. Else the reason, for administrators. */
  refusal(server: ServerName): string | undefined;
}

/** A policy that also names the rule, so that pages say the reason in their language. */
export interface NamedPolicy extends ServerPolicy {
  barrier(server: ServerName): Barrier | undefined;
}

/** Through which door an event comes. It decides what of section 7 applies. */
export type Door = "send" | "missing" | "backfill" | "state" | "join" | "invite";

export interface IngestInput {
  readonly door: Door;
  /** The server that handed the events in: whom to ask first for what is missing. */
  readonly origin: ServerName;
  /** The room of path or request; PDUs of others are dropped. Absent at `send`. */
  readonly roomId?: RoomId;
  readonly pdus: readonly JsonValue[];
  readonly keys?: readonly KeyProof[];
}

/**
 * The one way in for events of others. Takes them in order; one bad event never keeps the
 * others out; never throws for bad input. Answers in the order of `pdus`. PROTOCOL.md 7.
 */
export interface Ingest {
  ingest(input: IngestInput): Promise<readonly PduResult[]>;
  /**
   * The same in two steps. The first, shape and signatures, looks at no room, so that it can be
   * done while what came before is still being stored; the second takes the events in.
   */
  examine(input: IngestInput): Promise<ExaminedEvents>;
}

export interface ExaminedEvents {
  /** To be called once. */
  takeIn(): TakingIn;
}

/** Events on their way into their rooms. */
export interface TakingIn {
  /** They have their places in the rooms' turns: what comes now comes after them. */
  readonly entered: Promise<void>;
  readonly ended: Promise<readonly PduResult[]>;
}

/** A message that is no event, for one other server. May be lost. PROTOCOL.md 10. */
export interface OutgoingEdu {
  readonly type: string;
  readonly content: Readonly<Record<string, unknown>>;
  /** A later EDU with the same key takes the place of one that still waits (presence, typing). */
  readonly replaces?: string;
}

/** What is sent to other servers. */
export interface Outbound {
  /** Never blocks and never throws; beyond its bound the oldest are dropped. */
  sendEdu(to: ServerName, edu: OutgoingEdu): void;
  /** Something was stored that these servers may have to get: a hint, the log is the truth. */
  wake(servers?: Iterable<ServerName>): void;
}

/** Takes EDUs in, each checked to be its origin's own. PROTOCOL.md 10. */
export interface EduSink {
  receive(origin: ServerName, edu: { readonly type: string; readonly content: unknown }): void;
}

/** A channel of a room. */
export interface ChannelRef {
  readonly roomId: RoomId;
  readonly channelId: ChannelId;
}

/** Where somebody is writing: a channel, or a thread of it by the message it began on. */
export interface TypingPlace extends ChannelRef {
  readonly threadId?: EventId | undefined;
}
