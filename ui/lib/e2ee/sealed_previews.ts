import type { LinkWords, Preview } from "../../../core/api/preview.ts";
import type { SealedPayload, SealedPreview } from "../../../core/e2ee/payload.ts";
import { cleanWords } from "../../../core/previews/clean_words.ts";
import { PREVIEW_WORDS, previewAddress } from "../../../core/previews/preview_words.ts";
import { limits } from "../../../core/limits.ts";
import { previewLinks } from "../md/links.ts";

/** A message does not wait longer for its previews: it goes without (ms). */
export const LOOK_MS = 6000;
/** Answers that a tab remembers, so that a message that is tried again asks nothing again. */
const KEPT = 60;
/** Of a payload beside its previews: what it holds must fit with them into the largest bucket. */
const ROOM_BYTES = limits.sealed.maxBucketBytes - 1024;

/** Asks one's own server, which asks the page. */
export type PreviewLink = (url: string) => Promise<LinkWords | null>;

/** The addresses of a text that ask for a preview, the first ones, each once. */
export function previewAddresses(body: string): string[] {
  const found = new Set<string>();
  for (const { href } of previewLinks(body)) {
    const url = previewAddress(href);
    if (url !== undefined && found.size < PREVIEW_WORDS.links) found.add(url.href);
  }
  return [...found];
}

/** Previews that one's own client makes for what it sends encrypted. PROTOCOL.md 12. */
export class SealedPreviews {
  readonly #look: PreviewLink;
  readonly #known = new Map<string, SealedPreview | undefined>();

  constructor(look: PreviewLink) {
    this.#look = look;
  }

  /** Of the links of a text, in their order; `held` are those that its message has already. */
  async of(body: string, held: readonly SealedPreview[] = []): Promise<SealedPreview[]> {
    const made = await Promise.all(
      previewAddresses(body).map(async (url) =>
        held.find((each) => each.url === url) ?? await this.#find(url)
      ),
    );
    return made.filter((each) => each !== undefined);
  }

  async #find(url: string): Promise<SealedPreview | undefined> {
    if (this.#known.has(url)) return this.#known.get(url);
    // Whatever went wrong: a message is worth more than its preview.
    const words = await this.#look(url).catch(() => undefined);
    const made = words ? sealedPreview(words) : undefined;
    this.#known.set(url, made);
    const [oldest] = this.#known.keys();
    if (this.#known.size > KEPT && oldest !== undefined) this.#known.delete(oldest);
    return made;
  }
}

function sealedPreview({ url, title, site, description }: LinkWords): SealedPreview {
  return {
    ...{ url, title },
    ...(site === null ? {} : { site }),
    ...(description === null ? {} : { description }),
  } as SealedPreview;
}

/** A draft with previews, or as it is where they would make it too large. */
export function withPreviews<Draft extends object>(
  draft: Draft,
  previews: readonly SealedPreview[],
): Draft {
  if (previews.length === 0) return draft;
  const full = { ...draft, previews };
  return new TextEncoder().encode(JSON.stringify(full)).length <= ROOM_BYTES ? full : draft;
}

/**
 * What a reader is shown of a sealed message's previews: words of a stranger, cleaned and cut as
 * those that servers find; only of links that the text itself has, and the host is that of the
 * link. Nothing is fetched. Undefined where there is none.
 */
export function shownPreviews(payload: SealedPayload): Preview[] | undefined {
  const { previews = [], body = "" } = payload;
  if (previews.length === 0) return undefined;
  const shown = previewAddresses(body).flatMap((url) => {
    const words = previews.find((each) => each.url === url);
    const title = cleanWords(words?.title, PREVIEW_WORDS.titleChars);
    if (words === undefined || title === undefined) return [];
    return [{
      ...{ url, title, host: new URL(url).host, picture: null },
      site: cleanWords(words.site, PREVIEW_WORDS.siteChars) ?? null,
      description: cleanWords(words.description, PREVIEW_WORDS.descriptionChars) ?? null,
    }];
  });
  return shown.length > 0 ? shown : undefined;
}
