import type { Bus } from "../../../core/ports/bus.ts";
import type { Log } from "../../../core/ports/log.ts";
import type { Caller } from "../../http/caller.ts";
import { subscribeAccountEvents } from "./account_event.ts";

/** Proven credentials held in memory. */
const CACHE_ENTRIES = 10_000;
/**
 * A revocation reaches every process over the bus at once. The bus may lose it, so no proof
 * is believed for longer than this without asking the database.
 */
export const CACHE_TTL_MS = 10_000;

export interface CachedProof {
  readonly caller: Caller;
  /** Believed until, in milliseconds of the wall clock. */
  readonly untilMs: number;
  /** When the session's last use was written. */
  readonly touchedMs: number;
}

/** A proof that is being read, and whether a revocation came since. */
interface Reading {
  readonly version: number;
  readonly caller: Promise<Caller | undefined>;
}

/**
 * Which credential hash belongs to whom. A proof read before a revocation is never stored
 * after it: the reader takes `version` first and a drop in between makes it void.
 */
export class SessionCache {
  readonly #proofs = new Map<string, CachedProof>();
  readonly #reading = new Map<string, Reading>();
  #version = 0;

  get version(): number {
    return this.#version;
  }

  /** Entries held; never above the bound. */
  get size(): number {
    return this.#proofs.size;
  }

  get(key: string, nowMs: number): CachedProof | undefined {
    const proof = this.#proofs.get(key);
    if (proof === undefined) return undefined;
    if (proof.untilMs > nowMs) return proof;
    this.#proofs.delete(key);
    return undefined;
  }

  put(key: string, proof: CachedProof, options: { readonly version: number }): void {
    if (options.version !== this.#version) return;
    this.#proofs.delete(key);
    if (this.#proofs.size >= CACHE_ENTRIES) {
      const oldest = this.#proofs.keys().next();
      if (oldest.done !== true) this.#proofs.delete(oldest.value);
    }
    this.#proofs.set(key, proof);
  }

  /**
   * Reads a proof once for requests that come together, as those of a page do. Who comes after a
   * revocation shares nothing that was read before it.
   */
  readOnce(
    key: string,
    read: () => Promise<Caller | undefined>,
  ): Promise<Caller | undefined> {
    const held = this.#reading.get(key);
    if (held?.version === this.#version) return held.caller;
    const reading: Reading = {
      version: this.#version,
      caller: read().finally(() => {
        if (this.#reading.get(key) === reading) this.#reading.delete(key);
      }),
    };
    this.#reading.set(key, reading);
    return reading.caller;
  }

  /** Forgets sessions of a user; all of them without a list. */
  drop(userId: string, sessionIds?: readonly string[]): void {
    this.#version++;
    for (const [key, { caller }] of this.#proofs) {
      if (caller.userId !== userId) continue;
      if (sessionIds === undefined || sessionIds.includes(caller.sessionId)) {
        this.#proofs.delete(key);
      }
    }
  }

  /** Forgets what other processes revoke. Returns the end of the subscription. */
  follow(deps: { readonly bus: Bus; readonly log: Log }): () => void {
    return subscribeAccountEvents(deps, (event) => {
      if (event.kind === "sessions_revoked") {
        this.drop(event.user_id, event.session_ids ?? undefined);
      } else if (event.kind === "account_changed") this.drop(event.user_id);
    });
  }
}
