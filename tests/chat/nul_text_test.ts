import assert from "node:assert/strict";
import { makeGuild, startHomeserver } from "../harness/homeserver.ts";
import { MemoryLog } from "../harness/parts.ts";
import { waitFor } from "../harness/wait_for.ts";

Deno.test("U+0000 in names and descriptions stops no list, no export and no watch", async () => {
  const log = new MemoryLog();
  await using server = await startHomeserver({ log });
  const { owner: ann, members: [bob], guildId, general } = await makeGuild(server, ["ann", "bob"]);
  assert.ok(bob);
  const guild = `/guilds/${encodeURIComponent(guildId)}`;
  const text = "zero\u0000zero";
  await ann.do("PATCH", guild, { name: text, description: text });
  await ann.do("PATCH", `/rooms/${encodeURIComponent(guildId)}/channels/${general}`, {
    topic: text,
  });
  await ann.do("PATCH", `${guild}/members/${encodeURIComponent(ann.id)}`, { nickname: text });
  await ann.do("PATCH", `${guild}/members/${encodeURIComponent(bob.id)}`, {
    stay_until: Date.now() + 3_600_000,
    reason: text,
  });

  const found = await ann.do("GET", "/admin/guilds?query=zero&order=name");
  assert.deepEqual(found.guilds.map(({ id }: { id: string }) => id), [guildId]);
  const members = await ann.do("GET", `${guild}/members?search=zerozero`);
  assert.equal(members.members.length, 1);
  const upload = await fetch(`${server.url}/client/v1/media/upload?filename=a.txt`, {
    method: "PUT",
    headers: { authorization: `Bearer ${ann.token}`, "content-type": "text/plain" },
    body: "hello",
  });
  const { uri } = await upload.json();
  await ann.do("POST", `/rooms/${encodeURIComponent(guildId)}/send`, {
    channel_id: general,
    body: text,
    media: [{ uri }],
  });
  const usage = await ann.do("GET", "/admin/media/usage");
  assert.deepEqual(usage.guilds.map(({ files }: { files: number }) => files), [1]);
  await bob.do("POST", "/account/export", {});
  await waitFor("the export", async () => {
    const state = (await bob.do("GET", "/account/export")).export?.state;
    assert.notEqual(state, "failed");
    return state === "ready" ? true : undefined;
  });
  assert.deepEqual(log.lines.filter(({ level }) => level === "error" || level === "warn"), []);
});
