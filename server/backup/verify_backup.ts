import { openDatabase } from "../postgres/database.ts";
import { silentLog } from "../system/log.ts";
import type { CheckedBackup } from "./check_file.ts";
import type { OnProgress } from "./format.ts";
import { restoreBackup } from "./restore_backup.ts";

/**
 * Restores a checked backup's rows into a throw-away embedded database below `folder`, through
 * the same code as a real restore, and counts them. Files were hashed already.
 * @throws BackupError when it could not be restored.
 */
export async function verifyBackup(
  backup: CheckedBackup,
  options: {
    readonly folder: string;
    readonly onProgress?: OnProgress;
    readonly signal?: AbortSignal;
  },
): Promise<void> {
  let failure: Error | undefined;
  await using database = await openDatabase({
    dataFolder: options.folder,
    poolSize: 1,
    acceptUnsafe: false,
    log: silentLog,
    onFailure: (error) => void (failure = error),
  });
  await restoreBackup(
    // Nobody will sign with this copy.
    { sql: database.sql, makeDistinct: async () => {} },
    {
      backup,
      force: false,
      ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    },
  );
  if (failure !== undefined) throw failure;
}
