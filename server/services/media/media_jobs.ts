import { WorkLoop } from "../work_loop.ts";
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
  #loop: WorkLoop | undefined;
  #sweptMs: number | undefined;

  constructor(deps: JobDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#loop ??= new WorkLoop(this.#deps, {
      round: async () => {
        await this.runOnce();
        await this.#sweepDaily();
      },
      intervalMs: MEDIA_LIMITS.jobIntervalMs,
      trouble: "Media clean-up failed; it will be tried again.",
    });
  }

  /** Work was written down: do it now. */
  wake(): void {
    this.#loop?.wake();
  }

  /** All work that is due at this moment, once. */
  async runOnce(): Promise<void> {
    await expireMedia(this.#deps);
    await expireCopies(this.#deps);
    await deleteDueBlobs(this.#deps);
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

  /** Ends after the work at hand. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#loop?.[Symbol.asyncDispose]();
  }
}
