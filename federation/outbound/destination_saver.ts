import type { ServerName } from "../../core/ids/server_name.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import type { DestinationQueue } from "./destination_queue.ts";
import type { DestinationStore } from "./ports.ts";

/** After the store failed, the next attempt waits so long. */
const PAUSE_MS = 1_000;
/** Destinations in one statement. */
const SAVED_AT_ONCE = 500;

/**
 * Stores how far destinations are, behind their backs and many in one statement: a transaction
 * does not wait for the database. What a crash forgets is sent again, and the other knows it.
 */
export class DestinationSaver {
  readonly #deps: { readonly store: DestinationStore; readonly clock: Clock; readonly log: Log };
  readonly #lost: (server: ServerName) => void;
  readonly #unsaved = new Set<DestinationQueue>();
  readonly #stopping = new AbortController();
  #working: Promise<void> | undefined;

  /** `lost`: another process has taken this destination. */
  constructor(
    deps: { readonly store: DestinationStore; readonly clock: Clock; readonly log: Log },
    lost: (server: ServerName) => void,
  ) {
    this.#deps = deps;
    this.#lost = lost;
  }

  changed(queue: DestinationQueue): void {
    this.#unsaved.add(queue);
    this.#start();
  }

  #start(): void {
    if (this.#working !== undefined || this.#stopping.signal.aborted) return;
    this.#working = this.#work().finally(() => {
      this.#working = undefined;
      if (this.#unsaved.size > 0) this.#start();
    });
  }

  /** Stores what is left; once, and not again where that fails. */
  async finish(): Promise<void> {
    this.#stopping.abort();
    await this.#working;
    if (this.#unsaved.size > 0) await this.#save().catch(() => undefined);
  }

  async #work(): Promise<void> {
    // What changes in the same turn is stored together.
    await Promise.resolve();
    while (this.#unsaved.size > 0 && !this.#stopping.signal.aborted) {
      try {
        await this.#save();
      } catch (error) {
        this.#deps.log.log("warn", "How far other servers are could not be stored.", { error });
        await this.#deps.clock.sleep(PAUSE_MS, this.#stopping.signal).catch(() => undefined);
      }
    }
  }

  async #save(): Promise<void> {
    const queues = [...this.#unsaved].slice(0, SAVED_AT_ONCE);
    for (const queue of queues) this.#unsaved.delete(queue);
    try {
      const lost = await this.#deps.store.save(queues.map(({ destination }) => destination));
      for (const server of lost) this.#lost(server);
    } catch (error) {
      for (const queue of queues) this.#unsaved.add(queue);
      throw error;
    }
  }
}
