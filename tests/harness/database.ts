import { type Database, openDatabase } from "../../server/postgres/database.ts";
import { silentLog } from "../../server/system/log.ts";
import { freshDatabase } from "./postgres.ts";
import { provideSeed } from "./seed.ts";
import { tempFolder } from "./temp_folder.ts";

/** Every kind of database the server runs on, for contract suites. */
export const DATABASE_KINDS = ["postgres", "embedded"] as const;

/** A fresh, migrated database of a kind, gone with everything in it when disposed. */
export async function openTestDatabase(kind: typeof DATABASE_KINDS[number]): Promise<Database> {
  const stack = new AsyncDisposableStack();
  const folder = stack.use(await tempFolder());
  if (kind === "embedded") await provideSeed();
  const outside = kind === "postgres" ? stack.use(await freshDatabase()) : undefined;
  const database = stack.use(
    await openDatabase({
      ...(outside === undefined ? {} : { url: outside.url }),
      dataFolder: folder.path,
      poolSize: 4,
      acceptUnsafe: false,
      log: silentLog,
      onFailure: (error) => {
        throw error;
      },
    }),
  );
  return { ...database, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}
