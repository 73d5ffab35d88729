import { RegExpRouter } from "hono/router/reg-exp-router";
import { SmartRouter } from "hono/router/smart-router";
import { TrieRouter } from "hono/router/trie-router";
import { OperationError } from "../../core/errors.ts";

interface Entry<Handler> {
  readonly path: string;
  readonly handler: Handler;
}

export type Found<Handler> =
  | {
    readonly kind: "route";
    /** The pattern. */
    readonly path: string;
    readonly handler: Handler;
    readonly params: Readonly<Record<string, string>>;
  }
  /** The path exists with these methods. */
  | { readonly kind: "method"; readonly path: string; readonly methods: readonly string[] }
  | { readonly kind: "nothing" };

/** Paths whose route is remembered: a busy channel is asked for again and again. */
const REMEMBERED_MAX = 1024;
/** Longer paths are looked for each time. */
const REMEMBERED_CHARS = 200;

/** Patterns to handlers, by Hono's routers; no pattern answers one method twice. */
export class RouteTable<Handler> {
  readonly #remembered = new Map<string, Found<Handler>>();
  readonly #routes = smartRouter<Entry<Handler>>();
  readonly #paths = smartRouter<string>();
  readonly #methods = new Map<string, string[]>();

  add(method: string, path: string, handler: Handler): void {
    const taken = this.#methods.get(path);
    if (taken?.includes(method) === true) throw new Error(`Two routes answer ${method} ${path}.`);
    if (taken === undefined) this.#paths.add("ALL", path, path);
    this.#methods.set(path, [...taken ?? [], method]);
    this.#routes.add(method, path, { path, handler });
  }

  find(method: string, path: string): Found<Handler> {
    const key = `${method} ${path}`;
    const known = this.#remembered.get(key);
    if (known !== undefined) return known;
    const found = this.#look(method, path);
    if (found.kind === "route" && key.length <= REMEMBERED_CHARS) {
      if (this.#remembered.size >= REMEMBERED_MAX) this.#remembered.clear();
      this.#remembered.set(key, found);
    }
    return found;
  }

  #look(method: string, path: string): Found<Handler> {
    const [matches, stash] = this.#routes.match(method, path);
    const [match] = matches;
    if (match !== undefined) {
      const [{ path: pattern, handler }, raw] = match;
      const params: Record<string, string> = {};
      for (const [name, value] of Object.entries(raw)) {
        params[name] = decode(typeof value === "number" ? stash?.[value] ?? "" : value);
      }
      return { kind: "route", path: pattern, handler, params };
    }
    const [other] = this.#paths.match("ALL", path)[0];
    if (other === undefined) return { kind: "nothing" };
    return { kind: "method", path: other[0], methods: this.#methods.get(other[0]) ?? [] };
  }
}

function smartRouter<T>(): SmartRouter<T> {
  return new SmartRouter<T>({ routers: [new RegExpRouter<T>(), new TrieRouter<T>()] });
}

function decode(text: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new OperationError("invalid", "The address holds a broken %-escape.", { cause });
  }
}
