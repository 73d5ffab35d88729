import type { BuildOptions, BuildResult, OnResolveArgs, Plugin } from "esbuild";
import { type Metafile, staticImports } from "./metafile.ts";

/** Imports of the gathered file, before they are ways to it. */
const INSIDE = "inside:";
const ENTRY = "gathered";
/** Namespace of what later parts have of their own. */
const OWN = "own";
/** Stands for the hash in the name of the gathered file until its content is known. */
const UNNAMED = "00000000";
/** In the names of esbuild's own hashes. */
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

export type Built = BuildResult<{ metafile: true; write: false }>;
export type Bundle = (options: BuildOptions) => Promise<Built>;

interface Gathering {
  readonly bundle: Bundle;
  /** The root of the project, without a slash at its end. */
  readonly root: string;
  /** Sources that start together, paths from the root; their exports are those of the one file. */
  readonly starts: readonly string[];
  /** Whether the first of them has a default export, which the one file then has. */
  readonly hasDefault: boolean;
  /** Name of the one file, without hash and ending. */
  readonly name: string;
  /** Further entries, by name: they fetch the one file first, as later parts do. */
  readonly others: Readonly<Record<string, string>>;
  /**
   * Sources, by their paths from the root, that later parts have of their own where the one file
   * has them too: what only a later part uses of them stays out of the one file. Nothing may be
   * told apart by which of the two made it.
   */
  readonly twice?: RegExp;
}

/**
 * Bundles what starts together into one file. esbuild alone divides it into as many files as there
 * are sets of later parts that share something of it, dozens: each is a request of its own, and
 * small files pack badly. Later parts import from the one file what they share with it.
 */
export async function gather(gathering: Gathering): Promise<Built> {
  const { bundle, root, starts, others } = gathering;
  const plain = await bundle({ entryPoints: entriesOf(starts, others, root) });
  const inside = sourcesOf(plain.metafile, starts);
  const names = await importedNames(gathering, inside);
  const build = (hash: string) => {
    const file = `${gathering.name}-${hash}`;
    const entryPoints = Object.entries(others).map(([name, path]) => ({
      in: `${root}/${path}`,
      out: `${name}-${hash}`,
    }));
    return bundle({
      entryPoints: [{ in: ENTRY, out: file }, ...entryPoints],
      entryNames: "[name]",
      plugins: [oneFile({ ...gathering, inside, names, file })],
    });
  };
  const hash = await hashOf(await build(UNNAMED));
  const built = await build(hash);
  const file = `${gathering.name}-${hash}`;
  tidyMetafile(built.metafile, file, starts[0] ?? "");
  return { ...built, outputFiles: built.outputFiles.map(leadTo(file, shortNames(names))) };
}

function entriesOf(
  starts: readonly string[],
  others: Readonly<Record<string, string>>,
  root: string,
): string[] {
  return [...starts, ...Object.values(others)].map((path) => `${root}/${path}`);
}

/** Every source that runs before the given ones do, by its path from the root. */
function sourcesOf(metafile: Metafile, starts: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [key, output] of Object.entries(metafile.outputs)) {
    if (!starts.includes(output.entryPoint ?? "")) continue;
    for (const each of [key, ...staticImports(metafile, key)]) {
      for (
        const [path, { bytesInOutput }] of Object.entries(metafile.outputs[each]?.inputs ?? {})
      ) {
        // Nothing of it is left there: whoever needs it later has it of its own.
        if (bytesInOutput > 0) found.add(path);
      }
    }
  }
  return found;
}

type Names = ReadonlyMap<string, ReadonlySet<string>>;

