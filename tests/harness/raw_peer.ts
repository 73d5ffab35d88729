import { parseServerName, type ServerName } from "../../core/ids/server_name.ts";
import { KEY_DOCUMENT_PATH } from "../../federation/keys/key_ring.ts";
import { signRequest, type UnsignedRequest } from "../../federation/http/sign_request.ts";
import { systemRng } from "../../server/system/rng.ts";
import { KeyWorldServer } from "./key_world.ts";
import { seededRng } from "./seeded_rng.ts";

/** A request on its way: every part may be changed before it is sent. */
export interface RawRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface RawAnswer {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  /** The error's code, where there is one. */
  readonly code: string | undefined;
}

/**
 * Another server by hand: it has a name, keys and their document, and signs whatever it is told
 * to. Nothing answers at its other addresses.
 */
export class RawPeer implements AsyncDisposable {
  readonly name: ServerName;
  readonly keys: KeyWorldServer;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(name: string) {
    const parsed = parseServerName(name);
    if (parsed === undefined) throw new Error(`"${name}" is no server name`);
    this.name = parsed;
    this.keys = new KeyWorldServer(parsed, seededRng(systemRng.bytes(4)[0] ?? 0));
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => undefined },
      async (request) => {
        if (new URL(request.url).pathname !== KEY_DOCUMENT_PATH) {
          return new Response(null, { status: 404 });
        }
        return new Response(Uint8Array.from(await this.keys.document(Date.now())));
      },
    );
  }

  /** For the setting `federation.test_peers`. */
  get setting(): string {
    return `${this.name}=http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** Signs a request as an honest server would, but for what is told otherwise. */
  async sign(
    to: { readonly url: string; readonly name: string },
    request: {
      readonly method?: "GET" | "POST";
      readonly target: string;
      readonly body?: unknown;
      readonly nowMs?: number;
      readonly nonce?: Uint8Array;
      readonly authority?: string;
      readonly traceparent?: string;
    },
  ): Promise<RawRequest> {
    const { body: value, method = "POST", target, nowMs = Date.now() } = request;
    const body = value === undefined
      ? new Uint8Array(0)
      : value instanceof Uint8Array
      ? value
      : new TextEncoder().encode(JSON.stringify(value));
    const unsigned: UnsignedRequest = {
      method,
      target,
      body,
      authority: request.authority ?? new URL(to.url).host,
      destination: to.name as ServerName,
      traceparent: request.traceparent,
    };
    const { signer } = await this.keys.tick(nowMs);
    const headers = await signRequest(unsigned, {
      origin: this.name,
      signer,
      nowMs,
      nonce: request.nonce ?? systemRng.bytes(16),
    });
    return { method, target, body, headers };
  }

  /** Sends a request as it is. */
  async send(to: { readonly url: string }, request: RawRequest): Promise<RawAnswer> {
    const response = await fetch(to.url + request.target, {
      method: request.method,
      headers: { ...request.headers, "content-type": "application/json" },
      redirect: "manual",
      ...(request.method === "GET" ? {} : { body: Uint8Array.from(request.body) }),
    });
    const text = await response.text();
    return { status: response.status, text, headers: response.headers, code: codeOf(text) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

function codeOf(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { error?: { code?: string } }).error?.code;
  } catch {
    return undefined;
  }
}
