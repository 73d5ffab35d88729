import { TransportError } from "../../../federation/ports.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import type { HttpClient } from "../../federation/http_client.ts";
import type { IncomingAnswer } from "../../federation/node_answer.ts";
import { joinBytes } from "../../http/body.ts";
import { PREVIEW_LIMITS } from "./preview_limits.ts";
import { placeOfPreview, type PreviewRules } from "./preview_place.ts";

/** Why an address has nothing for a preview: for the log, and whether it may another time. */
export class PreviewFault extends Error {
  override readonly name = "PreviewFault";
  /** It was not reached, or not in time: what is known of it already stays. */
  readonly passing: boolean;

  constructor(message: string, options: ErrorOptions & { readonly passing?: boolean } = {}) {
    super(message, options);
    this.passing = options.passing ?? false;
  }
}

export interface Wanted {
  readonly accept: string;
  /** Until the whole body is read, over all redirects (ms). */
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** What lies beyond `maxBytes` is left unread; otherwise such an answer is refused. */
  readonly beginning: boolean;
  /** Media types that are read; another is refused before its first byte. */
  readonly isWanted: (type: string) => boolean;
  readonly signal: AbortSignal;
}

export interface Fetched {
  /** After redirects. */
  readonly url: URL;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

const EMPTY = new Uint8Array(0);
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Asks pages and their pictures, the one way by which previews reach anything outside: through the
 * client that checks every address it dials, with a rule for every hop, without cookies and
 * without a word of who wrote or reads the message.
 */
export class PreviewClient {
  readonly #deps: {
    readonly http: HttpClient;
    readonly clock: Clock;
    readonly rules: PreviewRules;
    readonly userAgent: string;
  };

  constructor(deps: {
    readonly http: HttpClient;
    readonly clock: Clock;
    readonly rules: PreviewRules;
    /** Says what asks, and where it can be asked why. */
    readonly userAgent: string;
  }) {
    this.#deps = deps;
  }

  /** @throws PreviewFault */
  async fetch(from: URL, wanted: Wanted): Promise<Fetched> {
    const endMs = this.#deps.clock.monotonic() + wanted.timeoutMs;
    let url = from;
    for (let hops = 0; hops <= PREVIEW_LIMITS.redirects; hops++) {
      const answer = await this.#ask(url, wanted, endMs);
      const header = REDIRECTS.has(answer.status) ? answer.header("location") : undefined;
      if (header === undefined) return await read(answer, url, wanted);
      answer.cancel();
      const next = readBytes(header);
      if (next.length > PREVIEW_LIMITS.urlChars || !URL.canParse(next, url)) {
        throw new PreviewFault(`${url.host} leads to no address`);
      }
      url = new URL(next, url);
    }
    throw new PreviewFault(`${from.host} leads on more than ${PREVIEW_LIMITS.redirects} times`);
  }

  async #ask(url: URL, { accept, signal }: Wanted, endMs: number): Promise<IncomingAnswer> {
    const { http, clock, rules, userAgent } = this.#deps;
    const place = placeOfPreview(url, rules);
    if (typeof place === "string") throw new PreviewFault(`${url.host} is not asked: ${place}`);
    const leftMs = endMs - clock.monotonic();
    if (leftMs <= 0) throw new PreviewFault(`${url.host} took too long`, { passing: true });
    return await explained(http.send(place.endpoint, {
      method: "GET",
      target: place.target,
      headers: { accept, "accept-encoding": "identity", "user-agent": userAgent },
      body: EMPTY,
      timeoutMs: Math.ceil(leftMs),
      signal,
    }));
  }
}

/** A header as UTF-8, which some write; it comes as one character for each byte. */
function readBytes(header: string): string {
  return new TextDecoder().decode(Uint8Array.from(header, (c) => c.charCodeAt(0)));
}

async function read(answer: IncomingAnswer, url: URL, wanted: Wanted): Promise<Fetched> {
  try {
    const contentType = answer.header("content-type") ?? "";
    const type = contentType.split(";", 1)[0]?.trim().toLowerCase() ?? "";
    if (answer.status !== 200) {
      throw new PreviewFault(`${url.host} answered ${answer.status}`, {
        passing: answer.status >= 500 || answer.status === 429,
      });
    }
    if (!wanted.isWanted(type)) throw new PreviewFault(`${url.host} gave ${type.slice(0, 60)}`);
    // Nobody was told that we could read another: it would have no bound.
    if ((answer.header("content-encoding") ?? "identity") !== "identity") {
      throw new PreviewFault(`${url.host} gave something packed`);
    }
    const { maxBytes } = wanted;
    const bytes = await explained(
      wanted.beginning ? beginningOf(answer, maxBytes) : answer.bytes(maxBytes),
    );
    return { url, contentType, bytes };
  } catch (error) {
    answer.cancel();
    throw error;
  }
}

/** The first bytes, and then the end of the connection, whether or not there is more. */
async function beginningOf(answer: IncomingAnswer, maxBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  // One chunk may reach beyond; the client's own bound is only there to be one.
  for await (const part of answer.stream(maxBytes * 2)) {
    parts.push(part.subarray(0, maxBytes - size));
    size += part.length;
    if (size >= maxBytes) break;
  }
  return joinBytes(parts, Math.min(size, maxBytes));
}

async function explained<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (!(cause instanceof TransportError)) throw cause;
    const passing = ["timeout", "unreachable", "unresolved"].includes(cause.kind);
    throw new PreviewFault(cause.message, { cause, passing });
  }
}
