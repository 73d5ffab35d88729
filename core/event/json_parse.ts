import { limits } from "../limits.ts";
import type { JsonValue } from "./json.ts";

/** What broke og-jcs, and the character offset in the decoded text (0 for the bytes as a whole). */
export interface JsonFault {
  readonly code:
    | "not_utf8"
    | "too_large"
    | "syntax"
    | "number"
    | "string"
    | "lone_surrogate"
    | "key"
    | "duplicate_key"
    | "too_deep"
    | "too_many_nodes";
  readonly offset: number;
  readonly message: string;
}

export type JsonParseResult =
  | { readonly ok: true; readonly value: JsonValue }
  | { readonly ok: false; readonly fault: JsonFault };

export interface JsonParseOptions {
  /** Default: that of a whole transaction. */
  readonly maxBytes?: number;
  readonly maxDepth?: number;
  readonly maxNodes?: number;
}

/** Inside this file alone: carries a fault up through the recursion. */
class Halt extends Error {
  constructor(readonly fault: JsonFault) {
    super(fault.message);
  }
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

class Parser {
  #at = 0;
  #nodes = 0;
  readonly #text: string;
  readonly #maxDepth: number;
  readonly #maxNodes: number;

  constructor(text: string, options: JsonParseOptions) {
    this.#text = text;
    this.#maxDepth = options.maxDepth ?? limits.json.maxDepth;
    this.#maxNodes = options.maxNodes ?? limits.json.maxNodes;
  }

  parseDocument(): JsonValue {
    this.#skipSpace();
    const value = this.#parseValue(0);
    this.#skipSpace();
    if (this.#at < this.#text.length) this.#halt("syntax", "text after the value");
    return value;
  }

  #halt(code: JsonFault["code"], message: string, offset = this.#at): never {
    throw new Halt({ code, offset, message: `Cannot read JSON at ${offset}: ${message}` });
  }

  #skipSpace(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#at++;
    }
  }

  #parseValue(depth: number): JsonValue {
    if (++this.#nodes > this.#maxNodes) {
      this.#halt("too_many_nodes", `more than ${this.#maxNodes} values`);
    }
    const code = this.#text.charCodeAt(this.#at);
    if (code === QUOTE) return this.#parseString();
    if (code === OPEN_BRACE) return this.#parseObject(depth + 1);
    if (code === OPEN_BRACKET) return this.#parseArray(depth + 1);
    if (code === MINUS || (code >= 0x30 && code <= 0x39)) return this.#parseInteger();
    if (this.#text.startsWith("true", this.#at)) return this.#literal(4, true);
    if (this.#text.startsWith("false", this.#at)) return this.#literal(5, false);
    if (this.#text.startsWith("null", this.#at)) return this.#literal(4, null);
    return this.#halt("syntax", "a value is expected");
  }

  #literal<T extends boolean | null>(length: number, value: T): T {
    this.#at += length;
    return value;
  }

  #checkDepth(depth: number): void {
    if (depth > this.#maxDepth) this.#halt("too_deep", `more than ${this.#maxDepth} levels`);
  }

  #parseObject(depth: number): JsonValue {
    this.#checkDepth(depth);
    this.#at++;
    const object: Record<string, JsonValue> = Object.create(null);
    this.#skipSpace();
    if (this.#text.charCodeAt(this.#at) === CLOSE_BRACE) {
      this.#at++;
      return object;
    }
    for (;;) {
      const start = this.#at;
      if (this.#text.charCodeAt(start) !== QUOTE) this.#halt("syntax", "a key is expected");
      const key = this.#parseString();
      const bad = keyFault(key);
      if (bad !== undefined) this.#halt("key", bad, start);
      if (key in object) this.#halt("duplicate_key", `key "${key}" twice`, start);
      this.#skipSpace();
      if (this.#text.charCodeAt(this.#at) !== COLON) this.#halt("syntax", '":" is expected');
      this.#at++;
      this.#skipSpace();
      object[key] = this.#parseValue(depth);
      this.#skipSpace();
      const code = this.#text.charCodeAt(this.#at++);
      if (code === CLOSE_BRACE) return object;
      if (code !== COMMA) this.#halt("syntax", '"," or "}" is expected', this.#at - 1);
      this.#skipSpace();
    }
  }

  #parseArray(depth: number): JsonValue {
    this.#checkDepth(depth);
    this.#at++;
    const array: JsonValue[] = [];
    this.#skipSpace();
    if (this.#text.charCodeAt(this.#at) === CLOSE_BRACKET) {
      this.#at++;
      return array;
    }
    for (;;) {
      array.push(this.#parseValue(depth));
      this.#skipSpace();
      const code = this.#text.charCodeAt(this.#at++);
      if (code === CLOSE_BRACKET) return array;
      if (code !== COMMA) this.#halt("syntax", '"," or "]" is expected', this.#at - 1);
      this.#skipSpace();
    }
  }

  /** `-?(0|[1-9][0-9]*)` within the safe range; what follows is the caller's to judge. */
  #parseInteger(): number {
    const text = this.#text;
    const start = this.#at;
    const negative = text.charCodeAt(start) === MINUS;
    let at = negative ? start + 1 : start;
    const digits = at;
    let value = 0;
    for (;; at++) {
      const digit = text.charCodeAt(at) - 0x30;
      if (!(digit >= 0 && digit <= 9)) break;
      // 17 digits cannot be safe; stopping there keeps `value` exact and the loop short.
      if (at - digits >= 16) this.#halt("number", "an integer beyond 2^53-1", start);
      value = value * 10 + digit;
    }
    const count = at - digits;
    const next = text.charCodeAt(at);
    if (count === 0) this.#halt("syntax", "a digit is expected", at);
    if (count > 1 && text.charCodeAt(digits) === 0x30) {
      this.#halt("number", "a leading zero", start);
    }
    if (next === 0x2e || next === 0x45 || next === 0x65) {
      this.#halt("number", "fraction or exponent", start);
    }
    if (negative && value === 0) this.#halt("number", "-0", start);
    if (value > limits.json.maxInteger) this.#halt("number", "an integer beyond 2^53-1", start);
    this.#at = at;
    return negative ? -value : value;
  }

  #parseString(): string {
    const text = this.#text;
    const start = this.#at + 1;
    for (let at = start;; at++) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) {
        this.#at = at + 1;
        return text.slice(start, at);
      }
      if (code === BACKSLASH) return this.#parseEscapedString(start, at);
      if (!(code >= 0x20)) this.#haltInString(at);
    }
  }

  #haltInString(at: number): never {
    const ended = at >= this.#text.length;
    return this.#halt("string", ended ? "the string does not end" : "a control character", at);
  }

  #parseEscapedString(start: number, firstEscape: number): string {
    const text = this.#text;
    let result = "";
    let from = start;
    for (let at = firstEscape;;) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) {
        result += text.slice(from, at);
        this.#at = at + 1;
        if (!result.isWellFormed()) {
          this.#halt("lone_surrogate", "half of a surrogate pair", start);
        }
        return result;
      }
      if (code === BACKSLASH) {
        result += text.slice(from, at);
        const kind = text.charAt(at + 1);
        if (kind === "u") {
          const hex = text.slice(at + 2, at + 6);
          if (!/^[0-9a-fA-F]{4}$/.test(hex)) this.#halt("string", "\\u needs four hex digits", at);
          result += String.fromCharCode(parseInt(hex, 16));
          at += 6;
        } else {
          const char = Object.hasOwn(SIMPLE_ESCAPES, kind) ? SIMPLE_ESCAPES[kind] : undefined;
          if (char === undefined) this.#halt("string", "an unknown escape", at);
          result += char;
          at += 2;
        }
        from = at;
        continue;
      }
      if (!(code >= 0x20)) this.#haltInString(at);
      at++;
    }
  }
}

