import type { z } from "zod";
import type { FederationOperation } from "../../core/api/federation/operation.ts";
import type { JsonObject, JsonValue } from "../../core/event/json.ts";
import { encodeSignature, type EventSigner } from "../../core/event/sign.ts";
import { signatureName } from "../../core/ids/key_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import {
  type KeyDocument,
  type KeyDocumentDraft,
  signKeyDocument,
} from "../../core/keys/key_document.ts";
import { encodePublicKey, type KeyEntry, keyIdOf } from "../../core/keys/key_entry.ts";
import { writeCanonicalBytes } from "../../core/event/json_write.ts";
import type { Rng } from "../../core/ports/rng.ts";
import { keyPairOf, serverName, userId } from "../harness/events.ts";
import { seededRng } from "../harness/seeded_rng.ts";

const DAY_MS = 86_400_000;

/** A key of a hostile server, and the server's own word on how long it counts. */
export interface HostileKey {
  readonly entry: KeyEntry;
  readonly signer: EventSigner;
  sign(bytes: Uint8Array): Uint8Array<ArrayBuffer>;
}

/** What somebody asked of the hostile server. */
export interface Asked {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/** A request before it is signed. Whatever is set is sent, right or wrong. */
export interface RequestParts {
  readonly method: "GET" | "POST";
  readonly target: string;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly destination: string;
  readonly headers: Record<string, string>;
  readonly components: readonly string[];
  /** Signature parameters in order, as they are written. */
  readonly params: readonly (readonly [name: string, value: string])[];
  readonly signer: HostileKey;
  /** Changes made after the signature. */
  readonly afterwards?: (request: { target: string; headers: Headers; body: Uint8Array }) => {
    target?: string;
    method?: string;
    body?: Uint8Array<ArrayBuffer>;
  } | void;
}

export interface Reply {
  readonly status: number;
  /** Parsed where it is JSON. */
  // deno-lint-ignore no-explicit-any -- tests read answers of many operations
  readonly body: any;
  readonly bytes: Uint8Array;
}

export type Answer = Response | JsonValue | undefined;

export const COVERED = [
  "@method",
  "@authority",
  "@path",
  "@query",
  "content-digest",
  "og-destination",
] as const;

const encoder = new TextEncoder();

/**
 * A server that obeys no rule: real HTTP on loopback, keys of its own, and every request, event
 * and answer as a test wants it. Its request signatures are written from RFC 9421 alone, so that
 * an honest one that it makes proves that two implementations agree.
 */
export class HostilePeer implements AsyncDisposable {
  readonly name: ServerName;
  readonly port: number;
  readonly rng: Rng & { below(bound: number): number };
  readonly keys: HostileKey[] = [];
  readonly asked: Asked[] = [];
  /** Answers by path without query; a function throws or hangs as it likes. Default 404. */
  readonly answers = new Map<string, (asked: Asked) => Answer | Promise<Answer>>();
  /** In the place of its server document, or its key document. */
  serverDocument: (() => Answer) | undefined;
  keyDocument: (() => Answer | Promise<Answer>) | undefined;
  #server: Deno.HttpServer | undefined;
  #seq = 1;

