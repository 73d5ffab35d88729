import { namedOperations, onlyOperations } from "./operations.ts";

/**
 * A worker that holds keys, as one module: it imports nothing at run time, so that its content
 * policy can forbid all other scripts.
 */
export async function buildEngine(
  ui: string,
  entry: string,
  readSource: (path: string) => Promise<string>,
): Promise<Uint8Array<ArrayBuffer>> {
  const esbuild = await import("esbuild");
  const bundle = (operations: readonly string[]) =>
    esbuild.build({
      entryPoints: [entry],
      bundle: true,
      format: "esm",
      target: ["es2023", "chrome120", "firefox121", "safari17.4"],
      minify: true,
      write: false,
      metafile: true,
      absWorkingDir: `${ui}/..`,
      plugins: [onlyOperations(operations)],
      legalComments: "none",
      logLevel: "warning",
    });
  const named = await namedOperations((await bundle([])).metafile, readSource);
  const { outputFiles: [script] } = await bundle(named);
  await esbuild.stop();
  if (!script) throw new Error(`esbuild wrote no worker from ${entry}.`);
  return Uint8Array.from(script.contents);
}
