import { assert } from "../../core/assert.ts";
import type { Position } from "./event_rows.ts";

/**
 * How far a reader has read: a position for each writer, and a base up to which all writers are
 * closed and read to their end. Text: `instance.base[.writer-position]...`, numbers in base 36.
 */
export interface SyncToken {
  /** Tells databases apart: a token from before a restore must not skip what came after it. */
  readonly instance: string;
  readonly base: number;
  /** Writers above the base; one that is absent has not been read at all. */
  readonly positions: ReadonlyMap<number, number>;
}

/** How far one writer can be read, as the database tells it. */
export interface WriterState {
  readonly writerId: number;
  readonly closed: boolean;
  /** Everything up to here is stored and visible, or never will be. */
  readonly watermark: number;
}

/** Writers that a token can name; a longer text is refused unread. */
const MAX_WRITERS = 4096;
const TOKEN = /^([0-9A-Za-z]{1,16})\.([0-9a-z]{1,11})((?:\.[0-9a-z]{1,11}-[0-9a-z]{1,11})*)$/;

export function encodeSyncToken(token: SyncToken): string {
  let text = `${token.instance}.${token.base.toString(36)}`;
  for (const [writerId, position] of [...token.positions].sort(([a], [b]) => a - b)) {
    text += `.${writerId.toString(36)}-${position.toString(36)}`;
  }
  return text;
}

/** Undefined for what is no token, or one of another database: the reader starts anew. */
export function decodeSyncToken(text: string, instance: string): SyncToken | undefined {
  if (text.length > 32 + MAX_WRITERS * 24) return undefined;
  const match = TOKEN.exec(text);
  if (!match || match[1] !== instance) return undefined;
  const base = parseInt(match[2] ?? "", 36);
  const positions = new Map<number, number>();
  for (const part of (match[3] ?? "").split(".").slice(1)) {
    const [writerId, position] = part.split("-").map((digits) => parseInt(digits, 36));
    if (!isCount(writerId) || !isCount(position) || writerId <= base) return undefined;
    positions.set(writerId, position);
  }
  return isCount(base) ? { instance, base, positions } : undefined;
}

function isCount(value: number | undefined): value is number {
  return Number.isSafeInteger(value) && value !== undefined && value >= 0;
}

/** How far the token has read a writer. */
export function readPosition(token: SyncToken, writerId: number): number {
  if (writerId <= token.base) return Number.POSITIVE_INFINITY;
  return token.positions.get(writerId) ?? 0;
}

/** Whether a reader with this token has met what is stored there. */
export function hasRead(token: SyncToken, at: Position): boolean {
  return at.position <= readPosition(token, at.writerId);
}

/** Whether a reader with `token` has certainly met all that one with `other` has. */
export function coversToken(token: SyncToken, other: SyncToken): boolean {
  return token.base >= other.base &&
    [...other.positions].every(([writerId, position]) => hasRead(token, { writerId, position }));
}

/** The token that has also read one writer up to a position. Never goes back. */
export function advanceToken(token: SyncToken, to: Position): SyncToken {
  if (hasRead(token, to)) return token;
  const positions = new Map(token.positions);
  positions.set(to.writerId, to.position);
  return { ...token, positions };
}

/**
 * Raises the base over writers that are closed and read to the end. Writers are numbered
 * without gaps in the order in which they become visible, so none can appear below it later.
 */
export function raiseBase(token: SyncToken, writers: readonly WriterState[]): SyncToken {
  const byId = new Map(writers.map((writer) => [writer.writerId, writer]));
  let { base } = token;
  while (true) {
    const next = byId.get(base + 1);
    if (!next?.closed || readPosition(token, next.writerId) < next.watermark) break;
    base = next.writerId;
  }
  if (base === token.base) return token;
  assert(base > token.base, "A sync token's base went back.");
  const positions = new Map([...token.positions].filter(([writerId]) => writerId > base));
  return { ...token, base, positions };
}

/** What either of two readers has read. */
export function joinTokens(left: SyncToken, right: SyncToken): SyncToken {
  assert(left.instance === right.instance, "Tokens of two databases were joined.");
  const base = Math.max(left.base, right.base);
  const positions = new Map<number, number>();
  for (const [writerId, position] of [...left.positions, ...right.positions]) {
    if (writerId <= base) continue;
    positions.set(writerId, Math.max(position, positions.get(writerId) ?? 0));
  }
  return { instance: left.instance, base, positions };
}
