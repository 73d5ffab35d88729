import { fileURLToPath } from "node:url";
import { FROM_SOURCE } from "../../scripts/lib/from_source.ts";
import { type TempFolder, tempFolder } from "./temp_folder.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
const PARTS = [
  "main.ts",
  "deno.json",
  "deno.lock",
  "core",
  "federation",
  "migrations",
  "scripts",
  "server",
  "ui",
  "voice",
];

/** The program as a later version of it: its own sources and its own build of the pages. */
export interface NewerBuild extends AsyncDisposable {
  /** Starts it, as `startServerProcess` takes a command. */
  readonly command: readonly string[];
}

async function run(command: string, args: readonly string[], cwd: string): Promise<void> {
  const { success, stderr } = await new Deno.Command(command, {
    args: [...args],
    cwd,
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) {
    throw new Error(`${command} ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  }
}

/** Copies the program, changes one source file, and builds its pages. */
export async function buildNewer(
  file: string,
  change: (source: string) => string,
): Promise<NewerBuild> {
  const folder: TempFolder = await tempFolder("openguild-newer-");
  try {
    for (const part of PARTS) await run("cp", ["-a", `${ROOT}/${part}`, folder.path], ROOT);
    await Deno.symlink(`${ROOT}/node_modules`, `${folder.path}/node_modules`);
    const path = `${folder.path}/${file}`;
    const source = await Deno.readTextFile(path);
    const changed = change(source);
    if (changed === source) throw new Error(`The change leaves ${file} as it was.`);
    await Deno.writeTextFile(path, changed);
    await run(Deno.execPath(), ["run", "--no-check", "-A", "ui/dev.ts"], folder.path);
    return {
      command: [Deno.execPath(), ...FROM_SOURCE, `${folder.path}/main.ts`],
      [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
    };
  } catch (error) {
    await folder[Symbol.asyncDispose]();
    throw error;
  }
}
