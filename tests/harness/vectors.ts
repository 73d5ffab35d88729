import { join } from "node:path";

/**
 * A test over the public suites in the folder that OPENGUILD_VECTORS names. They are not part of
 * the project: without the folder, or the file in it that the test needs, it says loudly that it did
 * nothing.
 */
export function vectorTest(
  name: string,
  run: (folder: string) => void | Promise<void>,
  options: { needs?: string } = {},
): void {
  const folder = Deno.env.get("OPENGUILD_VECTORS");
  Deno.test(name, async () => {
    if (folder === undefined) {
      console.warn(`\n*** NOT RUN: "${name}": set OPENGUILD_VECTORS to the folder of vectors ***`);
      return;
    }
    if (options.needs !== undefined && !isFile(join(folder, options.needs))) {
      console.warn(`\n*** NOT RUN: "${name}": there is no ${options.needs} in ${folder} ***`);
      return;
    }
    await run(folder);
  });
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

export async function readVectors<T>(folder: string, path: string): Promise<T> {
  return JSON.parse(await Deno.readTextFile(join(folder, path))) as T;
}

/** Name and bytes of every file in a folder, sorted by name. */
export function readFolder(folder: string, path: string): { name: string; bytes: Uint8Array }[] {
  const at = join(folder, path);
  return [...Deno.readDirSync(at)].filter((entry) => entry.isFile).map((entry) => entry.name).sort()
    .map((name) => ({ name, bytes: Deno.readFileSync(join(at, name)) }));
}
