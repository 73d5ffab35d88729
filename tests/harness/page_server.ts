import { freePort } from "../../scripts/lib/free_port.ts";

/** What a web server answers on a path. */
export type Page = (request: Request) => Response | Promise<Response>;

/** A web server on loopback whose pages links lead to; it notes who asks for what. */
export interface PageServer extends AsyncDisposable {
  readonly origin: string;
  /** In the order in which they came. */
  readonly asked: readonly { readonly path: string; readonly headers: Headers }[];
  /** How often a path was asked for. */
  count(path: string): number;
}

export function startPageServer(pages: Readonly<Record<string, Page>>): PageServer {
  const port = freePort();
  const asked: { path: string; headers: Headers }[] = [];
  const ending = new AbortController();
  const server = Deno.serve(
    { port, hostname: "127.0.0.1", onListen: () => undefined, signal: ending.signal },
    async (request) => {
      const { pathname: path } = new URL(request.url);
      asked.push({ path, headers: request.headers });
      return await pages[path]?.(request) ?? new Response("no such page", { status: 404 });
    },
  );
  return {
    origin: `http://127.0.0.1:${port}`,
    asked,
    count: (path) => asked.filter((each) => each.path === path).length,
    async [Symbol.asyncDispose]() {
      // Streams without an end would keep a graceful one waiting.
      ending.abort();
      await server.finished;
    },
  };
}

/** A page with something in its head. */
export function html(head: string, init: ResponseInit = {}): Response {
  return new Response(`<!doctype html><html><head>${head}</head><body></body></html>`, {
    ...init,
    headers: { "content-type": "text/html; charset=utf-8", ...init.headers },
  });
}

/** A body that begins with a text and goes on with another until whoever reads it has enough. */
export function endless(begin: string, more: string): { body: ReadableStream; sent: () => number } {
  const encoder = new TextEncoder();
  const chunk = encoder.encode(more.repeat(Math.ceil(16_384 / more.length)));
  let sent = 0;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encoder.encode(begin)),
    pull(controller) {
      sent += chunk.length;
      controller.enqueue(chunk);
    },
  });
  return { body, sent: () => sent };
}
