import type { StartServer } from "./cli/context.ts";
import { openServerDatabase } from "./compose/server_database.ts";

/**
 * Starts the server. The database opens while the rest of the program is still being loaded: the
 * embedded one has a thread of its own, and takes as long.
 */
export const startServer: StartServer = async (config, system) => {
  const database = openServerDatabase(config, system);
  // The one who awaits it comes later; until then a failure is nobody's.
  database.catch(() => undefined);
  const { startServer } = await import("./app.ts");
  return await startServer(config, system, database);
};
