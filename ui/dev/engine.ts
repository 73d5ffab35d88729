import type { BuildOptions, Plugin } from "esbuild";
import { gather } from "./gather.ts";
import { namedOperations, onlyOperations } from "./operations.ts";
import { namedLimits, onlyLimits, withoutUnusedCodecs } from "./slim.ts";

/** The encryption's worker among the sources, its path from the root. */
const ENGINE = "ui/lib/e2ee/worker.ts";

/**
 * Functions of ts-mls, whose errors alone are known by their class, and those that identities and
 * certificates are made of.
 */
const TWICE =
  /^(node_modules\/.*\/ts-mls\/dist\/src\/(?!mlsError\.js)|core\/e2ee\/(identity|certificate|signing)\.ts$)/;

/**
 * Whatever reads Welcomes, commits and key packages goes on to make something of them: the two share
 * most of what they are made of, which is one file that way instead of two halves.
 */
const READING = /core[\\/]mls[\\/]readers\.ts$/;

function withMaking(): Plugin {
  return {
    name: "making",
    setup(build) {
      build.onLoad({ filter: READING, namespace: "file" }, async ({ path }) => ({
        contents: `import "./making.ts";\n${await Deno.readTextFile(path)}`,
        loader: "ts",
      }));
    },
  };
}

const COMMON: BuildOptions = {
  bundle: true,
  target: ["es2023", "chrome120", "firefox121", "safari17.4"],
  minify: true,
  legalComments: "none",
  logLevel: "warning",
};

type ReadSource = (path: string) => Promise<string>;
interface Script {
  /** Its path under the folder of scripts. */
  readonly name: string;
  readonly contents: Uint8Array<ArrayBuffer>;
}

/** Of the one file that the worker starts with; the worker's own script has the hash alone. */
const FIRST = "e2ee-first";

/**
 * The worker of encryption: its own script, the first of those returned, which only imports the one
 * file that it starts with, and beside that what it fetches later. What is fetched later imports
 * that file; WebKit would run the worker's own script a second time for that.
 */
export async function buildEngine(ui: string, readSource: ReadSource): Promise<readonly Script[]> {
  const esbuild = await import("esbuild");
  const root = ui.slice(0, -"/ui".length);
  const bundleWith = (slim: readonly Plugin[]) => ({ plugins = [], ...more }: BuildOptions) =>
    esbuild.build({
      ...COMMON,
      splitting: true,
      format: "esm",
      outdir: `${ui}/_fresh/client`,
      chunkNames: "e2ee-[name]-[hash]",
      absWorkingDir: root,
      ...more,
      write: false,
      metafile: true,
      plugins: [...slim, withMaking(), withoutUnusedCodecs(), ...plugins],
    });
  const plain = await bundleWith([])({ entryPoints: [`${root}/${ENGINE}`] });
  const bundle = bundleWith([
    onlyOperations(await namedOperations(plain.metafile, readSource)),
    onlyLimits(await namedLimits(plain.metafile, readSource)),
  ]);
  const built = await gather({
    bundle,
    root,
    name: FIRST,
    hasDefault: false,
    starts: [ENGINE],
    others: {},
    twice: TWICE,
  });
  await esbuild.stop();
  const scripts = built.outputFiles.map(({ path, contents }) => ({
    name: path.slice(path.lastIndexOf("client/") + "client/".length),
    contents: Uint8Array.from(contents),
  }));
  const first = scripts.find(({ name }) => name.startsWith(`${FIRST}-`))?.name ?? "";
  const own = {
    name: first.replace(FIRST, "e2ee"),
    contents: new TextEncoder().encode(`import"./${first}";`),
  };
  return [own, ...scripts];
}

/** What opens encrypted messages in the service worker, and the parts of the engine it has for that. */
const SEALED = "ui/sw/open_sealed.ts";
const SEALED_PARTS = /[\\/](take_commit|order_troubles|server_keys|earlier|making)\.ts$/;

const LEFT_OUT = "left-out";

/** A part that is left out is one that cannot be fetched: the engine goes on as without a server. */
function onlyParts(kept: RegExp): Plugin {
  return {
    name: "parts",
    setup(build) {
      build.onResolve(
        { filter: /./ },
        ({ kind, path }) =>
          kind === "dynamic-import" && !kept.test(path) ? { path, namespace: LEFT_OUT } : undefined,
      );
      build.onLoad({ filter: /./, namespace: LEFT_OUT }, ({ path }) => ({
        contents: `throw new Error(${JSON.stringify(`${path} is not here`)}); export {}`,
        loader: "js",
      }));
    },
  };
}

/** The script that the service worker opens encrypted messages with: a classic one, `ogSealed`. */
export async function buildSealed(
  ui: string,
  readSource: ReadSource,
): Promise<Uint8Array<ArrayBuffer>> {
  const esbuild = await import("esbuild");
  const root = ui.slice(0, -"/ui".length);
  const bundle = (slim: readonly Plugin[]) =>
    esbuild.build({
      ...COMMON,
      entryPoints: [`${root}/${SEALED}`],
      format: "iife",
      globalName: "ogSealed",
      absWorkingDir: root,
      write: false,
      metafile: true,
      plugins: [...slim, withoutUnusedCodecs(), onlyParts(SEALED_PARTS)],
    });
  const { metafile } = await bundle([]);
  const present = Object.entries(metafile.inputs)
    .filter(([path]) => !path.startsWith(`${LEFT_OUT}:`));
  const inputs = Object.fromEntries(present);
  const { outputFiles: [script] } = await bundle([
    onlyOperations(await namedOperations({ inputs }, readSource)),
    onlyLimits(await namedLimits({ inputs }, readSource)),
  ]);
  await esbuild.stop();
  if (!script) throw new Error(`esbuild wrote no script from ${SEALED}.`);
  return Uint8Array.from(script.contents);
}

/** A worker that holds keys, as one module: it imports nothing at run time. */
export async function buildKeyWorker(
  ui: string,
  entry: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const esbuild = await import("esbuild");
  const { outputFiles } = await esbuild.build({
    ...COMMON,
    entryPoints: [entry],
    format: "esm",
    write: false,
    absWorkingDir: `${ui}/..`,
  });
  await esbuild.stop();
  const [script] = outputFiles;
  if (!script) throw new Error(`esbuild wrote no worker from ${entry}.`);
  return Uint8Array.from(script.contents);
}
