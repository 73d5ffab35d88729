/**
 * The part of Structured Fields (RFC 8941) that signatures and digests are written in:
 * dictionaries of items and inner lists, with parameters. A field that is not wholly valid
 * is refused as a whole, as the RFC asks.
 */
export type BareItem = number | string | boolean | Uint8Array | { readonly token: string };

export interface Item {
  readonly value: BareItem;
  readonly params: ReadonlyMap<string, BareItem>;
}

export interface InnerList {
  readonly items: readonly Item[];
  readonly params: ReadonlyMap<string, BareItem>;
  /** The list and its parameters as they were written: what a signature base repeats. */
  readonly text: string;
}

export type Member = { readonly item: Item } | { readonly list: InnerList };

/** More members, items or parameters than this are of nobody who means well. */
const MAX_MEMBERS = 32;
const INTEGER = /-?[0-9]{1,15}(?![0-9.])/y;
const STRING = /"((?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"/y;
const BYTES = /:((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?):/y;
const TOKEN = /[A-Za-z*][!#$%&'*+\-.^_`|~0-9A-Za-z:/]*/y;
const BOOLEAN = /\?([01])/y;
const KEY = /[a-z*][a-z0-9_\-.*]*/y;

/** Inside this file alone: ends the reading of a field that is not valid. */
class Malformed extends Error {}

class Reader {
  #at = 0;

  constructor(readonly text: string) {}

  get done(): boolean {
    return this.#at >= this.text.length;
  }

  get at(): number {
    return this.#at;
  }

  pass(spaces: RegExp): void {
    spaces.lastIndex = this.#at;
    if (spaces.test(this.text)) this.#at = spaces.lastIndex;
  }

  take(text: string): boolean {
    if (!this.text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text);
    if (found === null) return undefined;
    this.#at = pattern.lastIndex;
    return found;
  }

  key(): string {
    const found = this.match(KEY);
    if (found === undefined) throw new Malformed();
    return found[0];
  }

  bareItem(): BareItem {
    const text = this.match(STRING);
    if (text !== undefined) return (text[1] as string).replace(/\\(.)/g, "$1");
    const bytes = this.match(BYTES);
    if (bytes !== undefined) return fromBase64(bytes[1] as string);
    const flag = this.match(BOOLEAN);
    if (flag !== undefined) return flag[1] === "1";
    const integer = this.match(INTEGER);
    if (integer !== undefined) return Number(integer[0]);
    const token = this.match(TOKEN);
    if (token !== undefined) return { token: token[0] };
    throw new Malformed();
  }

  params(): Map<string, BareItem> {
    const params = new Map<string, BareItem>();
    while (this.take(";")) {
      this.pass(/ */y);
      const name = this.key();
      // A parameter given twice would be read differently by another parser: refused.
      if (params.has(name) || params.size >= MAX_MEMBERS) throw new Malformed();
      params.set(name, this.take("=") ? this.bareItem() : true);
    }
    return params;
  }

  innerList(): InnerList {
    const start = this.#at - 1;
    const items: Item[] = [];
    for (;;) {
      this.pass(/ */y);
      if (this.take(")")) break;
      if (items.length >= MAX_MEMBERS) throw new Malformed();
      items.push({ value: this.bareItem(), params: this.params() });
      if (!this.text.startsWith(" ", this.#at) && !this.text.startsWith(")", this.#at)) {
        throw new Malformed();
      }
    }
    const params = this.params();
    return { items, params, text: this.text.slice(start, this.#at) };
  }

  member(): Member {
    if (!this.take("=")) return { item: { value: true, params: this.params() } };
    if (this.take("(")) return { list: this.innerList() };
    return { item: { value: this.bareItem(), params: this.params() } };
  }
}

function fromBase64(text: string): Uint8Array {
  try {
    return Uint8Array.fromBase64(text, { lastChunkHandling: "strict" });
  } catch {
    throw new Malformed();
  }
}

/** A dictionary by key, or undefined where the field is not one, or names a key twice. */
export function parseDictionary(text: string): ReadonlyMap<string, Member> | undefined {
  try {
    return readDictionary(new Reader(text));
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

function readDictionary(reader: Reader): ReadonlyMap<string, Member> {
  const members = new Map<string, Member>();
  reader.pass(/ */y);
  while (!reader.done) {
    const key = reader.key();
    if (members.has(key) || members.size >= MAX_MEMBERS) throw new Malformed();
    members.set(key, reader.member());
    reader.pass(/[ \t]*/y);
    if (reader.done) return members;
    if (!reader.take(",")) throw new Malformed();
    reader.pass(/[ \t]*/y);
    if (reader.done) throw new Malformed();
  }
  return members;
}

/** A string as a structured field writes it. Printable ASCII alone. */
export function writeString(text: string): string {
  if (!/^[\x20-\x7e]*$/.test(text)) {
    throw new RangeError(`Cannot write ${JSON.stringify(text)}: only printable ASCII is possible`);
  }
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}

/** Bytes as a structured field writes them. */
export function writeBytes(bytes: Uint8Array): string {
  return `:${bytes.toBase64()}:`;
}
