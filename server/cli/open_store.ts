import type { BlobStore } from "../../core/ports/blob_store.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Config } from "../config/config.ts";
import { connectDatabase, type Database } from "../postgres/database.ts";
import { openBlobStore } from "../services/media/open_blob_store.ts";
import { openDataFolder } from "../system/data_folder.ts";
import { chooseLog } from "./choose_log.ts";
import type { CliIo } from "./io.ts";

/** The data folder, locked, and what lies behind it; nothing is migrated. */
export interface OpenStore extends AsyncDisposable {
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly log: Log;
}

/** Opens the store as a server would, for a command that works while no server runs. */
export async function openStore(config: Config, io: CliIo): Promise<OpenStore> {
  const log = chooseLog({ log: { ...config.log, level: "warn" } }, io);
  await using stack = new AsyncDisposableStack();
  stack.use(await openDataFolder(config.dataFolder));
  const database = stack.use(await openConfiguredDatabase(config, io, log));
  const blobs = await openBlobStore(config);
  stack.defer(() => blobs[Symbol.dispose]?.());
  const owned = stack.move();
  return { database, blobs, log, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

export async function openConfiguredDatabase(
  config: Config,
  io: CliIo,
  log: Log,
): Promise<Database> {
  const url = config.database.url?.reveal();
  return await connectDatabase({
    ...(url === undefined ? {} : { url }),
    dataFolder: config.dataFolder,
    poolSize: config.database.maxConnections,
    acceptUnsafe: config.database.acceptUnsafeDurability,
    log,
    onProgress: (sentence) => io.err(`${sentence}\n`),
    onFailure: (error) => log.log("error", "The embedded database stopped.", { error }),
  });
}
