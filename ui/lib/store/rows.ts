import type { Message } from "../../../core/api/message.ts";
import { dayKey } from "../format/time.ts";
import type { ChannelWindow, Pending } from "./window.ts";

/** One author's messages stand together while they are less than this apart. */
const GROUP_MS = 7 * 60_000;

/** A line between what was said: who came or went, or a new name. */
export interface ChangeLine {
  readonly id: string;
  readonly ts: number;
  readonly icon: "people" | "leave" | "crown" | "edit" | "image";
  readonly text: string;
}

export type Row =
  | { readonly kind: "day"; readonly key: string; readonly ts: number }
  | { readonly kind: "new"; readonly key: string }
  | { readonly kind: "change"; readonly key: string; readonly line: ChangeLine }
  /** Messages one after the other of people whom the viewer has blocked. */
  | { readonly kind: "hidden"; readonly key: string; readonly messages: readonly Message[] }
  /** From here on, messages are encrypted. */
  | { readonly kind: "sealed"; readonly key: string; readonly above: boolean }
  | {
    readonly kind: "message";
    readonly key: string;
    readonly message: Message;
    readonly grouped: boolean;
  }
  | {
    readonly kind: "pending";
    readonly key: string;
    readonly pending: Pending;
    readonly grouped: boolean;
  };

function joins(previous: Message | undefined, authorId: string, ts: number): boolean {
  return previous !== undefined && previous.author.id === authorId &&
    ts - previous.origin_ts < GROUP_MS && ts >= previous.origin_ts;
}

interface RowOptions {
  newAfter: string | null | undefined;
  selfId: string;
  timeZone: string;
  encrypted: boolean;
  /** Whether no more is shown of a message than that it is there. */
  isHidden?: ((message: Message) => boolean) | undefined;
  /** Oldest first. */
  changes?: readonly ChangeLine[] | undefined;
}

/** Without a head of its own: it stands under the one before. */
function isGrouped(previous: Message | undefined, message: Message): boolean {
  return message.reply_to === null && !message.unsealed &&
    joins(previous, message.author.id, message.origin_ts) &&
    // A webhook may show another name with each message.
    previous?.author.display_name === message.author.display_name;
}

/**
 * What the timeline draws: messages with a divider for each day, and one line before the
 * first that is new. `newAfter`: last message read when the channel was opened; null: none was.
 */
export function buildRows(
  window: ChannelWindow,
  options: RowOptions,
): Row[] {
  const rows: Row[] = [];
  let day = "";
  let previous: Message | undefined;
  let passed = options.newAfter === null;
  let marked = options.newAfter === undefined;
  // Where the span begins in the middle of what is encrypted, the line lies above it.
  const [first] = window.messages;
  let plain = !window.hasBefore || (first !== undefined && !first.sealed);
  const lineOf = () => {
    rows.push({ kind: "sealed", key: "sealed", above: previous !== undefined });
    plain = false;
    previous = undefined;
  };
  const dayOf = (ts: number) => {
    const key = dayKey(ts, options.timeZone);
    if (key === day) return;
    day = key;
    rows.push({ kind: "day", key: `day-${key}`, ts });
    previous = undefined;
  };
  // What happened before the span begins stands above it, where that is loaded.
  const from = window.hasBefore ? first?.order ?? Infinity : -Infinity;
  const changes = options.changes?.filter((line) => line.ts >= from) ?? [];
  let told = 0;
  const tellUntil = (order: number) => {
    for (let line = changes[told]; line && line.ts < order; line = changes[++told]) {
      dayOf(line.ts);
      rows.push({ kind: "change", key: line.id, line });
      previous = undefined;
    }
  };
  for (const message of window.messages) {
    tellUntil(message.order);
    if (message.sealed && plain) lineOf();
    dayOf(message.origin_ts);
    if (
      passed && !marked && message.author.id !== options.selfId && rows.length - told > 1
    ) {
      marked = true;
      rows.push({ kind: "new", key: "new" });
      previous = undefined;
    }
    if (options.isHidden?.(message)) {
      hide(rows, message);
      previous = undefined;
    } else {
      const grouped = isGrouped(previous, message);
      rows.push({ kind: "message", key: message.id, message, grouped });
      previous = message;
    }
    if (message.id === options.newAfter) passed = true;
  }
  if (window.hasAfter) return rows;
  tellUntil(Infinity);
  if (options.encrypted && plain) lineOf();
  rows.push(...pendingRows(window.pending, previous, options.selfId));
  return rows;
}

/** Those on their way, together as they will stand once they are there. */
function pendingRows(
  all: readonly Pending[],
  previous: Message | undefined,
  selfId: string,
): Row[] {
  return all.map((pending, at) => {
    const before = all[at - 1];
    const follows = before
      ? pending.ts - before.ts < GROUP_MS
      : joins(previous, selfId, pending.ts);
    const grouped = pending.replyTo === null && follows;
    return { kind: "pending", key: `pending-${pending.nonce}`, pending, grouped };
  });
}

/** Into the line of those before it, where nothing stands between. */
function hide(rows: Row[], message: Message): void {
  const last = rows.at(-1);
  const before = last?.kind === "hidden" ? last.messages : [];
  if (last?.kind === "hidden") rows.pop();
  // By its last one: older ones come in before it as somebody reads upwards.
  rows.push({ kind: "hidden", key: message.id, messages: [...before, message] });
}

/** A row that should stay where it is, or the present. */
export type ScrollAnchor = { readonly id: string; readonly top: number } | "present";

/** What a row takes at the least, in the size of text (rem). */
const LEAST_REM = {
  cosy: { head: 2.8, line: 1.7 },
  compact: { head: 2.8, line: 1.4 },
} as const;

/** How much of a timeline is looked at: its height and the size of its text in pixels. */
export interface Sight {
  readonly height: number;
  readonly textPx: number;
  readonly density: keyof typeof LEAST_REM;
}

/**
 * The rows that fill what is looked at when a timeline opens at `anchor`, rather a few too many:
 * the first, and the one behind the last. All of them where the anchor is none of them.
 */
export function rowsInSight(
  rows: readonly Row[],
  anchor: ScrollAnchor,
  { height, textPx, density }: Sight,
): readonly [from: number, to: number] {
  const least = (row: Row | undefined) => {
    const head = (row?.kind === "message" || row?.kind === "pending") && !row.grouped;
    return LEAST_REM[density][head ? "head" : "line"] * textPx;
  };
  const { id, top } = anchor === "present" ? { id: undefined, top: height } : anchor;
  const at = id === undefined ? rows.length : rows.findIndex((row) => row.key === id);
  if (at < 0) return [0, rows.length];
  let to = at;
  let below = top;
  while (below < height && to < rows.length) below += least(rows[to++]);
  let from = at;
  // Where the rows below do not fill it those above stand lower than they did.
  let above = Math.max(top, top + height - below);
  while (above > 0 && from > 0) above -= least(rows[--from]);
  return [from, to];
}
