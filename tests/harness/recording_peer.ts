import type { Pdu } from "../../core/event/event.ts";
import { type Link, openLink } from "./link.ts";

/** What a peer does with a transaction over its socket. */
export type PeerMood =
  | "well"
  | "hangs"
  | "answers 401"
  | "answers 500"
  | "answers garbage"
  | "drips";

const DRIP_MS = 1_000;

/**
 * Another server as far as it takes transactions in: a socket that writes down what it was
 * sent and checks nothing. Its link can be cut.
 */
export class RecordingPeer implements AsyncDisposable {
  readonly pdus: Pdu[] = [];
  readonly edus: string[] = [];
  readonly keys = new Set<string>();
  /** Requests that were read and have no whole answer yet. */
  underWay = 0;
  mood: PeerMood = "well";
  readonly link: Link;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #ending = new AbortController();

  constructor(readonly name: string) {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => undefined },
      (request) => this.#answer(request),
    );
    this.link = openLink({ port: this.#server.addr.port });
  }

  /** For the setting `federation.test_peers`. */
  get setting(): string {
    return `${this.name}=http://127.0.0.1:${this.link.port}`;
  }

  /** Bodies of the messages that came, in the order of arrival. */
  get bodies(): string[] {
    return this.pdus.flatMap(({ content }) =>
      typeof content["body"] === "string" ? [content["body"]] : []
    );
  }

  get types(): string[] {
    return this.pdus.map(({ type }) => type);
  }

  async #answer(request: Request): Promise<Response> {
    if (!new URL(request.url).pathname.startsWith("/_federation/send/")) {
      return new Response("nothing here", { status: 404 });
    }
    const body = await request.json();
    this.underWay++;
    try {
      return await this.#inMood(body);
    } finally {
      this.underWay--;
    }
  }

  async #inMood(
    body: {
      pdus: Pdu[];
      edus: { type: string }[];
      keys?: { entry: { server: string; key: string } }[];
    },
  ): Promise<Response> {
    if (this.mood === "hangs") await this.#ended();
    if (this.mood === "answers 401") {
      const error = { code: "unauthorized", message: "Your session has ended." };
      return Response.json({ error }, { status: 401 });
    }
    if (this.mood === "answers 500") return new Response("no", { status: 500 });
    if (this.mood === "answers garbage") return new Response("{]");
    if (this.mood === "drips") return new Response(this.#drip());
    this.pdus.push(...body.pdus);
    this.edus.push(...body.edus.map(({ type }) => type));
    for (const { entry } of body.keys ?? []) this.keys.add(`${entry.server} ${entry.key}`);
    return Response.json({
      results: body.pdus.map(() => ({ outcome: "accepted" })),
      received: [],
    });
  }

  #ended(): Promise<void> {
    return new Promise((resolve) =>
      this.#ending.signal.addEventListener("abort", () => resolve(), { once: true })
    );
  }

  /** One byte a second. */
  #drip(): ReadableStream<Uint8Array> {
    const ended = this.#ended();
    const byte = new TextEncoder().encode(" ");
    let timer: ReturnType<typeof setInterval> | undefined;
    return new ReadableStream({
      start: (stream) => {
        this.underWay++;
        timer = setInterval(() => stream.enqueue(byte), DRIP_MS);
        ended.then(() => clearInterval(timer));
      },
      cancel: () => {
        this.underWay--;
        clearInterval(timer);
      },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    await this.link[Symbol.asyncDispose]();
    await this.#server.shutdown();
  }
}
