import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { startHomeserver } from "../harness/homeserver.ts";

Deno.test("anybody gets the source of the running server, and the link to it", async () => {
  await using server = await startHomeserver();
  const { body } = await server.call("GET", "/server");
  assert.equal(body.source_url, `${server.url}/source`);
  const answers = await Promise.all([fetch(body.source_url), fetch(body.source_url)]);
  const [first, again] = await Promise.all(answers.map((answer) => answer.bytes()));
  assert.ok(first && again);
  assert.equal(answers[0]?.status, 200);
  assert.match(answers[0]?.headers.get("content-disposition") ?? "", /^attachment; /);
  assert.deepEqual(first, again);
  const tar = new TextDecoder().decode(gunzipSync(first));
  for (const path of ["main.ts", "LICENSE", "server/app.ts", "migrations/0002_events.sql"]) {
    assert.ok(tar.includes(`openguild/${path}\0`), path);
  }
  for (const path of ["node_modules/", ".git/", "openguild-data/"]) {
    assert.ok(!tar.includes(`openguild/${path}`), path);
  }
});

Deno.test("a changed version points to its own source", async () => {
  await using server = await startHomeserver({
    settings: { "server.source_url": "https://example.org/fork" },
  });
  assert.equal((await server.call("GET", "/server")).body.source_url, "https://example.org/fork");
});
