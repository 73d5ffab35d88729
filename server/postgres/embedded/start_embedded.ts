import { join } from "node:path";
import postgres from "postgres";
import type { Log } from "../../../core/ports/log.ts";
import { DatabaseRefusedError } from "../connect.ts";
import { type Sql, SQL_TYPES } from "../sql.ts";
import { programModule } from "../../system/assets.ts";
import { PortSocket } from "./port_socket.ts";
import type { WorkerReply, WorkerRequest } from "./protocol.ts";
import { readSeed } from "./seed.ts";

export interface EmbeddedOptions {
  /** A folder of the data folder; made when it is missing. Locked by the caller. */
  readonly folder: string;
  readonly log: Log;
  /** Told when making the database takes a while. */
  readonly onProgress?: (sentence: string) => void;
  /** The database's thread died: nothing works any more. */
  readonly onFailure: (error: Error) => void;
}

/** Postgres inside the program (PGlite), with as many connections as one backend can share. */
export interface EmbeddedPostgres {
  /** Connections take turns: a transaction that waits for another one waits in vain. */
  pool(size: number): Sql;
  close(): Promise<void>;
}

/** Stands in the folder once it holds a whole database: making one may be interrupted. */
const COMPLETE = "openguild.complete";

export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const isNew = await clearIncomplete(options.folder);
  const seed = isNew ? await readSeed() : undefined;
  if (isNew) {
    options.onProgress?.("Making the database; this happens once and takes some seconds.");
  }
  const worker = new DatabaseWorker(options.onFailure);
  await worker.ask({
    kind: "open",
    folder: options.folder,
    ...(seed === undefined ? {} : { seed }),
  });
  if (isNew) await Deno.writeTextFile(join(options.folder, COMPLETE), "");
  return {
    pool: (size) => worker.pool(size, options.log),
    async close() {
      await worker.ask({ kind: "close" });
      worker.terminate();
    },
  };
}

/** True when a database must be made; what an interrupted start left is taken away. */
async function clearIncomplete(folder: string): Promise<boolean> {
  try {
    await Deno.stat(join(folder, COMPLETE));
    return false;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  await Deno.remove(folder, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  return true;
}

class DatabaseWorker {
  readonly #worker: Worker;
  #asked: PromiseWithResolvers<void> | undefined;

  constructor(onFailure: (error: Error) => void) {
    const module = programModule(
      new URL("./worker.ts", import.meta.url),
      "server/postgres/embedded/worker",
    );
    this.#worker = new Worker(module, { type: "module", name: "database" });
    this.#worker.onmessage = (event: MessageEvent<WorkerReply>) => {
      if (event.data.kind === "failed") {
        this.#asked?.reject(
          new DatabaseRefusedError(`The embedded database cannot be used: ${event.data.message}`),
        );
      } else this.#asked?.resolve();
      this.#asked = undefined;
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      const error = new Error(`The embedded database failed: ${event.message}`);
      if (this.#asked) this.#asked.reject(error);
      else onFailure(error);
    };
  }

  /** One question at a time. */
  async ask(request: WorkerRequest): Promise<void> {
    this.#asked = Promise.withResolvers();
    const { promise } = this.#asked;
    this.#worker.postMessage(request);
    await promise;
  }

  terminate(): void {
    this.#worker.terminate();
  }

  pool(size: number, log: Log): Sql {
    // The driver takes any duplex stream from `socket`; its types do not name the option.
    const socket = { socket: () => this.#connect() };
    return postgres({
      ...socket,
      host: "embedded",
      user: "postgres",
      database: "postgres",
      max: size,
      max_lifetime: null,
      types: SQL_TYPES,
      fetch_types: false,
      onnotice: (notice) => log.log("debug", "Database notice.", { notice: notice["message"] }),
    });
  }

  #connect(): PortSocket {
    const { port1, port2 } = new MessageChannel();
    this.#worker.postMessage({ kind: "connect", port: port2 } satisfies WorkerRequest, [port2]);
    return new PortSocket(port1);
  }
}
