import { join } from "node:path";
import { makeSeed } from "../../scripts/pglite_seed.ts";
import { SEED_PATH } from "../../server/postgres/embedded/seed.ts";
import { assetRoot } from "../../server/system/assets.ts";

/** Makes the embedded database's seed once for all tests of a clone. */
export async function provideSeed(): Promise<void> {
  const path = join(assetRoot(), SEED_PATH);
  const there = await Deno.stat(path).then(() => true, () => false);
  if (!there) await makeSeed(path);
}
