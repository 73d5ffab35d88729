/**
 * Makes the ready-made database with which the embedded Postgres starts in a second instead of
 * ten: `deno run -A scripts/pglite_seed.ts`. Into the cache, never into git; `--force` makes it
 * again.
 */
import { PGlite } from "@electric-sql/pglite";
import { dirname, join } from "node:path";
import { SEED_PATH } from "../server/postgres/embedded/seed.ts";
import { assetRoot } from "../server/system/assets.ts";

export async function makeSeed(path: string): Promise<void> {
  const database = await PGlite.create();
  const dump = await database.dumpDataDir("gzip");
  await database.close();
  await Deno.mkdir(dirname(path), { recursive: true });
  // Two test files may make it at once, in one process.
  const part = `${path}.${crypto.randomUUID()}`;
  await Deno.writeFile(part, new Uint8Array(await dump.arrayBuffer()));
  await Deno.rename(part, path);
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

if (import.meta.main) {
  const path = join(assetRoot(), SEED_PATH);
  if (Deno.args.includes("--force") || !(await exists(path))) {
    console.log("Making the ready-made database ...");
    await makeSeed(path);
  }
  console.log(path);
}
