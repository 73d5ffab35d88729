import { dirname, join } from "node:path";
import { SEED_PATH } from "../../server/postgres/embedded/seed.ts";
import { makeSourceArchive, SOURCE_ARCHIVE } from "../../server/system/source_archive.ts";
import { makeSeed } from "../pglite_seed.ts";
import { collectNotices } from "./notices.ts";

/** Modules that run by themselves: the program and its workers, by path without an ending. */
const ENTRIES = [
  "main",
  "server/postgres/embedded/worker",
  "server/services/accounts/password_worker",
  "server/voice/media_worker",
] as const;

/** Packages that find their own files beside themselves and so stay out of the bundle. */
const UNBUNDLED = [
  {
    name: "@electric-sql/pglite",
    keep: /^(package\.json|LICENSE.*|dist\/[^/]+\.(js|wasm|data)|dist\/fs\/[^/]+\.js)$/,
  },
  {
    name: "wasm-vips",
    keep:
      /^(package\.json|LICENSE.*|THIRD-PARTY-NOTICES\.md|versions\.json|lib\/vips-node\.mjs|lib\/vips\.wasm)$/,
  },
] as const;

/**
 * Lays out everything the executable carries: the bundled program, its workers, the packages
 * that cannot be bundled, migrations, the built pages, the ready-made database, the licenses and
 * its own source.
 */
export async function stage(root: string, folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  await run(root, ["run", "-A", "ui/dev.ts", "--if-stale"]);
  for (const entry of ENTRIES) await bundle(root, entry, folder);
  for (const { name, keep } of UNBUNDLED) {
    const from = join(root, "node_modules", name);
    await copyTree(from, join(folder, "node_modules", name), (path) => keep.test(path));
  }
  await copyTree(join(root, "migrations"), join(folder, "migrations"), () => true);
  await copyTree(join(root, "ui/_fresh"), join(folder, "ui/_fresh"), (path) => {
    return path !== "metafile.json";
  });
  await provideSeed(root, folder);
  await Deno.copyFile(join(root, "LICENSE"), join(folder, "LICENSE"));
  await Deno.writeFile(join(folder, SOURCE_ARCHIVE), await makeSourceArchive(root));
  await Deno.writeTextFile(
    join(folder, "THIRD-PARTY-NOTICES"),
    await collectNotices(root, ENTRIES.map((entry) => `${entry}.ts`)),
  );
  // Its own configuration: none of a folder above may be found.
  await Deno.writeTextFile(join(folder, "deno.json"), JSON.stringify({ nodeModulesDir: "manual" }));
  const dependencies = Object.fromEntries(UNBUNDLED.map(({ name }) => [name, "*"]));
  await Deno.writeTextFile(
    join(folder, "package.json"),
    JSON.stringify({ name: "openguild", private: true, type: "module", dependencies }, null, 2),
  );
}

async function bundle(root: string, entry: string, folder: string): Promise<void> {
  const output = join(folder, `${entry}.js`);
  await Deno.mkdir(dirname(output), { recursive: true });
  const externals = UNBUNDLED.flatMap(({ name }) => [
    ...["--external", name],
    ...["--external", `${name}/*`],
  ]);
  await run(root, [
    ...["bundle", "--quiet", "--platform", "deno", "--keep-names", ...externals],
    ...["-o", output, `${entry}.ts`],
  ]);
}

async function provideSeed(root: string, folder: string): Promise<void> {
  const seed = join(root, SEED_PATH);
  if (!(await exists(seed))) await makeSeed(seed);
  await Deno.mkdir(dirname(join(folder, SEED_PATH)), { recursive: true });
  await Deno.copyFile(seed, join(folder, SEED_PATH));
}

async function copyTree(
  from: string,
  to: string,
  keep: (path: string) => boolean,
  below = "",
): Promise<void> {
  for await (const entry of Deno.readDir(join(from, below))) {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    const info = await Deno.stat(join(from, path));
    if (info.isDirectory) await copyTree(from, to, keep, path);
    else if (keep(path)) {
      await Deno.mkdir(dirname(join(to, path)), { recursive: true });
      await Deno.copyFile(join(from, path), join(to, path));
    }
  }
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

async function run(root: string, args: string[]): Promise<void> {
  const output = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: root,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  if (!output.success) {
    throw new Error(`deno ${args.join(" ")} failed:\n${new TextDecoder().decode(output.stderr)}`);
  }
}
