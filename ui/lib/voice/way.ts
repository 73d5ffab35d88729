import type { CallPhase, CallQuality } from "../store/voice.ts";
import type { Connection } from "./connection.ts";
import type { FromFrames } from "./frame_words.ts";
import { type Figures, type FrameCounts, qualityOf, readFigures } from "./quality.ts";

const STATS_MS = 2000;
/** A way that is gone is given so long to come back by itself (ms). */
const RESTART_AFTER_MS = 2500;
/** Without a way for so long the network lets nothing through (ms). */
const BLOCKED_AFTER_MS = 20_000;

export interface WayEvents {
  phase(phase: CallPhase): void;
  /** No way was found for long; it goes on trying. */
  blocked(): void;
  /** The server is to begin the search for a way anew. */
  restart(): void;
  quality(quality: CallQuality | undefined): void;
}

/** How the connection of a call fares. */
export class Way {
  #frames: FrameCounts = { opened: 0, failed: 0 };
  #looked: { readonly figures: Figures; readonly frames: FrameCounts } | undefined;
  #down: ReturnType<typeof setTimeout> | undefined;
  #blocked: ReturnType<typeof setTimeout> | undefined;
  readonly #stats: ReturnType<typeof setInterval>;
  #ended = false;

  constructor(readonly connection: Connection, readonly events: WayEvents) {
    this.#stats = setInterval(() => void this.#measure(), STATS_MS);
    this.#wait();
  }

  moved(now: RTCPeerConnectionState): void {
    clearTimeout(this.#down);
    if (now === "connected") {
      clearTimeout(this.#blocked);
      this.#blocked = undefined;
      return this.events.phase("connected");
    }
    if (now !== "disconnected" && now !== "failed") return;
    this.#looked = undefined;
    this.events.quality(undefined);
    this.events.phase("reconnecting");
    this.#wait();
    this.#down = setTimeout(
      () => this.events.restart(),
      now === "failed" ? 0 : RESTART_AFTER_MS,
    );
  }

  count(said: Extract<FromFrames, { kind: "counts" }>): void {
    const failed = Object.values(said.faults).reduce((sum, count) => sum + count, 0);
    this.#frames = { opened: said.opened, failed };
  }

  end(): void {
    this.#ended = true;
    clearInterval(this.#stats);
    clearTimeout(this.#down);
    clearTimeout(this.#blocked);
  }

  #wait(): void {
    this.#blocked ??= setTimeout(() => {
      this.#blocked = undefined;
      if (this.connection.state !== "connected") this.events.blocked();
    }, BLOCKED_AFTER_MS);
  }

  async #measure(): Promise<void> {
    if (this.connection.state !== "connected") return;
    const report = await this.connection.stats();
    if (this.#ended) return;
    const now = { figures: readFigures(report.values()), frames: this.#frames };
    if (this.#looked) this.events.quality(qualityOf(this.#looked, now));
    this.#looked = now;
  }
}
