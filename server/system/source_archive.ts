import { Buffer } from "node:buffer";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { pack } from "tar-stream";
import { assetPath, assetRoot } from "./assets.ts";

/** Where an executable carries the archive, below the asset root. */
export const SOURCE_ARCHIVE = "source.tar.gz";

/** What the program is made of; nothing else that lies in the folder is ever given away. */
const PARTS = [
  ".ci",
  ".dockerignore",
  ".dvmrc",
  ".gitignore",
  "Dockerfile",
  "LICENSE",
  "README.md",
  "core",
  "deno.json",
  "deno.lock",
  "deploy",
  "docs",
  "federation",
  "main.ts",
  "migrations",
  "scripts",
  "server",
  "tests",
  "ui",
  "voice",
];
/** What a tree may weigh; ours is a few megabytes. */
const BYTES_MAX = 64 * 1024 * 1024;
const LEFT_OUT = new Set(["node_modules", "_fresh", ".env"]);
/** The top folder within the archive. */
const FOLDER = "openguild";

const compress = promisify(gzip);

/**
 * The program's own source as a tar.gz, which its license promises to everybody who uses it
 * over the network: the archive of an executable, or one made of the files that run.
 */
export async function readSourceArchive(): Promise<Uint8Array> {
  try {
    return await Deno.readFile(assetPath(SOURCE_ARCHIVE));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return await makeSourceArchive(assetRoot());
  }
}

/** @throws RangeError when the tree is larger than any source of this program. */
export async function makeSourceArchive(root: string): Promise<Uint8Array> {
  const tar = pack();
  const chunks: Uint8Array[] = [];
  const reading = (async () => {
    for await (const chunk of tar) chunks.push(chunk as Uint8Array);
  })();
  const tracked = await listTracked(root);
  let left = BYTES_MAX;
  for (const part of PARTS) {
    for (const path of await listFiles(root, part)) {
      if (tracked !== undefined && !tracked.has(path)) continue;
      const { size, mode } = await Deno.stat(join(root, path));
      left -= size;
      if (left < 0) throw new RangeError(`The source below ${root} is too large to hand out.`);
      const bytes = Buffer.from(await Deno.readFile(join(root, path)));
      const executable = (mode ?? 0) & 0o100;
      tar.entry({
        name: `${FOLDER}/${path}`,
        mode: executable === 0 ? 0o644 : 0o755,
        mtime: new Date(0),
      }, bytes);
    }
  }
  tar.finalize();
  await reading;
  return await compress(Buffer.concat(chunks), { level: 9 });
}

/**
 * The files that belong to the clone, so that whatever else lies in it stays there; undefined
 * where it is no clone or git is absent. A file that you add must be added to git too.
 */
async function listTracked(root: string): Promise<ReadonlySet<string> | undefined> {
  try {
    const { success, stdout } = await new Deno.Command("git", {
      args: ["-C", root, "ls-files", "-z"],
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).output();
    const paths = new TextDecoder().decode(stdout).split("\0").filter((path) => path !== "");
    return success && paths.length > 0 ? new Set(paths) : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function listFiles(root: string, path: string): Promise<string[]> {
  let info: Deno.FileInfo;
  try {
    info = await Deno.lstat(join(root, path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
  if (info.isFile) return [path];
  if (!info.isDirectory) return [];
  const found: string[] = [];
  for await (const entry of Deno.readDir(join(root, path))) {
    if (!LEFT_OUT.has(entry.name)) found.push(...await listFiles(root, `${path}/${entry.name}`));
  }
  return found.sort();
}
