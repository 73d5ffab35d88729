import assert from "node:assert/strict";
import { runCli } from "../../../tests/harness/cli.ts";
import { BOB, filesBelow, openTestMedia, upload } from "../../../tests/harness/media.ts";
import { freshDatabase } from "../../../tests/harness/postgres.ts";
import { tempFolder } from "../../../tests/harness/temp_folder.ts";

Deno.test("admin media shows and deletes what is stored", async () => {
  await using database = await freshDatabase();
  await using folder = await tempFolder();
  const cli = (...args: string[]) =>
    runCli(["admin", "media", ...args, "--data", folder.path], {
      workingFolder: folder.path,
      env: { DATABASE_URL: database.url, OPENGUILD_NAME: "og.test" },
    });
  const blobs = `${folder.path}/media`;
  let uri = "";
  {
    await using test = await openTestMedia({ database, root: folder.path });
    uri = (await upload(test.deps, new Uint8Array(2048).fill(1))).uri;
    await upload(test.deps, new Uint8Array(100).fill(2), { owner: BOB });
    await test.deps.blobs.put(`media/00/${"0".repeat(32)}/original`, new Blob(["x"]).stream(), 1);
  }
  const usage = await cli("usage");
  assert.equal(usage.code, 0, usage.err);
  assert.equal(
    usage.out,
    "2 files, 2.1 KiB; of these unused 2, 2.1 KiB; 0 deletions waiting.\n" +
      "Copies of other servers' files: 0, 0 bytes of at most 5.0 GiB.\n\n" +
      "USER            FILES  SIZE\n" +
      "@alice:og.test  1      2.0 KiB\n" +
      "@bob:og.test    1      100 bytes\n",
  );
  assert.equal(JSON.parse((await cli("usage", "--json", "--limit", "1")).out).users.length, 1);
  const many = await cli("usage", "--limit", "many");
  assert.equal(many.code, 2);
  assert.match(many.err, /--limit is "many"; give a whole number from 0 to 999999\./);

  const everything = await cli("purge");
  assert.equal(everything.code, 2);
  assert.match(everything.err, /Say what to purge/);
  assert.match((await cli("purge", "--uri", "mxc://other/x")).err, /no file of this server/);
  const dry = await cli("purge", "--user", "@bob:og.test", "--orphans", "--dry-run");
  assert.equal(dry.out, "Would delete 1 files (100 bytes) and 1 unknown ones.\n");
  assert.equal(filesBelow(blobs).length, 3);
  const orphans = await cli("purge", "--orphans");
  assert.equal(orphans.out, "Deleted 0 files (0 bytes) and 1 unknown ones.\n");
  assert.equal((await cli("purge", "--uri", uri)).out, "Deleted 1 files (2.0 KiB).\n");
  assert.equal(filesBelow(blobs).length, 1);
  const rest = await cli("purge", "--unused", "--json");
  assert.deepEqual(JSON.parse(rest.out), { files: 1, bytes: 100, orphans: 0, dry_run: false });
  assert.deepEqual(filesBelow(blobs), []);
});
