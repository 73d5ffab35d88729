import assert from "node:assert/strict";
import { tempFolder } from "../../tests/harness/temp_folder.ts";
import { DataFolderError, openDataFolder } from "./data_folder.ts";

Deno.test("a missing folder is made for this user alone, and is new only once", async () => {
  await using temp = await tempFolder();
  const path = `${temp.path}/deep/data`;
  {
    using folder = await openDataFolder(path);
    assert.equal(folder.isNew, true);
    assert.equal(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o700);
    assert.equal(((await Deno.stat(`${path}/lock`)).mode ?? 0) & 0o777, 0o600);
  }
  using again = await openDataFolder(path);
  assert.equal(again.isNew, false);
});

Deno.test("a folder in use is refused with the process that holds it", async () => {
  await using temp = await tempFolder();
  using held = await openDataFolder(temp.path);
  assert.ok(held.path);
  await assert.rejects(openDataFolder(temp.path), (error) => {
    assert.ok(error instanceof DataFolderError);
    assert.match(error.message, new RegExp(`in use by process ${Deno.pid}: stop it`));
    return true;
  });
});

Deno.test("the lock of a killed process does not stay", async () => {
  await using temp = await tempFolder();
  const module = new URL("./data_folder.ts", import.meta.url).href;
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      `import { openDataFolder } from ${JSON.stringify(module)};
       await openDataFolder(${JSON.stringify(temp.path)});
       console.log("held");
       await new Promise((resolve) => setInterval(resolve, 1e9));`,
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.getReader();
  await reader.read();
  await assert.rejects(openDataFolder(temp.path), new RegExp(`process ${child.pid}`));
  child.kill("SIGKILL");
  await child.status;
  await reader.cancel();
  using folder = await openDataFolder(temp.path);
  assert.equal(folder.isNew, false);
});

Deno.test("a file in the folder's place is said to be one", async () => {
  await using temp = await tempFolder();
  await Deno.writeTextFile(`${temp.path}/data`, "");
  await assert.rejects(openDataFolder(`${temp.path}/data`), /is a file/);
});
