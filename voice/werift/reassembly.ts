import { Buffer } from "node:buffer";
import { limits } from "../../core/limits.ts";
import type { Fragment } from "./records.ts";

export interface WholeMessage {
  readonly type: number;
  readonly sequence: number;
  readonly body: Buffer;
}

interface Partial {
  readonly type: number;
  readonly body: Buffer;
  /** Stretches that have come, from and to. */
  pieces: { readonly from: number; readonly to: number }[];
}

/**
 * Puts handshake messages together from pieces that come in any order, repeated or overlapping,
 * and gives each once, in the order of their numbers.
 */
export class Reassembly {
  readonly #parts = new Map<number, Partial>();
  #next = 0;

  /** The number of the message that is waited for. */
  get next(): number {
    return this.#next;
  }

  add(fragment: Fragment): void {
    const { sequence, length } = fragment;
    if (sequence < this.#next || sequence >= this.#next + limits.voice.maxHandshakeAhead) return;
    if (length > limits.voice.maxHandshakeBytes) return;
    const known = this.#parts.get(sequence);
    if (known !== undefined && (known.type !== fragment.type || known.body.length !== length)) {
      return;
    }
    const part = known ?? { type: fragment.type, body: Buffer.alloc(length), pieces: [] };
    const piece = { from: fragment.offset, to: fragment.offset + fragment.body.length };
    if (part.pieces.some(({ from, to }) => from <= piece.from && piece.to <= to)) return;
    if (part.pieces.length >= limits.voice.maxFragments) part.pieces = [];
    part.body.set(fragment.body, fragment.offset);
    part.pieces.push(piece);
    this.#parts.set(sequence, part);
  }

  /** The next message, if all of it has come. */
  take(): WholeMessage | undefined {
    const part = this.#parts.get(this.#next);
    if (part === undefined || !isWhole(part)) return undefined;
    this.#parts.delete(this.#next);
    return { type: part.type, sequence: this.#next++, body: part.body };
  }
}

function isWhole(part: Partial): boolean {
  let reached = 0;
  for (const { from, to } of part.pieces.toSorted((a, b) => a.from - b.from)) {
    if (from > reached) return false;
    reached = Math.max(reached, to);
  }
  return reached === part.body.length;
}
