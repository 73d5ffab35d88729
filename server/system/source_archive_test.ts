import assert from "node:assert/strict";
import { createGunzip } from "node:zlib";
import { Buffer } from "node:buffer";
import { Readable } from "node:stream";
import { extract } from "tar-stream";
import { tempFolder } from "../../tests/harness/temp_folder.ts";
import { makeSourceArchive, readSourceArchive } from "./source_archive.ts";

async function list(archive: Uint8Array): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const entries = Readable.from([Buffer.from(archive)]).pipe(createGunzip()).pipe(extract());
  for await (const entry of entries) {
    const parts: Uint8Array[] = [];
    for await (const chunk of entry) parts.push(chunk as Uint8Array);
    files.set(entry.header.name, Buffer.concat(parts).toString("utf8"));
  }
  return files;
}

Deno.test("the source of this program is in it, with the license and what builds it", async () => {
  const files = await list(await readSourceArchive());
  for (const path of ["main.ts", "LICENSE", "deno.lock", "scripts/compile.ts", "ui/main.ts"]) {
    assert.ok(files.has(`openguild/${path}`), path);
  }
  const own = await Deno.readTextFile(new URL("./source_archive.ts", import.meta.url));
  assert.equal(files.get("openguild/server/system/source_archive.ts"), own);
});

Deno.test("nothing but the program is given away: no data, no secrets, no links", async () => {
  await using folder = await tempFolder();
  const write = async (path: string) => {
    const at = `${folder.path}/${path}`;
    await Deno.mkdir(at.slice(0, at.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(at, path);
  };
  for (
    const path of [
      "main.ts",
      "openguild-data/keys/k",
      ".git/config",
      "deploy/.env",
      "deploy/compose.yaml",
      "ui/_fresh/manifest.json",
      "node_modules/x/index.js",
      "notes.txt",
    ]
  ) await write(path);
  await Deno.symlink(`${folder.path}/openguild-data`, `${folder.path}/docs`);
  const files = await list(await makeSourceArchive(folder.path));
  assert.deepEqual([...files.keys()].sort(), [
    "openguild/deploy/compose.yaml",
    "openguild/main.ts",
  ]);
});

Deno.test("of a clone only what git tracks is given away, as it lies there", async () => {
  await using folder = await tempFolder();
  const git = async (...args: string[]) => {
    const { success } = await new Deno.Command("git", { args: ["-C", folder.path, ...args] })
      .output();
    assert.ok(success, args.join(" "));
  };
  await Deno.mkdir(`${folder.path}/deploy`);
  await Deno.writeTextFile(`${folder.path}/main.ts`, "before");
  await Deno.writeTextFile(`${folder.path}/deploy/server.key`, "secret");
  await git("init", "-q");
  await git("add", "main.ts");
  await Deno.writeTextFile(`${folder.path}/main.ts`, "changed");
  const files = await list(await makeSourceArchive(folder.path));
  assert.deepEqual([...files], [["openguild/main.ts", "changed"]]);
});
