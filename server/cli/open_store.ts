import { join } from "node:path";
import type { Log } from "../../core/ports/log.ts";
import type { Config } from "../config/config.ts";
import { findServer, forward } from "../control/control_client.ts";
import { connectDatabase, type Database, EMBEDDED_FOLDER } from "../postgres/database.ts";
import { openBlobStore } from "../services/media/open_blob_store.ts";
import { DataFolderError, openDataFolder } from "../system/data_folder.ts";
import { chooseLog } from "./choose_log.ts";
import { type CliContext, ExitCode, type StoreParts } from "./context.ts";
import { CliError, type CliIo } from "./io.ts";

/** The data folder, locked, and what lies behind it; nothing is migrated. */
export type OpenStore = StoreParts & AsyncDisposable;

/**
 * What a command works with: the parts of the server it runs in; or, where a server holds the
 * data folder, that server does the command (throws ExitCode when it has); or the store opened
 * here. `alone`: the command is for a store that no server holds; `makes`: it may make one.
 */
export async function openStore(
  config: Config,
  context: CliContext,
  options: { readonly alone?: boolean; readonly makes?: boolean } = {},
): Promise<OpenStore> {
  const { io, parts } = context;
  if (parts.live !== undefined) return { ...parts.live, [Symbol.asyncDispose]: async () => {} };
  if (options.alone !== true && options.makes !== true) await requireDatabase(config, context);
  await using stack = new AsyncDisposableStack();
  try {
    stack.use(await openDataFolder(config.dataFolder));
  } catch (error) {
    if (!(error instanceof DataFolderError)) throw error;
    if (options.alone !== true) await handOver(config, context);
    throw error;
  }
  const log = quietLog(config, io);
  const database = stack.use(await openConfiguredDatabase(config, { io, log }));
  const blobs = await openBlobStore(config);
  stack.defer(() => blobs[Symbol.dispose]?.());
  const owned = stack.move();
  return { config, database, blobs, log, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/**
 * A command for a mistyped folder must not make a database there, and find it empty.
 * @throws CliError where the embedded database of this data folder was never made.
 */
export async function requireDatabase(config: Config, context: CliContext): Promise<void> {
  if (config.database.url !== undefined) return;
  const folder = await Deno.stat(join(config.dataFolder, EMBEDDED_FOLDER)).catch(() => undefined);
  if (folder !== undefined) return;
  await handOver(config, context);
  throw new CliError(
    `No server has ever been started with the data folder ${config.dataFolder}: name another ` +
      "with --data, or start one there with openguild serve.",
  );
}

/** Throws ExitCode when a running server did the command; returns where there is none to ask. */
export async function handOver(config: Config, context: CliContext): Promise<void> {
  const { io, args } = context;
  const server = await findServer(config.dataFolder);
  if (server === undefined) return;
  throw new ExitCode(
    await forward(server, {
      args: [...args],
      working_folder: io.workingFolder,
      out_is_terminal: io.outIsTerminal,
      err_is_terminal: io.errIsTerminal,
      columns: io.columns,
    }, io),
  );
}

/** A command's own answer must not drown in the start's news. */
export function quietLog(config: Config, io: CliIo): Log {
  return chooseLog({ log: { ...config.log, level: "error" } }, io);
}

export async function openConfiguredDatabase(
  config: Config,
  deps: { readonly io: CliIo; readonly log: Log },
): Promise<Database> {
  const url = config.database.url?.reveal();
  return await connectDatabase({
    ...(url === undefined ? {} : { url }),
    dataFolder: config.dataFolder,
    poolSize: config.database.maxConnections,
    // A command looks at the database; whether it may hold a server is the server's question.
    acceptUnsafe: true,
    log: deps.log,
    onProgress: (sentence) => deps.io.err(`${sentence}\n`),
    onFailure: (error) => deps.log.log("error", "The embedded database stopped.", { error }),
  });
}
