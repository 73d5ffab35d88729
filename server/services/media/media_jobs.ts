import type { MediaDeps } from "./media_deps.ts";
import { deleteDueBlobs, expireCopies, expireMedia } from "./delete_due_blobs.ts";
import { MEDIA_LIMITS } from "./media_settings.ts";
import { sweepOrphans } from "./sweep_orphans.ts";

type JobDeps = Pick<MediaDeps, "sql" | "blobs" | "clock" | "log" | "meter" | "settings">;

/**
 * The background work of this part: at start and then every few seconds, or when woken, it takes
 * away what has expired and deletes blobs; once a day it looks for blobs that nobody knows.
 */
export class MediaJobs implements AsyncDisposable {
  readonly #deps: JobDeps;
  readonly #stop = new AbortController();
  #wake: () => void = () => {};
  #woken = false;
  #running: Promise<void> | undefined;
  #sweptMs: number | undefined;

  constructor(deps: JobDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#running ??= this.#loop();
  }

  /** Work was written down: do it now. */
  wake(): void {
    this.#woken = true;
    this.#wake();
  }

  /** All work that is due at this moment, once. */
  async runOnce(): Promise<void> {
    await expireMedia(this.#deps);
    await expireCopies(this.#deps);
    await deleteDueBlobs(this.#deps);
  }

  async #loop(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      this.#woken = false;
      try {
        await this.runOnce();
        await this.#sweepDaily();
      } catch (error) {
        this.#deps.log.log("error", "Media clean-up failed; it will be tried again.", { error });
      }
      if (!this.#woken) await this.#pause(signal);
    }
  }

  /** The first one a day after start: a start must not read the whole store. */
  async #sweepDaily(): Promise<void> {
    const now = this.#deps.clock.now();
    this.#sweptMs ??= now;
    if (now - this.#sweptMs < MEDIA_LIMITS.orphanSweepIntervalMs) return;
    this.#sweptMs = now;
    const wakeJobs = () => this.wake();
    await sweepOrphans({ ...this.#deps, wakeJobs }, { dryRun: false, force: false });
  }

  async #pause(signal: AbortSignal): Promise<void> {
    const slept = new AbortController();
    const woken = new Promise<void>((resolve) => this.#wake = resolve);
    const until = AbortSignal.any([signal, slept.signal]);
    const timer = this.#deps.clock.sleep(MEDIA_LIMITS.jobIntervalMs, until).catch(() => {});
    await Promise.race([woken, timer]);
    slept.abort();
  }

  /** Ends after the work at hand. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    this.#wake();
    await this.#running;
  }
}
