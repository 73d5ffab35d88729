import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { extract } from "tar-stream";
import { makeGuild, type Person, startHomeserver } from "./harness/homeserver.ts";
import { runCli } from "./harness/cli.ts";
import { tempFolder } from "./harness/temp_folder.ts";
import { waitFor } from "./harness/wait_for.ts";

/** The files of a tar by name, as text. */
async function unpack(bytes: Uint8Array): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const unpacking = extract();
  Readable.from([bytes]).pipe(unpacking);
  for await (const entry of unpacking) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of entry) chunks.push(chunk as Uint8Array);
    files.set(
      entry.header.name,
      new TextDecoder("latin1").decode(await new Blob(chunks as BlobPart[]).bytes()),
    );
  }
  return files;
}

async function download(base: string, person: Person): Promise<Response> {
  return await fetch(`${base}/client/v1/account/export/file`, {
    headers: { authorization: `Bearer ${person.token}` },
  });
}

Deno.test("export: one's own words, files and settings and nobody else's, made once, kept a week", async () => {
  await using server = await startHomeserver();
  const { owner: ann, members: [bob], guildId, general } = await makeGuild(server, ["ann", "bob"]);
  assert.ok(bob);
  const room = encodeURIComponent(guildId);
  const say = (who: Person, body: string) =>
    who.do("POST", `/rooms/${room}/send`, {
      channel_id: general,
      body,
      nonce: crypto.randomUUID(),
    });
  await say(ann, "Hello from Ann");
  const gone = await say(ann, "What Ann took back");
  await say(bob, "What Bob said");
  await ann.do("POST", "/redact", {
    room_id: guildId,
    channel_id: general,
    event_ids: [gone.id],
  });
  const notes = "Pea seeds, in rows";
  const uploaded = await fetch(`${server.url}/client/v1/media/upload?filename=Pea%20plants.txt`, {
    method: "PUT",
    headers: { authorization: `Bearer ${ann.token}`, "content-type": "text/plain" },
    body: notes,
  });
  assert.equal(uploaded.status, 200, await uploaded.text());
  await ann.do("PATCH", "/account", { bio: "Plants things" });
  await ann.do("PATCH", `/guilds/${room}/members/${encodeURIComponent(ann.id)}`, {
    nickname: "Ann of the beans",
  });

  assert.equal((await ann.do("GET", "/account/export")).export, null);
  assert.equal((await download(server.url, ann)).status, 404);
  const begun = await ann.do("POST", "/account/export", {});
  assert.equal(begun.export.state, "waiting");
  const ready = await waitFor("the export", async () => {
    const { export: made } = await ann.do("GET", "/account/export");
    return made.state === "ready" && made;
  });
  assert.deepEqual([ready.done, ready.total, ready.left_out], [ready.total, ready.total, 0]);
  assert.ok(ready.expires_ts > ready.created_ts + 6 * 86_400_000);
  assert.equal((await download(server.url, bob)).status, 404);
  const answer = await download(server.url, ann);
  assert.match(answer.headers.get("content-disposition") ?? "", /attachment; .*ann-\d{4}-/);
  const files = await unpack(await answer.bytes());
  const all = [...files.values()].join("\n");
  const [there] = JSON.parse(files.get("rooms.json") ?? "[]");
  assert.deepEqual([there.room_id, there.nickname], [guildId, "Ann of the beans"]);
  const messages = [...files].find(([name]) =>
    /^messages\/Test guild-.*\/general-.*-0001\.json$/.test(name)
  );
  const mine = JSON.parse(messages?.[1] ?? "[]");
  // The taking back is an event of hers, too.
  const said = mine.slice(0, 2).map((each: { content?: { body: string }; deleted?: true }) =>
    each.content?.body ?? each.deleted
  );
  assert.deepEqual([said, mine.length], [["Hello from Ann", true], 3]);
  assert.ok(!all.includes("What Bob said") && !all.includes("What Ann took back"));
  assert.doesNotMatch(all, /\$argon2id\$|og[acrl]_[\w-]{43}/);
  const [profile] = JSON.parse(files.get("profile.json") ?? "[]");
  assert.equal(profile.bio, "Plants things");
  assert.equal(JSON.parse(files.get("sessions.json") ?? "[]").length, 1);
  assert.match(
    files.get("README.txt") ?? "",
    /Encrypted conversations: this server cannot read them/,
  );
  const file = [...files.keys()].find((name) => name.startsWith("files/"));
  assert.match(file ?? "", /^files\/\w+-[^/]*Pea plants\.txt$/);
  assert.equal(files.get(file ?? ""), notes);

  await using folder = await tempFolder();
  const path = `${folder.path}/ann.tar`;
  const cli = await runCli(["admin", "user", "export", "ann", path], {
    workingFolder: folder.path,
    parts: { live: server.parts },
  });
  assert.equal(cli.code, 0, cli.err);
  const again = await runCli(["admin", "user", "export", "ann", path], {
    workingFolder: folder.path,
    parts: { live: server.parts },
  });
  assert.equal(again.code, 1);
  assert.match(again.err, /openguild: .*ann\.tar is there already: choose another name\.\n$/);
  const same = await unpack(await Deno.readFile(path));
  assert.deepEqual([...same.keys()], [...files.keys()]);

  await ann.do("DELETE", "/account/export");
  assert.equal((await download(server.url, ann)).status, 404);
  const { blobs } = server.parts;
  await waitFor("the file to be deleted", async () => {
    for await (const _ of blobs.list("exports/")) return false;
    return true;
  });
});
