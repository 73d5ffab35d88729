import assert from "node:assert/strict";
import { runCli } from "../../tests/harness/cli.ts";
import { freePort } from "../../scripts/lib/free_port.ts";
import { provideSeed } from "../../tests/harness/seed.ts";
import { tempFolder } from "../../tests/harness/temp_folder.ts";
import type { Finding } from "./finding.ts";

Deno.test("doctor looks at everything before the first start, and says so for people and programs", async () => {
  await provideSeed();
  await using temp = await tempFolder();
  const args = ["--port", String(freePort())];
  const result = await runCli(["doctor", ...args], { workingFolder: temp.path });
  assert.match(result.out, /ok {7}database +The first start makes the embedded database/);
  assert.match(result.out, /warning {2}database +The embedded database never calls fsync/);
  for (
    const check of [
      "name",
      "data folder",
      "disk",
      "clock",
      "file store",
      "bus",
      "search",
      "port",
      "tls",
    ]
  ) {
    assert.match(result.out, new RegExp(`^(ok|warning|PROBLEM) +${check} `, "m"), check);
  }
  assert.doesNotMatch(result.out, /The check itself failed/);
  const json = await runCli(["doctor", "--json", ...args], { workingFolder: temp.path });
  const { findings } = JSON.parse(json.out) as { findings: Finding[] };
  assert.ok(findings.length >= 9);
  // It has looked, and made nothing: neither a folder, nor in one that is something else's.
  assert.deepEqual([...Deno.readDirSync(temp.path)], []);
  await runCli(["doctor", "--data", ".", ...args], { workingFolder: temp.path });
  assert.deepEqual([...Deno.readDirSync(temp.path)], []);
});

Deno.test("doctor goes on when the database cannot be opened, and ends with exit code 1", async () => {
  await using temp = await tempFolder();
  const result = await runCli(["doctor", "--port", String(freePort())], {
    workingFolder: temp.path,
    env: { DATABASE_URL: `postgres://u:secret@127.0.0.1:${freePort()}/x` },
  });
  assert.equal(result.code, 1);
  assert.match(result.out, /PROBLEM {2}database +The database does not answer/);
  assert.match(result.out, /ok +file store/);
  assert.deepEqual([...Deno.readDirSync(temp.path)], []);
  assert.ok(!result.out.includes("secret"));
});
