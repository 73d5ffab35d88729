import { timingSafeEqual } from "node:crypto";
import { join } from "node:path";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Rng } from "../../core/ports/rng.ts";
import { readLines } from "./lines.ts";
import {
  ASK_WITHIN_MS,
  CONTROL_FILE,
  type ControlAddress,
  type ControlAnswer,
  ControlRequest,
  MAX_COMMANDS,
} from "./protocol.ts";

/** A command of somebody else's terminal, run inside the server. Answers the exit code. */
export type RunCommand = (request: ControlRequest, io: {
  out(text: string): void;
  err(text: string): void;
  readonly interrupted: AbortSignal;
}) => Promise<number>;

export interface ControlDeps {
  readonly dataFolder: string;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log: Log;
  readonly run: RunCommand;
}

/** Takes commands for as long as the server runs; its address lies in the data folder. */
export async function openControl(deps: ControlDeps): Promise<AsyncDisposable> {
  const path = join(deps.dataFolder, CONTROL_FILE);
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0, transport: "tcp" });
  const secret = deps.rng.bytes(32).toHex();
  const address: ControlAddress = { port: listener.addr.port, secret };
  await Deno.remove(path).catch(ignoreAbsent);
  await Deno.writeTextFile(path, JSON.stringify(address), { mode: 0o600, createNew: true });
  const stopping = new AbortController();
  const active = new Set<Promise<void>>();
  const accepting = (async () => {
    for await (const connection of listener) {
      if (active.size >= MAX_COMMANDS) {
        connection.close();
        continue;
      }
      const work = serveOne(connection, { ...deps, secret, stopping: stopping.signal })
        .catch((error) => deps.log.log("debug", "A command's connection broke.", { error }))
        .finally(() => active.delete(work));
      active.add(work);
    }
  })();
  return {
    async [Symbol.asyncDispose]() {
      await Deno.remove(path).catch(ignoreAbsent);
      listener.close();
      stopping.abort(new Error("the server stops"));
      await accepting.catch(() => {});
      await Promise.all(active);
    },
  };
}

function ignoreAbsent(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

async function serveOne(
  connection: Deno.TcpConn,
  deps: ControlDeps & { readonly secret: string; readonly stopping: AbortSignal },
): Promise<void> {
  const gone = new AbortController();
  const asked = new AbortController();
  const close = () => {
    try {
      connection.close();
    } catch {
      // Closed by the other side already.
    }
  };
  const deadline = deps.clock.sleep(ASK_WITHIN_MS, asked.signal).then(close, () => {});
  const onStop = () => gone.abort(deps.stopping.reason);
  deps.stopping.addEventListener("abort", onStop);
  try {
    const lines = readLines(connection.readable);
    const first = await lines.next();
    asked.abort();
    const request = parse(first.done ? "" : first.value);
    if (request === undefined || !same(request.secret, deps.secret)) return;
    // The terminal says nothing more: the end of the stream means that it is gone.
    lines.next().then(() => gone.abort(new Error("interrupted")), () => gone.abort());
    await answer(connection, request, { ...deps, gone: gone.signal });
  } finally {
    asked.abort();
    deps.stopping.removeEventListener("abort", onStop);
    close();
    await deadline;
  }
}

async function answer(
  connection: Deno.TcpConn,
  request: ControlRequest,
  deps: ControlDeps & { readonly gone: AbortSignal },
): Promise<void> {
  const writer = connection.writable.getWriter();
  const encoder = new TextEncoder();
  let writing: Promise<void> = Promise.resolve();
  const send = (line: ControlAnswer) => {
    writing = writing.then(() => writer.write(encoder.encode(JSON.stringify(line) + "\n")))
      .catch(() => {});
  };
  const exit = await deps.run(request, {
    out: (text) => send({ out: text }),
    err: (text) => send({ err: text }),
    interrupted: deps.gone,
  });
  send({ exit });
  await writing;
}

function parse(line: string): ControlRequest | undefined {
  try {
    return ControlRequest.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

function same(given: string, expected: string): boolean {
  const encoder = new TextEncoder();
  const [a, b] = [encoder.encode(given), encoder.encode(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
