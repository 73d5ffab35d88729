/**
 * `deno task compile [--target TRIPLE|all]`: writes `dist/openguild`, one executable with
 * everything in it. `deno compile` makes it where its stub can be had; otherwise it is a
 * self-extracting file with Deno's own binary. Says which of the two it made.
 */
import { join } from "node:path";
import { SOURCE_ARCHIVE } from "../server/system/source_archive.ts";
import { writeSelfExtracting } from "./lib/self_extracting.ts";
import { stage } from "./lib/stage.ts";
import { isWindows, provideDeno, type Target, TARGETS } from "./lib/targets.ts";

/** `deno compile` waits for its stub; a network that swallows packets must not hold us up. */
const COMPILE_TIMEOUT_MS = 300_000;
const INCLUDED = [
  "migrations",
  "ui",
  ".cache",
  "server",
  "node_modules",
  "LICENSE",
  "THIRD-PARTY-NOTICES",
  SOURCE_ARCHIVE,
];

export type Kind = "deno compile" | "self-extracting";

export interface Compiled {
  readonly path: string;
  readonly kind: Kind;
}

/** Builds the executable of one target below `outFolder`. */
export async function compile(
  root: string,
  options: { readonly target: Target; readonly outFolder: string },
): Promise<Compiled> {
  const { target, outFolder } = options;
  const version = (await Deno.readTextFile(join(root, ".dvmrc"))).trim();
  const folder = await Deno.makeTempDir({ prefix: "openguild-stage-" });
  try {
    await stage(root, folder);
    await Deno.mkdir(outFolder, { recursive: true });
    const path = join(outFolder, fileName(target));
    await removeIfThere(path);
    const failure = await tryCompile(folder, { target, path });
    if (failure === undefined) return { path, kind: "deno compile" };
    console.log(`deno compile could not be used: ${failure}`);
    if (isWindows(target)) {
      throw new Error(`${target.triple} needs deno compile: Windows runs no self-extracting file.`);
    }
    await provideDeno(target, { version, to: join(folder, "deno") });
    await writeSelfExtracting(folder, path);
    return { path, kind: "self-extracting" };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function fileName(target: Target): string {
  const native = target.triple === Deno.build.target;
  const suffix = isWindows(target) ? ".exe" : "";
  return native ? `openguild${suffix}` : `openguild-${target.triple}${suffix}`;
}

/** The reason why `deno compile` did not work, or undefined when it did. */
async function tryCompile(
  folder: string,
  options: { readonly target: Target; readonly path: string },
): Promise<string | undefined> {
  const output = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["compile", "--quiet", "--no-check", "--allow-all", "--target", options.target.triple],
      ...INCLUDED.flatMap((path) => ["--include", path]),
      ...["--output", options.path, "main.js"],
    ],
    cwd: folder,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    signal: AbortSignal.timeout(COMPILE_TIMEOUT_MS),
  }).output();
  if (output.success) return undefined;
  const text = new TextDecoder().decode(output.stderr).split("Stack backtrace:", 1)[0] ?? "";
  const lines = text.split("\n");
  return lines.filter((line) => /^(error|\s*\d+): /.test(line)).map((line) => line.trim()).join(
    " ",
  );
}

async function removeIfThere(path: string): Promise<void> {
  await Deno.remove(path).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
}

function chosenTargets(args: readonly string[]): readonly Target[] {
  const at = args.indexOf("--target");
  const name = at < 0 ? Deno.build.target : args[at + 1];
  if (name === "all") return TARGETS;
  const found = TARGETS.filter((target) => target.triple === name);
  if (found.length > 0) return found;
  const known = TARGETS.map((target) => target.triple).join(", ");
  throw new Error(`There is no target "${name}"; choose one of ${known} or all.`);
}

if (import.meta.main) {
  const root = new URL("..", import.meta.url).pathname.replace(/\/$/, "");
  for (const target of chosenTargets(Deno.args)) {
    const { path, kind } = await compile(root, { target, outFolder: join(root, "dist") });
    const { size } = await Deno.stat(path);
    console.log(`${path}: ${target.triple}, ${kind}, ${(size / 1024 ** 2).toFixed(1)} MiB`);
  }
}
