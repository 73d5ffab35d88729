import type { JsonValue } from "../../core/event/json.ts";

/**
 * A second og-jcs reader, written differently on purpose: tokens by one regular expression, an
 * explicit stack, no position kept. It is the reference that the real one is compared with.
 */
export type NaiveResult =
  | { readonly value: JsonValue }
  | { readonly refused: "syntax" | "profile" };

const TOKEN =
  /[ \t\r\n]*(?:([{}[\],:])|("(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)|(true|false|null))/y;

type Token = { readonly mark: string } | { readonly value: JsonValue };

interface Frame {
  readonly into: JsonValue[] | Map<string, JsonValue>;
  key?: string;
}

class Refused extends Error {
  constructor(readonly why: "syntax" | "profile") {
    super(why);
  }
}

function tokens(text: string): Token[] {
  const found: Token[] = [];
  let profile = false;
  let at = 0;
  const end = text.replace(/[ \t\r\n]+$/, "").length;
  while (at < end) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (match === null) throw new Refused("syntax");
    at = TOKEN.lastIndex;
    const [, mark, string, number, word] = match;
    if (mark !== undefined) found.push({ mark });
    else if (string !== undefined) {
      const value = JSON.parse(string) as string;
      profile ||= !value.isWellFormed();
      found.push({ value });
    } else if (number !== undefined) {
      profile ||= !/^(?:0|-?[1-9][0-9]*)$/.test(number) || !Number.isSafeInteger(Number(number));
      found.push({ value: Number(number) });
    } else found.push({ value: word === "null" ? null : word === "true" });
    if (/^[0-9A-Za-z.+-]/.test(text.slice(at)) && number !== undefined) throw new Refused("syntax");
  }
  // Syntax is judged first by the caller's grammar; a sentinel carries the rest.
  if (profile) found.push({ mark: "!" });
  return found;
}

/** `values` and `levels` bound what is read, as og-jcs does. */
export function readNaively(
  bytes: Uint8Array,
  bounds = { values: 4096, levels: 16 },
): NaiveResult {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return { value: assemble(tokens(text), bounds) };
  } catch (error) {
    if (error instanceof Refused) return { refused: error.why };
    return { refused: "syntax" };
  }
}

function assemble(list: Token[], bounds: { values: number; levels: number }): JsonValue {
  const last = list.at(-1);
  const profile = last !== undefined && "mark" in last && last.mark === "!";
  if (profile) list.pop();
  let broken = profile;
  let values = 0;
  let index = 0;
  const stack: Frame[] = [];
  let result: JsonValue | undefined;
  const next = () => list[index++];
  const peekMark = () => {
    const token = list[index];
    return token !== undefined && "mark" in token ? token.mark : undefined;
  };
  const put = (value: JsonValue) => {
    const frame = stack.at(-1);
    if (frame === undefined) result = value;
    else if (Array.isArray(frame.into)) frame.into.push(value);
    else {
      const key = frame.key as string;
      broken ||= frame.into.has(key) || !/^[ -~]{1,255}$/.test(key) || key === "__proto__";
      frame.into.set(key, value);
    }
  };
  const readKey = (frame: Frame) => {
    const key = next();
    const colon = next();
    if (key === undefined || !("value" in key) || typeof key.value !== "string") {
      throw new Refused("syntax");
    }
    if (colon === undefined || !("mark" in colon) || colon.mark !== ":") {
      throw new Refused("syntax");
    }
    frame.key = key.value;
  };
  let expectValue = true;
  while (expectValue || stack.length > 0) {
    if (expectValue) {
      const token = next();
      if (token === undefined) throw new Refused("syntax");
      broken ||= ++values > bounds.values;
      if ("value" in token) {
        put(token.value);
        expectValue = false;
      } else if (token.mark === "[" || token.mark === "{") {
        const frame: Frame = { into: token.mark === "[" ? [] : new Map() };
        stack.push(frame);
        broken ||= stack.length > bounds.levels;
        const empty = peekMark() === (token.mark === "[" ? "]" : "}");
        if (token.mark === "{" && !empty) readKey(frame);
        expectValue = !empty;
      } else throw new Refused("syntax");
      continue;
    }
    const frame = stack.at(-1) as Frame;
    const token = next();
    if (token === undefined || !("mark" in token)) throw new Refused("syntax");
    const isList = Array.isArray(frame.into);
    if (token.mark === (isList ? "]" : "}")) {
      stack.pop();
      put(
        isList
          ? frame.into as JsonValue[]
          : Object.fromEntries(frame.into as Map<string, JsonValue>),
      );
    } else if (token.mark === ",") {
      if (!isList) readKey(frame);
      expectValue = true;
    } else throw new Refused("syntax");
  }
  if (index < list.length || result === undefined) throw new Refused("syntax");
  if (broken) throw new Refused("profile");
  return result;
}