  private constructor(name: ServerName, seed: number) {
    this.name = name;
    this.rng = seededRng(seed);
    const server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => undefined },
      (request) => this.#answer(request),
    );
    this.#server = server;
    this.port = server.addr.port;
    const now = Date.now();
    this.addKey({ from: now - DAY_MS, until: now + 12 * DAY_MS });
  }

  static start(name: string, seed = 99): HostilePeer {
    return new HostilePeer(serverName(name), seed);
  }

  /** `name=http://127.0.0.1:port`, as a test peer is named in a configuration. */
  get address(): string {
    return `${this.name}=http://127.0.0.1:${this.port}`;
  }

  user(name: string): UserId {
    return userId(`@${name}:${this.name}`);
  }

  get key(): HostileKey {
    return this.keys.at(-1) as HostileKey;
  }

  get signer(): EventSigner {
    return this.key.signer;
  }

  /** A key and its entry; the newest signs. */
  addKey(window: { readonly from: number; readonly until: number }, bytes?: Uint8Array) {
    const pair = keyPairOf(bytes ?? this.rng.bytes(32));
    const entry = {
      server: this.name,
      key: encodePublicKey(pair.publicKey),
      valid_from: window.from,
      valid_until: window.until,
    };
    const sign = (message: Uint8Array) => Uint8Array.from(pair.sign(message));
    const signer = {
      keyId: keyIdOf(entry),
      sign: (message: Uint8Array) => Promise.resolve(sign(message)),
    };
    const key: HostileKey = { entry, signer, sign };
    this.keys.push(key);
    return key;
  }

  /** Its key document, as an honest server would write it; `draft` says otherwise. */
  makeKeyDocument(draft: Partial<KeyDocumentDraft> = {}): Promise<KeyDocument> {
    return signKeyDocument({
      server: this.name,
      seq: this.#seq++,
      created_ts: Date.now(),
      keys: this.keys.map(({ entry }) => entry).reverse(),
      revoked: [],
      ...draft,
    }, [this.signer]);
  }

  async #answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const body = new Uint8Array(await request.arrayBuffer());
    const target = url.pathname + url.search;
    const asked = { method: request.method, target, headers: request.headers, body };
    this.asked.push(asked);
    if (url.pathname === "/.well-known/openguild/server") {
      return respond(
        this.serverDocument === undefined
          ? { server: this.name, host: "127.0.0.1", port: this.port, trial: false }
          : this.serverDocument(),
      );
    }
    if (url.pathname === "/.well-known/openguild/keys") {
      return respond(
        await (this.keyDocument === undefined
          ? this.makeKeyDocument() as unknown as JsonValue
          : this.keyDocument()),
      );
    }
    return respond(await this.answers.get(url.pathname)?.(asked));
  }

  /** Signed as an honest server would; `parts` says otherwise. */
  async send(url: string, to: ServerName, parts: Partial<RequestParts>): Promise<Reply> {
    return await deliver(await this.sign(url, to, parts));
  }

  /** What `send` sends. */
  async sign(url: string, to: ServerName, parts: Partial<RequestParts>): Promise<Request> {
    const body = parts.body ?? new Uint8Array();
    const target = parts.target ?? "/";
    const signer = parts.signer ?? this.key;
    const headers = new Headers({
      "content-digest": await digestOf(body),
      "og-destination": parts.destination ?? to,
      ...(body.length > 0 ? { "content-type": "application/json" } : {}),
      ...parts.headers,
    });
    const method = parts.method ?? "POST";
    const components = parts.components ?? COVERED;
    const params = parts.params ?? this.params({ signer });
    const input = `(${components.map((name) => `"${name}"`).join(" ")})` +
      params.map(([name, value]) => `;${name}=${value}`).join("");
    const authority = new URL(url).host;
    const base = components.map((name) =>
      `"${name}": ${componentOf(name, { method, target, authority, headers })}`
    );
    const message = encoder.encode([...base, `"@signature-params": ${input}`].join("\n"));
    headers.set("signature-input", `og=${input}`);
    headers.set("signature", `og=:${signer.sign(message).toBase64()}:`);
    const changed = parts.afterwards?.({ target, headers, body }) ?? {};
    const sent = changed.body ?? body;
    return new Request(`${url}${changed.target ?? target}`, {
      method: changed.method ?? method,
      headers,
      redirect: "manual",
      ...(sent.length > 0 ? { body: sent } : {}),
    });
  }

  /** Signature parameters as they should be, each to be replaced by name; undefined leaves one out. */
  params(
    change: {
      readonly signer?: HostileKey;
      readonly replace?: Readonly<Record<string, string | undefined>>;
    } = {},
  ): [string, string][] {
    const { signer } = change.signer ?? this.key;
    const nonce = this.rng.bytes(16).toBase64({ alphabet: "base64url", omitPadding: true });
    const usual: [string, string][] = [
      ["created", String(Math.floor(Date.now() / 1000))],
      ["nonce", `"${nonce}"`],
      ["keyid", `"${this.name} ${signatureName(signer.keyId)}"`],
      ["alg", '"ed25519"'],
      ["tag", '"openguild-s2s"'],
    ];
    const replace = change.replace ?? {};
    return usual.flatMap(([name, value]): [string, string][] => {
      if (!(name in replace)) return [[name, value]];
      const other = replace[name];
      return other === undefined ? [] : [[name, other]];
    });
  }

  /** Asks a server for an operation, as an honest server would sign it, whatever the request says. */
  call<Request extends z.ZodType>(
    to: { readonly url: string; readonly name: ServerName },
    operation: FederationOperation<Request>,
    request: z.input<Request>,
    parts: Partial<RequestParts> = {},
  ): Promise<Reply> {
    const fields = { ...request as Record<string, unknown> };
    const path = operation.path.replace(/:(\w+)/g, (_all, name: string) => {
      const value = String(fields[name]);
      delete fields[name];
      return encodeURIComponent(value);
    });
    if (operation.method === "POST") {
      const body = writeLoosely(fields);
      return this.send(to.url, to.name, { method: "POST", target: path, body, ...parts });
    }
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(fields)) {
      for (const each of Array.isArray(value) ? value : [value]) {
        if (each !== undefined) query.append(name, String(each));
      }
    }
    const target = query.size === 0 ? path : `${path}?${query}`;
    return this.send(to.url, to.name, { method: "GET", target, ...parts });
  }

  /** A signature of its key over anything with any tag, base64. */
  signTagged(bytes: Uint8Array): string {
    return encodeSignature(this.key.sign(bytes));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    // Answers that hang are part of the trade: whoever still waits is cut off.
    await Promise.race([server.shutdown(), new Promise((resolve) => setTimeout(resolve, 200))]);
  }
}

export async function deliver(request: Request): Promise<Reply> {
  const response = await fetch(request);
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { status: response.status, bytes, body: parsed(bytes) };
}

/** Canonical where it can be, else any JSON that there is for it. */
function writeLoosely(value: unknown): Uint8Array<ArrayBuffer> {
  try {
    return writeCanonicalBytes(value as JsonObject);
  } catch {
    return encoder.encode(JSON.stringify(value));
  }
}

async function digestOf(body: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", body));
  return `sha-256=:${digest.toBase64()}:`;
}

function componentOf(
  name: string,
  request: { method: string; target: string; authority: string; headers: Headers },
): string {
  const at = request.target.indexOf("?");
  switch (name) {
    case "@method":
      return request.method;
    case "@authority":
      return request.authority;
    case "@path":
      return at < 0 ? request.target : request.target.slice(0, at);
    case "@query":
      return at < 0 ? "?" : request.target.slice(at);
    default:
      return request.headers.get(name) ?? "";
  }
}

function respond(answer: Answer): Response {
  if (answer instanceof Response) return answer;
  if (answer === undefined) return new Response("{}", { status: 404 });
  return new Response(JSON.stringify(answer), { headers: { "content-type": "application/json" } });
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
