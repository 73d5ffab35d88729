import type { Clock } from "../../ports/clock.ts";

/** Pause before an errand that failed is tried again, the first and the longest (ms). */
const FIRST_PAUSE_MS = 1000;
const MAX_PAUSE_MS = 600_000;
/** More at once are not kept: the next connection brings what they were to. */
const MAX_OPEN = 1000;

interface Errand {
  /** Asked for again since it was last begun. */
  wanted: boolean;
  /** Cuts the pause short that it is in. */
  hurry: () => void;
}

/**
 * What the server's words ask a device to do, and nobody else does: one of a name at a time, tried
 * until it succeeds, with longer and longer pauses. A word that comes while one is under way has it
 * done once more, after it; one that comes in a pause ends that.
 */
export class Errands {
  readonly #open = new Map<string, Errand>();

  constructor(
    readonly parts: {
      readonly clock: Pick<Clock, "sleep">;
      /** Aborted when the device ends. */
      readonly signal: AbortSignal;
      /** Whether what an errand failed with may pass. */
      readonly mayPass: (error: unknown) => boolean;
      /** Between 0 and 1. */
      readonly chance: () => number;
    },
  ) {}

  /** Resolves when nothing of that name is left to do. @throws what does not pass by itself */
  async run(name: string, task: () => Promise<unknown>): Promise<void> {
    const open = this.#open.get(name);
    if (open !== undefined) {
      open.wanted = true;
      return open.hurry();
    }
    if (this.#open.size >= MAX_OPEN) return;
    const errand: Errand = { wanted: true, hurry: () => undefined };
    this.#open.set(name, errand);
    try {
      for (let failures = 0; errand.wanted && !this.parts.signal.aborted;) {
        errand.wanted = false;
        if (await this.#try(task)) failures = 0;
        else {
          errand.wanted = true;
          await this.#pause(errand, failures++);
        }
      }
    } finally {
      this.#open.delete(name);
    }
  }

  /** What waits is tried now. */
  hurry(): void {
    for (const errand of this.#open.values()) errand.hurry();
  }

  async #try(task: () => Promise<unknown>): Promise<boolean> {
    try {
      await task();
      return true;
    } catch (error) {
      if (!this.parts.mayPass(error)) throw error;
      return false;
    }
  }

  async #pause(errand: Errand, failures: number): Promise<void> {
    const { clock, signal, chance } = this.parts;
    const pauseMs = Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures) * (1 + chance() / 4);
    const enough = new AbortController();
    errand.hurry = () => enough.abort();
    await clock.sleep(pauseMs, AbortSignal.any([signal, enough.signal])).catch(() => undefined);
    errand.hurry = () => undefined;
  }
}
