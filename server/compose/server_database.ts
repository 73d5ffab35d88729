import type { Config } from "../config/config.ts";
import { type Database, openDatabase } from "../postgres/database.ts";
import type { SystemParts } from "./store.ts";

/** The database that the settings name, migrated. Needs the locked data folder. */
export function openServerDatabase(
  { database: settings, dataFolder }: Config,
  { log }: Pick<SystemParts, "log">,
): Promise<Database> {
  const url = settings.url?.reveal();
  return openDatabase({
    ...(url === undefined ? {} : { url }),
    dataFolder,
    poolSize: settings.maxConnections,
    acceptUnsafe: settings.acceptUnsafeDurability,
    forServing: true,
    log: log.child({ part: "database" }),
    onProgress: (sentence) => log.log("info", sentence),
    onFailure: (error) => log.log("error", "The embedded database ended.", { error }),
  });
}
