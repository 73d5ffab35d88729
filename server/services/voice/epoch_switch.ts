import { VOICE_LIMITS } from "../../../core/api/voice.ts";

/**
 * When the keys of a new epoch are used for sending: once everybody who can open the present one's
 * frames can receive with them, or after a time. Two phases, so that nobody hears a gap; who can
 * open nothing yet has none to lose, and is not waited for. PROTOCOL.md, "Voice".
 */
export class EpochSwitch {
  /** Epochs that are not used yet, the oldest first, and since when they could be. */
  #coming: { readonly epoch: number; readonly sinceMs: number }[] = [];
  /** The newest epoch that each participant can receive. */
  readonly #ready = new Map<string, number>();
  /** The newest epoch in use; -1: none. */
  #current = -1;

  get current(): number {
    return this.#current;
  }

  /** `by` made the epoch, and so can receive it. */
  begin(epoch: number, at: { readonly by: string; readonly nowMs: number }): void {
    this.#coming.push({ epoch, sinceMs: at.nowMs });
    this.ready(at.by, epoch);
  }

  ready(session: string, epoch: number): void {
    this.#ready.set(session, Math.max(epoch, this.#readyOf(session)));
  }

  isReady(session: string, epoch: number): boolean {
    return this.#readyOf(session) >= epoch;
  }

  forget(session: string): void {
    this.#ready.delete(session);
  }

  reset(): void {
    this.#coming = [];
    this.#ready.clear();
    this.#current = -1;
  }

  /** The epoch that is used from now on, where that changes now. */
  look(sessions: readonly string[], nowMs: number): number | undefined {
    const hearing = sessions.filter((session) => this.isReady(session, this.#current));
    const readyAll = Math.min(...hearing.map((session) => this.#readyOf(session)));
    const due = this.#coming.findLast(({ epoch, sinceMs }) =>
      epoch <= readyAll || nowMs - sinceMs >= VOICE_LIMITS.switchMs
    );
    if (due === undefined) return undefined;
    this.#coming = this.#coming.filter(({ epoch }) => epoch > due.epoch);
    this.#current = due.epoch;
    return due.epoch;
  }

  #readyOf(session: string): number {
    return this.#ready.get(session) ?? -1;
  }
}
