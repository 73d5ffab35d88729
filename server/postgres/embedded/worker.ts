/// <reference lib="webworker" />
import { PGlite } from "@electric-sql/pglite";
import { systemClock } from "../../system/clock.ts";
import type { WorkerReply, WorkerRequest } from "./protocol.ts";
import { WireGate } from "./wire_gate.ts";

/** The embedded database blocks its thread while it works: this is that thread. */
const scope = self as unknown as DedicatedWorkerGlobalScope;

/** See `WireGate`: how long an open transaction may keep others waiting without a word. */
const IDLE_IN_TRANSACTION_MS = 15_000;

let opened: { readonly database: PGlite; readonly gate: WireGate } | undefined;

async function open(folder: string, seed: Uint8Array | undefined): Promise<void> {
  const database = await PGlite.create({
    dataDir: folder,
    ...(seed === undefined ? {} : { loadDataDir: new Blob([new Uint8Array(seed)]) }),
  });
  const gate = new WireGate({
    run: (messages) => database.execProtocolRaw(messages),
    sleep: (ms, signal) => systemClock.sleep(ms, signal),
    idleInTransactionMs: IDLE_IN_TRANSACTION_MS,
  });
  opened = { database, gate };
}

function connect(port: MessagePort): void {
  if (!opened) throw new Error("A client came before the embedded database was open.");
  const client = opened.gate.connect(
    // The answer is a view of the database's memory: it is copied, never handed over.
    (bytes) => port.postMessage(bytes.slice()),
    () => port.postMessage(null),
  );
  port.onmessage = (event: MessageEvent<Uint8Array | null>) => {
    if (event.data === null) {
      client.end();
      port.close();
    } else client.push(event.data);
  };
}

async function handle(request: WorkerRequest): Promise<WorkerReply | undefined> {
  switch (request.kind) {
    case "open":
      await open(request.folder, request.seed);
      return { kind: "opened" };
    case "connect":
      connect(request.port);
      return undefined;
    case "close":
      await opened?.database.close();
      return { kind: "closed" };
  }
}

scope.onmessage = (event: MessageEvent<WorkerRequest>) => {
  handle(event.data).then(
    (reply) => reply && scope.postMessage(reply),
    (error) => scope.postMessage({ kind: "failed", message: told(error) } satisfies WorkerReply),
  );
};

/** Number of ENOSPC in WebAssembly's system interface, which the database's file system counts by. */
const NO_SPACE = 51;

/** What its file system throws is no `Error`, and has no text. */
function told(error: unknown): string {
  if (error instanceof Error) return error.message;
  const { errno } = error as { errno?: unknown };
  if (errno === NO_SPACE) return "the disk has no room left. Make some, then start again.";
  return `its file system says ${JSON.stringify(error)}.`;
}