/** Why a key is not one of og-jcs, or undefined: printable ASCII, 1..255 bytes, not `__proto__`. */
export function keyFault(key: string): string | undefined {
  if (key.length === 0) return "an empty key";
  if (key.length > limits.json.maxKeyBytes) {
    return `a key longer than ${limits.json.maxKeyBytes} bytes`;
  }
  for (let at = 0; at < key.length; at++) {
    const code = key.charCodeAt(at);
    if (code < 0x20 || code > 0x7e) return "a key with other than printable ASCII";
  }
  return key === "__proto__" ? 'the key "__proto__"' : undefined;
}

/**
 * Reads og-jcs from raw bytes: the sender's bytes need not be canonical, but a value outside the
 * profile is refused, never mended. Objects come without prototype. Never throws for bad input.
 * PROTOCOL.md 2 (canonical JSON).
 */
export function parseJson(bytes: Uint8Array, options: JsonParseOptions = {}): JsonParseResult {
  const maxBytes = options.maxBytes ?? limits.transaction.maxBytes;
  if (bytes.length > maxBytes) {
    const message = `Cannot read JSON: ${bytes.length} bytes are more than ${maxBytes}`;
    return { ok: false, fault: { code: "too_large", offset: 0, message } };
  }
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    const message = "Cannot read JSON: the bytes are not UTF-8";
    return { ok: false, fault: { code: "not_utf8", offset: 0, message } };
  }
  return parseJsonText(text, options);
}

/** As parseJson, for text that is already decoded. Its length is the caller's to bound. */
export function parseJsonText(text: string, options: JsonParseOptions = {}): JsonParseResult {
  if (!text.isWellFormed()) {
    const message = "Cannot read JSON: half of a surrogate pair";
    return { ok: false, fault: { code: "lone_surrogate", offset: 0, message } };
  }
  try {
    return { ok: true, value: new Parser(text, options).parseDocument() };
  } catch (error) {
    if (error instanceof Halt) return { ok: false, fault: error.fault };
    throw error;
  }
}
