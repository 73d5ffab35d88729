import { join } from "node:path";
import { assetRoot } from "../../system/assets.ts";

/**
 * Where a ready-made, empty database lies: below the asset root, in a clone's cache or embedded
 * in the executable (`deno compile --include .cache/pglite_seed.tgz`). Made by
 * `scripts/pglite_seed.ts`.
 */
export const SEED_PATH = ".cache/pglite_seed.tgz";

/** The seed, or undefined where there is none: then the first start makes a database itself. */
export async function readSeed(): Promise<Uint8Array | undefined> {
  try {
    return await Deno.readFile(join(assetRoot(), SEED_PATH));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
