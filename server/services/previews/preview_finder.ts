import type { BlobStore } from "../../../core/ports/blob_store.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import type { Log } from "../../../core/ports/log.ts";
import type { Rng } from "../../../core/ports/rng.ts";
import { OperationError } from "../../../core/errors.ts";
import { Lanes } from "../../http/federation/lanes.ts";
import type { Sql } from "../../postgres/sql.ts";
import { blobKey, newMediaId } from "../media/media_row.ts";
import { decodePage } from "./decode_page.ts";
import { PreviewFault } from "./preview_client.ts";
import { PREVIEW_LIMITS } from "./preview_limits.ts";
import { fetchPicture, type PictureDeps } from "./preview_picture.ts";
import {
  type AskedPage,
  claimPage,
  type FoundPage,
  isFound,
  keepFound,
  keepMissed,
  reservePicture,
  type StoredPicture,
} from "./preview_rows.ts";
import type { PageWords } from "./read_page.ts";
import { Tally } from "./tally.ts";

/** What became of a link: `known` was found before, `busy` had too much before it. */
export type PreviewOutcome = "found" | "none" | "known" | "busy";

export interface FinderDeps extends PictureDeps {
  readonly sql: Sql;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log: Log;
  readonly meter: { previewed(outcome: PreviewOutcome): void };
}

const PAGE_TYPES: ReadonlySet<string> = new Set(["text/html", "application/xhtml+xml"]);
/** The one blob below a picture's prefix. */
const STILL = "still";

export function pictureKey(blobPrefix: string): string {
  return blobKey(blobPrefix, STILL);
}

/**
 * Finds what one page says of itself: asked for once at a time whoever wants it, a bounded number
 * at once and of one host, and then its one picture. What a page names beyond that is never asked
 * for, and nothing that was found can bring another page.
 */
export class PreviewFinder {
  readonly #deps: FinderDeps;
  readonly #perHost = new Lanes({
    atOnce: PREVIEW_LIMITS.atOncePerHost,
    waiting: PREVIEW_LIMITS.waitingPerHost,
    waitingInAll: PREVIEW_LIMITS.waiting,
  });
  readonly #all = new Lanes({
    atOnce: PREVIEW_LIMITS.atOnce,
    waiting: PREVIEW_LIMITS.waiting,
    waitingInAll: PREVIEW_LIMITS.waiting,
  });
  readonly #hosts: Tally;
  readonly #stopping = new AbortController();
  #asking = 0;

  constructor(deps: FinderDeps) {
    this.#deps = deps;
    const { hostPages: most, hostMs: windowMs, hosts: keys } = PREVIEW_LIMITS;
    this.#hosts = new Tally(deps.clock, { most, windowMs, keys });
  }

  /** Pages that are asked for, or wait for their turn. */
  get size(): number {
    return this.#asking;
  }

  stop(): void {
    this.#stopping.abort();
  }

  /** Answers once something is known of the page, or somebody else is at it. */
  async find(url: URL): Promise<PreviewOutcome> {
    this.#asking++;
    try {
      const outcome = await this.#inTurn(url);
      this.#deps.meter.previewed(outcome);
      return outcome;
    } finally {
      this.#asking--;
    }
  }

  /**
   * What a page says of itself, for one who asks: nothing of the question or the answer is kept or
   * logged, and its picture is not asked for. Undefined: it says nothing, or too much was asked
   * before it.
   */
  async look(url: URL): Promise<PageWords | undefined> {
    this.#asking++;
    try {
      return await this.#lane(url, async () => {
        if (this.#stopping.signal.aborted || !this.#hosts.take(url.host)) return undefined;
        return (await this.#page(url)).words;
      });
    } catch (error) {
      if (isBusy(error) || error instanceof PreviewFault) return undefined;
      throw error;
    } finally {
      this.#asking--;
    }
  }

  #lane<T>(url: URL, act: () => Promise<T>): Promise<T> {
    return this.#perHost.run(url.host, () => this.#all.run("all hosts", act));
  }

  async #inTurn(url: URL): Promise<PreviewOutcome> {
    const { sql, clock } = this.#deps;
    const begin = async (): Promise<PreviewOutcome> => {
      if (this.#stopping.signal.aborted) return "none";
      const asked = await claimPage(sql, url.href, clock.now());
      if (asked === undefined) return await isFound(sql, url.href) ? "known" : "none";
      if (this.#hosts.take(url.host)) return await this.#ask(asked, url);
      const forMs = this.#hosts.waitMs(url.host);
      await keepMissed(sql, asked, { passing: true, nowMs: clock.now(), forMs });
      return "busy";
    };
    try {
      return await this.#lane(url, begin);
    } catch (error) {
      if (isBusy(error)) return "busy";
      throw error;
    }
  }

  async #ask(asked: AskedPage, url: URL): Promise<PreviewOutcome> {
    const { sql, clock, log } = this.#deps;
    try {
      const page = await this.#read(asked, url);
      await keepFound(sql, asked, { page, nowMs: clock.now() });
      return "found";
    } catch (error) {
      const fault = error instanceof PreviewFault;
      const passing = !fault || error.passing;
      await keepMissed(sql, asked, { passing, nowMs: clock.now() });
      if (!fault) throw error;
      // The host and not the address: that is a person's words.
      log.log("debug", "A link has no preview.", { host: url.host, reason: error.message });
      return "none";
    }
  }

  /** What the page says, and where it was after redirects. */
  async #page(from: URL): Promise<{ readonly words: PageWords; readonly url: URL }> {
    const { url, bytes, contentType } = await this.#deps.client.fetch(from, {
      accept: "text/html,application/xhtml+xml",
      timeoutMs: PREVIEW_LIMITS.pageMs,
      maxBytes: PREVIEW_LIMITS.pageBytes,
      beginning: true,
      isWanted: (type) => PAGE_TYPES.has(type),
      signal: this.#stopping.signal,
    });
    const { readPage } = await import("./read_page.ts");
    const words = readPage(decodePage(bytes, contentType));
    if (words === undefined) throw new PreviewFault(`the page of ${url.host} has no title`);
    return { words, url };
  }

  async #read(asked: AskedPage, from: URL): Promise<FoundPage> {
    const { words, url } = await this.#page(from);
    // That of the link, which a reader comes to: where it leads may be for those alone who ask as
    // we do.
    return { ...words, host: from.host, picture: await this.#picture(asked, words, url) };
  }

  /** A page without its picture is better than none. */
  async #picture(
    asked: AskedPage,
    { picture }: PageWords,
    page: URL,
  ): Promise<StoredPicture | undefined> {
    if (picture === undefined || !URL.canParse(picture, page)) return undefined;
    try {
      const still = await fetchPicture(
        this.#deps,
        new URL(picture, page),
        this.#stopping.signal,
      );
      const { blobPrefix } = newMediaId(this.#deps.rng.bytes(16));
      await reservePicture(this.#deps.sql, asked, blobPrefix);
      const { bytes, width, height } = still;
      const body = new Blob([new Uint8Array(bytes)]).stream();
      await this.#deps.blobs.put(pictureKey(blobPrefix), body, bytes.length);
      return { blobPrefix, width, height, size: bytes.length };
    } catch (error) {
      if (!(error instanceof PreviewFault)) throw error;
      this.#deps.log.log("debug", "A preview has no picture.", {
        host: page.host,
        reason: error.message,
      });
      return undefined;
    }
  }
}

/** Too many wait for their turn already. */
function isBusy(error: unknown): boolean {
  return error instanceof OperationError && error.code === "rate_limited";
}
