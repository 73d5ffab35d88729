import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** How far above this module the asset root may be. */
const ASSET_ROOT_LEVELS = 5;

/**
 * The folder that holds what ships beside the code (`migrations/`, the seed, the built pages):
 * the clone's top folder, the executable's embedded tree, or the folder of the bundled program.
 * It is the nearest folder above this module that has a `migrations` folder.
 */
export function assetRoot(moduleUrl: string = import.meta.url): string {
  let folder = dirname(fileURLToPath(moduleUrl));
  for (let level = 0; level < ASSET_ROOT_LEVELS; level++) {
    if (isFolder(join(folder, "migrations"))) return folder;
    folder = dirname(folder);
  }
  throw new Error(
    `Cannot find the migrations folder above ${moduleUrl}: the program is incomplete. ` +
      `Install it again, or include "migrations" when compiling.`,
  );
}

/** The path of one asset, e.g. `assetPath("migrations", "0001_log.sql")`. */
export function assetPath(...parts: string[]): string {
  return join(assetRoot(), ...parts);
}

/**
 * The URL of a module that runs by itself, such as a worker: `beside`, where the sources or the
 * executable's tree are; in a bundled program `path` with `.js` below the asset root.
 */
export function programModule(beside: URL, path: string): URL {
  if (beside.protocol === "file:" && isFile(fileURLToPath(beside))) return beside;
  return pathToFileURL(assetPath(`${path}.js`));
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}