/** What later parts import of each source inside. */
async function importedNames(
  { bundle, root, starts, others, twice }: Gathering,
  inside: ReadonlySet<string>,
): Promise<Names> {
  const { outputFiles } = await bundle({
    entryPoints: entriesOf(starts, others, root),
    minify: false,
    plugins: [
      crossings(root, inside, twice, (path) => ({ path: INSIDE + path, external: true })),
    ],
  });
  const names = new Map<string, Set<string>>();
  for (const { text } of outputFiles) {
    for (
      const [statement, clause = "", path = ""] of text.matchAll(
        /^import\s*(?:([^"';]+?)\s*from\s*)?"inside:([^"]+)";$/gm,
      )
    ) {
      const of = names.get(path) ?? new Set();
      names.set(path, of);
      const whole = /^\* as ([\w$]+)$/.exec(clause)?.[1];
      if (whole !== undefined) {
        for (const [, name = ""] of text.matchAll(new RegExp(`\\b${whole}\\.(\\w+)`, "g"))) {
          of.add(name);
        }
        continue;
      }
      const [, first, list = ""] = /^([\w$]+)?,?\s*(?:\{([\s\S]*)\})?$/.exec(clause) ?? [];
      if (clause !== "" && first === undefined && list === "") {
        throw new Error(`A later part needs names of what it imports: ${statement}`);
      }
      if (first !== undefined) of.add("default");
      for (const each of list.split(",")) {
        const name = each.trim().split(/\s+as\s+/)[0];
        if (name) of.add(name);
      }
    }
  }
  return names;
}

/** Answers each import that leads from a later part to a source inside. */
function crossings(
  root: string,
  inside: ReadonlySet<string>,
  twice: RegExp | undefined,
  answer: (path: string, args: OnResolveArgs) => ReturnType<
    Parameters<
      Parameters<Plugin["setup"]>[0]["onResolve"]
    >[1]
  >,
): Plugin {
  const relative = (path: string) =>
    path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path;
  return {
    name: "crossings",
    setup(build) {
      build.onLoad({ filter: /./, namespace: OWN }, async ({ path }) => ({
        contents: await Deno.readTextFile(path),
        resolveDir: path.slice(0, path.lastIndexOf("/")),
        loader: path.endsWith(".ts") ? "ts" : "js",
      }));
      build.onResolve({ filter: /./ }, async (args) => {
        const { path, importer, kind, resolveDir, namespace, pluginData } = args;
        if (pluginData === "resolved" || kind === "entry-point") return;
        if (namespace !== "file" && namespace !== OWN) return;
        if (namespace === "file" && inside.has(relative(importer))) return;
        const found = await build.resolve(path, {
          importer,
          kind,
          resolveDir,
          namespace: "file",
          pluginData: "resolved",
        });
        const to = relative(found.path);
        if (found.external || !inside.has(to)) return found;
        if (twice?.test(to)) return { path: found.path, namespace: OWN, sideEffects: false };
        if (kind === "dynamic-import") {
          throw new Error(`${importer} fetches ${to} later, which is there from the start.`);
        }
        return await answer(to, args);
      });
    },
  };
}

/** `path name` of each name that later parts import, and what the one file calls it. */
function shortNames(names: Names): ReadonlyMap<string, string> {
  const all = [...names].flatMap(([path, of]) => [...of].map((name) => `${path} ${name}`)).sort();
  // Short: there are hundreds, and both ends of each way name it.
  return new Map(all.map((way, at) => [way, `og${at.toString(36)}`]));
}

/** How a later part's import of a source inside is written until `leadTo`. */
const wayTo = (file: string, path: string) => `${INSIDE}${file}:${path}`;

/**
 * Has a later part import from the one file, all in one statement, what it imports of sources inside.
 * Written as code for esbuild each source would be a file of its own.
 */
function leadTo(file: string, short: ReadonlyMap<string, string>) {
  const ways = new RegExp(`import([^"';]*?)(?:from)?"${wayTo(file, '([^"]+)')}";`, "g");
  return (output: Built["outputFiles"][number]): Built["outputFiles"][number] => {
    const taken = new Set<string>();
    const wholes: string[] = [];
    const rest = output.text.replace(ways, (statement, clause: string, path: string) => {
      const whole = /^\s*\*\s*as\s+([\w$]+)\s*$/.exec(clause)?.[1];
      if (whole !== undefined) {
        const members = [...short].filter(([way]) => way.startsWith(`${path} `));
        for (const [, name] of members) taken.add(`${name} as __${name}`);
        const of = members.map(([way, name]) => `${way.slice(path.length + 1)}:__${name}`);
        wholes.push(`const ${whole}={${of.join(",")}};`);
        return "";
      }
      const found = /^\s*([\w$]+)?,?(?:\{([^}]*)\})?\s*$/.exec(clause);
      if (found === null) throw new Error(`${output.path} imports in another way: ${statement}`);
      const [, first, list = ""] = found;
      const each = [...first ? [`default as ${first}`] : [], ...list.split(",").filter(Boolean)];
      for (const one of each) {
        const [own = "", here = own] = one.trim().split(/\s+as\s+/);
        const name = short.get(`${path} ${own}`);
        if (name === undefined) throw new Error(`${output.path} needs ${own}: ${statement}`);
        taken.add(`${name} as ${here}`);
      }
      return "";
    });
    if (rest.includes(wayTo(file, ""))) throw new Error(`${output.path} leads nowhere`);
    if (rest === output.text) return output;
    const names = [...taken].sort().join(",");
    const text = `import{${names}}from"./${file}.js";${wholes.join("")}${rest}`;
    return { ...output, contents: new TextEncoder().encode(text), text };
  };
}

/** The gathered file as an entry, and the ways of later parts to it. */
function oneFile(
  given: Gathering & { inside: ReadonlySet<string>; names: Names; file: string },
): Plugin {
  const { root, starts, inside, names, file, twice } = given;
  const short = shortNames(names);
  const toInside = crossings(root, inside, twice, (path) => ({
    path: wayTo(file, path),
    external: true,
  }));
  return {
    name: "one-file",
    setup(build) {
      build.onResolve({ filter: new RegExp(`^${ENTRY}$`) }, () => ({
        path: ENTRY,
        namespace: ENTRY,
      }));
      build.onLoad({ filter: /./, namespace: ENTRY }, () => ({
        resolveDir: root,
        contents: [
          ...starts.map((path, at) =>
            given.hasDefault && at === 0
              ? `export { default } from "./${path}";`
              : `export * from "./${path}";`
          ),
          ...[...short].map(([way, name]) => {
            const [path, own] = way.split(" ");
            return `export { ${own} as ${name} } from "./${path}";`;
          }),
        ].join("\n"),
      }));
      return toInside.setup(build);
    },
  };
}

/** Of all that was built: whatever changes gets another name, and so does what imports it. */
async function hashOf({ outputFiles }: Built): Promise<string> {
  const text = outputFiles.map((file) => file.text).sort().join("\n");
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(digest).subarray(0, 8)].map((byte) => LETTERS[byte % 32]).join("");
}

/** As esbuild tells it of its own files: the entry's source, imports by the path of the output. */
function tidyMetafile({ outputs }: Metafile, file: string, start: string): void {
  const key = Object.keys(outputs).find((path) => path.endsWith(`/${file}.js`)) ?? "";
  for (const [path, output] of Object.entries(outputs)) {
    if (path === key) output.entryPoint = start;
    for (const each of output.imports) {
      if (each.path.startsWith(wayTo(file, ""))) each.path = key;
    }
  }
}
