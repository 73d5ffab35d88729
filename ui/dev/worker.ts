import { CATALOGUES } from "../lib/i18n/catalogues.ts";
import { PUSH_TEXTS, type PushText, type PushTexts } from "../sw/push_texts.ts";

/** What the worker says by itself, in each language. */
function pushTexts(): PushTexts {
  return Object.fromEntries(
    Object.entries(CATALOGUES).map(([code, catalogue]) => [
      code,
      Object.fromEntries(PUSH_TEXTS.map((key) => [key, catalogue[key]])) as Record<
        PushText,
        string
      >,
    ]),
  );
}

/**
 * The service worker as one script. `build` names its cache; `files` are the urls it keeps, whose
 * names change with their content; `sealed` is the script it opens encrypted messages with.
 */
export async function buildWorker(
  ui: string,
  { build, files, sealed }: {
    readonly build: string;
    readonly files: readonly string[];
    readonly sealed: string;
  },
): Promise<Uint8Array<ArrayBuffer>> {
  const esbuild = await import("esbuild");
  const result = await esbuild.build({
    entryPoints: [`${ui}/sw/worker.ts`],
    bundle: true,
    format: "iife",
    target: ["es2023", "chrome120", "firefox121", "safari17.4"],
    minify: true,
    write: false,
    absWorkingDir: `${ui}/..`,
    define: {
      BUILD: JSON.stringify(build),
      FILES: JSON.stringify(files),
      SEALED: JSON.stringify(sealed),
      TEXTS: JSON.stringify(pushTexts()),
    },
    legalComments: "none",
    logLevel: "warning",
  });
  await esbuild.stop();
  const [script] = result.outputFiles;
  if (!script) throw new Error("esbuild wrote no service worker.");
  return Uint8Array.from(script.contents);
}
