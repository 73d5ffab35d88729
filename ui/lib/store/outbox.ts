import type { Message, MessageMedia } from "../../../core/api/message.ts";
import type { Sealed } from "../../../core/api/sealed.ts";

/** Most messages of one person that wait in this browser; beyond it sending is refused. */
export const OUTBOX_MAX = 200;
/** A failed message nobody came back to is forgotten after this. */
export const FAILED_KEPT_MS = 30 * 86_400_000;
/**
 * The server knows a nonce for a day. What was tried longer ago than this may have arrived
 * without a trace of it: sending it again by itself could say it twice.
 */
export const TRIED_MAX_MS = 20 * 3_600_000;
/** A refusal that ends by itself within this is waited for; a longer one is told. */
export const HOLD_MAX_MS = 60_000;

/** A message of one's own before the server has confirmed it, as it lies in the browser's store. */
export interface OutboxRecord {
  readonly nonce: string;
  /** Whose it is: another account in this browser must not send it. */
  readonly userId: string;
  /** `room/channel`, as `placeKey` writes it. */
  readonly key: string;
  readonly roomId: string;
  readonly channelId: string;
  /** Of a message in a thread: its root. */
  readonly threadId?: string;
  readonly body: string;
  readonly media: readonly MessageMedia[];
  readonly replyTo: Message["reply_to"];
  /** Of a copy of another message. */
  readonly forwarded?: { readonly event_id?: string };
  /** When it was written (ms). Messages of a channel go out in this order. */
  readonly ts: number;
  /** When it was first handed to the network (ms); null while it never was. */
  readonly triedTs: number | null;
  /** It waits until then (ms): the server asked for it. */
  readonly holdUntil: number | null;
  /** Why the server refused it, for a person; null while it is to be sent. */
  readonly failed: string | null;
  /** Said in an encrypted conversation: it lies in the store under the key of its person. */
  readonly secret?: boolean | undefined;
  /** As it goes out, from the first try on. */
  readonly sealed?: { readonly sealed: Sealed; readonly media: readonly string[] } | undefined;
}

export type OutboxStep =
  | { readonly kind: "idle" }
  | { readonly kind: "wait"; readonly ms: number }
  | { readonly kind: "expire"; readonly record: OutboxRecord }
  | { readonly kind: "send"; readonly record: OutboxRecord };

/** What is to be done next for one channel, given its records in any order. */
export function nextStep(records: readonly OutboxRecord[], nowMs: number): OutboxStep {
  const [first] = records.filter((record) => record.failed === null).sort(byTime);
  if (!first) return { kind: "idle" };
  if (first.triedTs !== null && nowMs - first.triedTs > TRIED_MAX_MS) {
    return { kind: "expire", record: first };
  }
  // The one behind it waits too: what was said first is read first.
  if (first.holdUntil !== null && first.holdUntil > nowMs) {
    return { kind: "wait", ms: first.holdUntil - nowMs };
  }
  return { kind: "send", record: first };
}

export function byTime(a: OutboxRecord, b: OutboxRecord): number {
  return a.ts - b.ts || (a.nonce < b.nonce ? -1 : 1);
}

/** What went wrong with a try. `retryAfterMs`: the server says when it would take it. */
export interface SendFailure {
  readonly reason: string;
  /** Nothing answered, or only a server that is not well: the same again, later. */
  readonly away: boolean;
  /** It was not handed to the network: it could not be sealed yet. */
  readonly unsent?: boolean;
  readonly retryAfterMs: number | undefined;
}

/** The record after a refusal; where the server was away it stays as it is. */
export function afterFailure(
  record: OutboxRecord,
  failure: SendFailure,
  nowMs: number,
): OutboxRecord {
  if (failure.away) return record;
  const { retryAfterMs } = failure;
  if (retryAfterMs !== undefined && retryAfterMs <= HOLD_MAX_MS) {
    // It was refused, so it did not arrive: the age of the try counts anew.
    return { ...record, triedTs: null, holdUntil: nowMs + retryAfterMs };
  }
  return { ...record, triedTs: null, failed: failure.reason };
}

/** Records that are worth keeping when the app starts. */
export function isForgotten(record: OutboxRecord, nowMs: number): boolean {
  return record.failed !== null && nowMs - record.ts > FAILED_KEPT_MS;
}
