import { backfill } from "../../core/api/federation/events.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { putNewest } from "../../core/put_newest.ts";
import type { ChannelRef } from "../ports.ts";
import { askHistory, type HistoryDeps } from "./ask_history.ts";
import type { Gap } from "./history_ports.ts";

/** Events asked for at once: some pages of a reader. */
const PAGE_EVENTS = 200;
/** Missing parents named in one request. */
const GAPS_PER_REQUEST = 100;
/** Channels whose past is fetched at the same time. */
const CHANNELS_MAX = 32;
/** Channels of which the last outcome is remembered. */
const REMEMBERED_MAX = 10_000;
/** After a round in which nobody answered, nobody is asked again for so long. */
const QUIET_MS = 30_000;
/** Where something came that cannot be taken in yet, it is asked for again after this. */
const SOON_MS = 2_000;
/** An empty channel is asked about once in so long. */
const EMPTY_QUIET_MS = 3_600_000;

/** What became of a wish for more of a channel's past. */
export type Older =
  /** Nothing is missing: where the held events begin, the channel begins. */
  | { readonly kind: "whole" }
  /** Something came; there may be more. */
  | { readonly kind: "fetched" }
  /** No server that answered gives more to this one. */
  | { readonly kind: "withheld" }
  /** These servers did not answer, and no other had it. */
  | { readonly kind: "unreachable"; readonly servers: readonly ServerName[] }
  /** Too many channels are being fetched, or what came cannot be taken in yet: ask again. */
  | { readonly kind: "busy" };

interface Outcome {
  readonly older: Older;
  readonly untilMs: number;
}

/** Fetches what was said before the held events of a channel: one page at a time, one at a time. */
export class Backfiller {
  readonly #deps: HistoryDeps;
  readonly #running = new Map<string, Promise<Older>>();
  readonly #last = new Map<string, Outcome>();
  readonly #stopping = new AbortController();

  constructor(deps: HistoryDeps) {
    this.#deps = deps;
  }

  /** Fetches the next older page; who asks while it is on its way gets the same answer. */
  older(channel: ChannelRef): Promise<Older> {
    const key = `${channel.roomId} ${channel.channelId}`;
    const known = this.#running.get(key);
    if (known !== undefined) return known;
    if (this.#running.size >= CHANNELS_MAX) return Promise.resolve({ kind: "busy" });
    const run = this.#fetch(channel, key).finally(() => this.#running.delete(key));
    this.#running.set(key, run);
    return run;
  }

  stop(): void {
    this.#stopping.abort();
  }

  async #fetch(channel: ChannelRef, key: string): Promise<Older> {
    const { store, clock } = this.#deps;
    const last = this.#last.get(key);
    if (last !== undefined && last.untilMs > clock.monotonic()) return last.older;
    const [gaps, beginning] = await Promise.all([
      store.gaps(channel, this.#query()),
      store.beginning(channel),
    ]);
    if (gaps.length > 0) return await this.#fill(channel, key, gaps);
    if (beginning === "empty") return await this.#begin(channel, key);
    return { kind: beginning === "gap" ? "withheld" : "whole" };
  }

  async #fill(channel: ChannelRef, key: string, gaps: readonly Gap[]): Promise<Older> {
    const { store, clock } = this.#deps;
    const asked = [...new Set(gaps.map(({ missing }) => missing))];
    const answer = await this.#ask(channel, {
      from: asked,
      servers: this.#deps.order.of(await store.readers(channel), gaps[0]?.server),
      enough: async () => {
        const left = await store.gaps(channel, this.#query());
        const still = new Set(left.map(({ missing }) => missing));
        return asked.some((id) => !still.has(id));
      },
    });
    if (answer.enough) return { kind: "fetched" };
    if (answer.silent.length > 0) return this.#unreachable(key, answer.silent);
    await store.gaveNobody(channel, asked, clock.now());
    return { kind: "withheld" };
  }

  #query() {
    return { between: false, nowMs: this.#deps.clock.now(), limit: GAPS_PER_REQUEST };
  }

  /** Nothing of the channel is held: it may be new, or older than our being here. */
  async #begin(channel: ChannelRef, key: string): Promise<Older> {
    const { store, order } = this.#deps;
    const servers = order.of(await store.readers(channel));
    if (servers.length === 0) return { kind: "whole" };
    const enough = async () => await store.beginning(channel) !== "empty";
    const answer = await this.#ask(channel, { servers, enough });
    if (answer.enough) return { kind: "fetched" };
    if (answer.silent.length > 0) return this.#unreachable(key, answer.silent);
    if (answer.given) return this.#remember(key, { kind: "busy" }, SOON_MS);
    return this.#remember(key, { kind: "whole" }, EMPTY_QUIET_MS);
  }

  #ask(
    channel: ChannelRef,
    wish: {
      readonly from?: readonly string[];
      readonly servers: readonly ServerName[];
      readonly enough: () => Promise<boolean>;
    },
  ) {
    const request = {
      room_id: channel.roomId,
      channel_id: channel.channelId,
      limit: PAGE_EVENTS,
      ...(wish.from === undefined ? {} : { from: [...wish.from] }),
    };
    return askHistory(this.#deps, {
      operation: backfill,
      request,
      door: "backfill",
      channel,
      servers: wish.servers,
      signal: this.#stopping.signal,
      enough: wish.enough,
    });
  }

  #unreachable(key: string, servers: readonly ServerName[]): Older {
    return this.#remember(key, { kind: "unreachable", servers }, QUIET_MS);
  }

  #remember(key: string, older: Older, forMs: number): Older {
    const value = { older, untilMs: this.#deps.clock.monotonic() + forMs };
    putNewest(this.#last, { key, value, max: REMEMBERED_MAX });
    return older;
  }
}
