import { missingEvents } from "../../core/api/federation/events.ts";
import { limits } from "../../core/limits.ts";
import { putNewest } from "../../core/put_newest.ts";
import type { ChannelRef } from "../ports.ts";
import { askHistory, type HistoryDeps } from "./ask_history.ts";
import type { Gap } from "./history_ports.ts";

/** Rounds of one look: 5,000 events; what is missing beyond comes when somebody scrolls there. */
const ROUNDS_MAX = 10;
const GAPS_PER_ROUND = limits.event.maxPrevEvents;
/** Events named as known. */
const EARLIEST = limits.event.maxPrevEvents;
/** Channels with gaps looked after at once, and such that wait for it. */
const CHANNELS_MAX = 8;
const WAITING_MAX = 1000;
/** After a look in vain, a channel's next gap waits for so long, doubled each time. */
const QUIET_MS = 1000;
const QUIET_MAX_MS = 10 * 60_000;

interface Rest {
  readonly untilMs: number;
  readonly forMs: number;
}

/**
 * Fills what is missing between held events of a channel: what others said while one of us was
 * away. One look a channel at a time; somebody who invents parents only makes the looks rarer.
 */
export class GapFiller {
  readonly #deps: HistoryDeps;
  readonly #waiting = new Map<string, ChannelRef>();
  readonly #running = new Set<string>();
  readonly #resting = new Map<string, Rest>();
  readonly #stopping = new AbortController();

  constructor(deps: HistoryDeps) {
    this.#deps = deps;
  }

  /** A gap was seen there. Never blocks and never throws; beyond its bound it is forgotten. */
  notice(channel: ChannelRef): void {
    const key = `${channel.roomId} ${channel.channelId}`;
    if (this.#waiting.has(key) || this.#waiting.size >= WAITING_MAX) return;
    this.#waiting.set(key, channel);
    this.#next();
  }

  stop(): void {
    this.#stopping.abort();
  }

  #next(): void {
    for (const [key, channel] of this.#waiting) {
      if (this.#running.size >= CHANNELS_MAX || this.#stopping.signal.aborted) return;
      if (this.#running.has(key)) continue;
      this.#waiting.delete(key);
      this.#running.add(key);
      void this.#look(key, channel);
    }
  }

  async #look(key: string, channel: ChannelRef): Promise<void> {
    const { clock, log } = this.#deps;
    try {
      const rest = this.#resting.get(key);
      const restMs = (rest?.untilMs ?? 0) - clock.monotonic();
      if (restMs > 0) await clock.sleep(restMs, this.#stopping.signal);
      if (await this.fill(channel)) this.#resting.delete(key);
      else this.#rest(key, rest);
    } catch (error) {
      if (!this.#stopping.signal.aborted) {
        log.log("error", "What is missing in a channel could not be looked for.", {
          ...channel,
          error,
        });
      }
    } finally {
      this.#running.delete(key);
      this.#next();
    }
  }

  #rest(key: string, former: Rest | undefined): void {
    const forMs = Math.min(former === undefined ? QUIET_MS : former.forMs * 2, QUIET_MAX_MS);
    const value = { forMs, untilMs: this.#deps.clock.monotonic() + forMs };
    putNewest(this.#resting, { key, value, max: WAITING_MAX });
  }

  /** Whether nothing is missing between held events any more, as far as can be known now. */
  async fill(channel: ChannelRef): Promise<boolean> {
    const { store } = this.#deps;
    for (let round = 0; round < ROUNDS_MAX; round++) {
      const gaps = await store.gaps(channel, this.#query());
      if (gaps.length === 0) return true;
      if (!await this.#fillOnce(channel, gaps)) return false;
    }
    return false;
  }

  async #fillOnce(channel: ChannelRef, gaps: readonly Gap[]): Promise<boolean> {
    const { store, clock, order } = this.#deps;
    const children = [...new Set(gaps.map(({ child }) => child))];
    const missing = new Set(gaps.map((gap) => gap.missing));
    const answer = await askHistory(this.#deps, {
      operation: missingEvents,
      request: {
        room_id: channel.roomId,
        channel_id: channel.channelId,
        latest: children,
        earliest: await store.heldBefore(channel, children, EARLIEST),
        limit: limits.federation.maxPdusPerAnswer,
      },
      door: "missing",
      channel,
      servers: order.of(await store.readers(channel), gaps[0]?.server),
      signal: this.#stopping.signal,
      enough: async () => {
        const left = await store.gaps(channel, this.#query());
        const still = new Set(left.map((gap) => gap.missing));
        return [...missing].some((id) => !still.has(id));
      },
    });
    if (!answer.enough && answer.silent.length === 0) {
      await store.gaveNobody(channel, [...missing], clock.now());
    }
    return answer.enough;
  }

  #query() {
    return { between: true, nowMs: this.#deps.clock.now(), limit: GAPS_PER_ROUND };
  }
}
