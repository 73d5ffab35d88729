import type { EduValue } from "../../core/api/federation/send.ts";
import { limits } from "../../core/limits.ts";
import type { OutgoingEdu } from "../ports.ts";

/** EDUs that wait for one server; beyond it the oldest go: none of them must arrive. */
export const EDUS_WAITING_MAX = 500;

interface Waiting {
  readonly value: EduValue;
  readonly bytes: number;
  readonly replaces: string | undefined;
}

export interface TakenEdus {
  readonly edus: readonly EduValue[];
  readonly bytes: number;
}

const encoder = new TextEncoder();

/** EDUs for one server, oldest first, in memory alone. PROTOCOL.md 8. */
export class EduQueue {
  #waiting: Waiting[] = [];

  get size(): number {
    return this.#waiting.length;
  }

  /** Answers how many were dropped for it: too large, or too many waiting. */
  push(edu: OutgoingEdu): number {
    const value: EduValue = { type: edu.type, content: { ...edu.content } };
    const bytes = encoder.encode(JSON.stringify(value)).length;
    if (bytes > limits.transaction.maxEduBytes) return 1;
    if (edu.replaces !== undefined) {
      // The newest goes last: it may rest on what was sent between the two.
      this.#waiting = this.#waiting.filter(({ replaces }) => replaces !== edu.replaces);
    }
    this.#waiting.push({ value, bytes, replaces: edu.replaces });
    return this.#trim();
  }

  /** The oldest that fit into a transaction. They wait on until `sent`. */
  peek(maxBytes: number): TakenEdus {
    const edus: EduValue[] = [];
    let bytes = 0;
    for (const waiting of this.#waiting) {
      if (edus.length >= limits.transaction.maxEdus || bytes + waiting.bytes + 1 > maxBytes) break;
      edus.push(waiting.value);
      bytes += waiting.bytes + 1;
    }
    return { edus, bytes };
  }

  /** These have left; those that a newer one replaced meanwhile are gone already. */
  remove(edus: readonly EduValue[]): void {
    const gone = new Set(edus);
    this.#waiting = this.#waiting.filter(({ value }) => !gone.has(value));
  }

  /** Answers how many were dropped. */
  clear(): number {
    return this.#waiting.splice(0).length;
  }

  #trim(): number {
    const excess = this.#waiting.length - EDUS_WAITING_MAX;
    if (excess > 0) this.#waiting.splice(0, excess);
    return Math.max(excess, 0);
  }
}
