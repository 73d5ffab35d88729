import type { Plugin } from "esbuild";

const TABLE = /ui[\\/]lib[\\/]api[\\/]operations\.ts$/;

interface Inputs {
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** Not before it is wanted: the build writes the table anew first. */
async function readTable(): Promise<Readonly<Record<string, readonly [string, string]>>> {
  return (await import("../lib/api/operations.ts")).OPERATIONS;
}

/** The operations that these sources name in quotes: all others can stay away from a browser. */
export async function namedOperations(
  { inputs }: Inputs,
  readSource: (path: string) => Promise<string>,
): Promise<string[]> {
  const table = await readTable();
  const found = new Set<string>();
  for (const path of Object.keys(inputs)) {
    if (path.includes("node_modules") || TABLE.test(path)) continue;
    for (const [, name = ""] of (await readSource(path)).matchAll(/"(\w+)"/g)) {
      if (Object.hasOwn(table, name)) found.add(name);
    }
  }
  return [...found].sort();
}

/** Gives a bundle the table of these operations alone. */
export function onlyOperations(names: readonly string[]): Plugin {
  return {
    name: "operations",
    setup(build) {
      build.onLoad({ filter: TABLE, namespace: "file" }, async () => {
        const table = await readTable();
        const kept = Object.fromEntries(names.map((name) => [name, table[name]]));
        return { contents: `export const OPERATIONS = ${JSON.stringify(kept)};`, loader: "js" };
      });
    },
  };
}
