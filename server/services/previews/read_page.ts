import { QuoteType, Tokenizer } from "htmlparser2";
import { cleanWords } from "../../../core/previews/clean_words.ts";
import { PREVIEW_LIMITS } from "./preview_limits.ts";

/** What a page says of itself, cleaned and cut. */
export interface PageWords {
  readonly title: string;
  readonly site: string | undefined;
  readonly description: string | undefined;
  /** As written, maybe relative. */
  readonly picture: string | undefined;
  readonly pictureAlt: string | undefined;
}

/** Names of `meta` in the order in which they are believed. */
const NAMES = {
  title: ["og:title", "twitter:title"],
  site: ["og:site_name", "application-name"],
  description: ["og:description", "twitter:description", "description"],
  picture: [
    "og:image:secure_url",
    "og:image:url",
    "og:image",
    "twitter:image",
    "twitter:image:src",
  ],
  pictureAlt: ["og:image:alt", "twitter:image:alt"],
} as const;
const WANTED: ReadonlySet<string> = new Set(Object.values(NAMES).flat());
/** A value longer than this is not kept: no title or address needs it. */
const VALUE_CHARS = 4096;

/** Undefined where it has no title. Takes a time that grows with the page alone. */
export function readPage(html: string): PageWords | undefined {
  const head = new HeadReader(html).read();
  const find = (names: readonly string[]) =>
    names.map((name) => head.meta.get(name)).find((value) => value !== undefined);
  const words = (names: readonly string[], maxChars: number) =>
    names.map((name) => cleanWords(head.meta.get(name), maxChars))
      .find((value) => value !== undefined);
  const { titleChars, siteChars, descriptionChars, altChars } = PREVIEW_LIMITS;
  const title = words(NAMES.title, titleChars) ?? cleanWords(head.title, titleChars);
  if (title === undefined) return undefined;
  return {
    title,
    site: words(NAMES.site, siteChars),
    description: words(NAMES.description, descriptionChars),
    picture: find(NAMES.picture)?.trim(),
    pictureAlt: words(NAMES.pictureAlt, altChars),
  };
}

/**
 * Reads `title` and `meta` of the head off the tokens alone: no tree is built, so nothing can be
 * nested too deep, and the body is not looked at. Nothing of a page runs or is fetched.
 */
class HeadReader {
  readonly #html: string;
  readonly #tokens: Tokenizer;
  readonly meta = new Map<string, string>();
  title: string | undefined;
  #tag = "";
  #inTitle = false;
  /** Attributes of the `meta` at hand. */
  #attributes = new Map<string, string>();
  #name = "";
  #value = "";

  constructor(html: string) {
    this.#html = html;
    const nothing = () => {};
    this.#tokens = new Tokenizer({ decodeEntities: true }, {
      onopentagname: (start, end) => this.#open(this.#slice(start, end).toLowerCase()),
      onattribname: (start, end) => {
        this.#name = this.#tag === "meta" ? this.#slice(start, end).toLowerCase() : "";
        this.#value = "";
      },
      onattribdata: (start, end) => this.#add(start, end),
      onattribentity: (code) => this.#addText(String.fromCodePoint(code)),
      onattribend: (quote) => this.#keep(quote),
      onopentagend: () => this.#opened(),
      onselfclosingtag: () => this.#opened(),
      onclosetag: (start, end) => this.#close(this.#slice(start, end).toLowerCase()),
      ontext: (start, end) => this.#say(this.#slice(start, end)),
      ontextentity: (code) => this.#say(String.fromCodePoint(code)),
      oncdata: nothing,
      oncomment: nothing,
      ondeclaration: nothing,
      onprocessinginstruction: nothing,
      onend: nothing,
    });
  }

  read(): this {
    this.#tokens.write(this.#html);
    this.#tokens.end();
    return this;
  }

  #slice(start: number, end: number): string {
    return this.#html.slice(start, Math.min(end, start + VALUE_CHARS));
  }

  #open(tag: string): void {
    this.#tag = tag;
    if (tag === "meta") this.#attributes = new Map();
    if (tag === "body") this.#tokens.pause();
    // The first one counts, as in browsers: drawings in a page have titles of their own.
    if (tag === "title" && this.title === undefined) {
      this.#inTitle = true;
      this.title = "";
    }
  }

  #opened(): void {
    if (this.#tag !== "meta") return;
    const names = [this.#attributes.get("property"), this.#attributes.get("name")];
    const content = this.#attributes.get("content");
    for (const each of names) {
      const name = each?.trim().toLowerCase() ?? "";
      if (content !== undefined && WANTED.has(name) && !this.meta.has(name)) {
        this.meta.set(name, content);
      }
    }
  }

  #close(tag: string): void {
    if (tag === "title") this.#inTitle = false;
    if (tag === "head") this.#tokens.pause();
  }

  #say(text: string): void {
    if (this.#inTitle && (this.title?.length ?? 0) < VALUE_CHARS) this.title += text;
  }

  #add(start: number, end: number): void {
    if (this.#name !== "") this.#addText(this.#slice(start, end));
  }

  #addText(text: string): void {
    if (this.#value.length < VALUE_CHARS) this.#value += text;
  }

  #keep(quote: QuoteType): void {
    const isWanted = ["property", "name", "content"].includes(this.#name);
    if (!isWanted || quote === QuoteType.NoValue || this.#attributes.has(this.#name)) return;
    this.#attributes.set(this.#name, this.#value);
  }
}
