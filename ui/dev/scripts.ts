import type { BuildOptions } from "esbuild";
import { type Built, gather } from "./gather.ts";
import { type Metafile, outputOf, staticImports } from "./metafile.ts";
import { namedOperations, onlyOperations } from "./operations.ts";
import { onlyLexer } from "./slim.ts";

interface Island {
  readonly name: string;
  /** Path under `ui/`. */
  readonly file: string;
}

/** What starts with the chat is one file; its pages hold no other islands. */
export const CHAT = "ChatApp";
const WITH_CHAT: readonly string[] = ["OfflineApp"];
const BOOT = "client.ts";
/** What a chat runs at once, beside itself. */
const WITH_FIRST_TEXT = "components/chat/MarkdownText.tsx";
/**
 * Tells V8 that a file's functions will be called as it is loaded: it compiles them beside the page
 * as they come in, and not in the page's turns (WICG, explicit JavaScript compile hints).
 */
const CALLED_AT_ONCE = "//# allFunctionsCalledOnLoad\n";

interface Scripts {
  readonly files: readonly { readonly path: string; readonly contents: Uint8Array }[];
  readonly metafile: Metafile;
}

/** The scripts of all islands: those of the chat, and those of the other pages. */
export async function bundleScripts(
  ui: string,
  islands: readonly Island[],
  readSource: (path: string) => Promise<string>,
): Promise<Scripts> {
  const esbuild = await import("esbuild");
  const root = ui.slice(0, -"/ui".length);
  const bundleWith = (operations: readonly string[]) => ({ plugins = [], ...more }: BuildOptions) =>
    esbuild.build({
      bundle: true,
      splitting: true,
      format: "esm",
      target: ["es2023", "chrome120", "firefox121", "safari17.4"],
      minify: true,
      outdir: `${ui}/_fresh/client`,
      entryNames: "[name]-[hash]",
      chunkNames: "chunk-[hash]",
      jsx: "automatic",
      jsxImportSource: "preact",
      absWorkingDir: root,
      alias: { "fresh/runtime": `${ui}/lib/fresh/runtime.ts` },
      legalComments: "none",
      logLevel: "warning",
      ...more,
      write: false,
      metafile: true,
      plugins: [onlyOperations(operations), onlyLexer(), ...plugins],
    });
  /** Once to learn what there is, once with the operations that it names. */
  const bundle = async (files: readonly Island[], build: Build) => {
    const entryPoints = files.map(({ file }) => `${ui}/${file}`);
    const { metafile } = await bundleWith([])({ entryPoints });
    return await build(bundleWith(await namedOperations(metafile, readSource)));
  };
  type Build = (bundle: ReturnType<typeof bundleWith>) => Promise<Built>;
  const boot = { name: "boot", file: BOOT };
  const ofChat = islands.filter(({ name }) => name === CHAT || WITH_CHAT.includes(name));
  const others = [boot, ...islands.filter((each) => !ofChat.includes(each))];
  const entriesOf = (list: readonly Island[]) =>
    Object.fromEntries(list.map(({ name, file }) => [name, `ui/${file}`]));
  const built = [
    await bundle([boot, ...ofChat], (bundle) =>
      gather({
        bundle,
        root,
        name: CHAT,
        hasDefault: true,
        starts: [`ui/islands/${CHAT}.tsx`, `ui/${BOOT}`],
        others: entriesOf(ofChat.filter(({ name }) => name !== CHAT)),
      })),
    await bundle(others, (bundle) => {
      const entryPoints = Object.fromEntries(
        others.map(({ name, file }) => [name, `${ui}/${file}`]),
      );
      return bundle({ entryPoints });
    }),
  ];
  await esbuild.stop();
  // Both builds write what is the same in both, under one name.
  const byPath = new Map(built.flatMap(({ outputFiles }) => outputFiles).map((f) => [f.path, f]));
  const metafile = {
    outputs: Object.assign({}, ...built.map(({ metafile }) => metafile.outputs)),
  };
  return { files: hintFirst([...byPath.values()], { root, metafile }), metafile };
}

/** Puts the hint before what a chat runs at once: it changes nothing of it, nor its name. */
function hintFirst(
  files: Scripts["files"],
  { root, metafile }: { root: string; metafile: Metafile },
): Scripts["files"] {
  const first = [`islands/${CHAT}.tsx`, WITH_FIRST_TEXT].flatMap((file) => {
    const output = outputOf(metafile, file);
    if (output === "") throw new Error(`${file} begins no script.`);
    return [output, ...staticImports(metafile, output)].map((path) => `${root}/${path}`);
  });
  const hint = new TextEncoder().encode(CALLED_AT_ONCE);
  return files.map(({ path, contents }) => {
    if (!first.includes(path)) return { path, contents };
    const hinted = new Uint8Array(hint.length + contents.length);
    hinted.set(hint);
    hinted.set(contents, hint.length);
    return { path, contents: hinted };
  });
}
