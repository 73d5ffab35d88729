import assert from "node:assert/strict";
import { join } from "node:path";
import { emptyHead, openChunk } from "../../core/e2ee/backup.ts";
import { writeEntries } from "../../core/e2ee/backup_entries.ts";
import { fromBase64 } from "../../core/e2ee/bytes.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import { DeviceClient, dmOf } from "../harness/device_client.ts";
import { loseRows } from "../harness/device_store.ts";
import { type Homeserver, startHomeserver } from "../harness/homeserver.ts";
import { tempFolder } from "../harness/temp_folder.ts";
import { befriended } from "./people.ts";

async function talking(server: Homeserver, path: string) {
  const [ada, bo] = await befriended(server, ["ada", "bo"]);
  const { room_id: roomId } = await ada.do("POST", "/dms", { user_id: bo.id });
  const folders = { ada: join(path, "ada"), bo: join(path, "bo") };
  const a = await DeviceClient.open(ada, { folder: folders.ada });
  const b = await DeviceClient.open(bo, { folder: folders.bo });
  await a.engine.setUp({ name: "a" });
  await b.engine.setUp({ name: "b" });
  await a.engine.enable(roomId, dmOf(ada, bo));
  await b.engine.sync(roomId);
  return { ada, bo, a, b, roomId, folders };
}

Deno.test("what a device lost it finds again, or says so; a backup holds nothing of a group", async (t) => {
  await using server = await startHomeserver();
  await using folder = await tempFolder();
  const talk = await talking(server, folder.path);
  const { bo, roomId, folders } = talk;
  let { a, b } = talk;
  const texts: string[] = [];
  const say = async (client: DeviceClient, text: string) => {
    await client.send(roomId, text);
    texts.push(text);
    for (const each of [a, b]) assert.deepEqual(await each.texts(roomId), texts);
  };
  const restart = async () => {
    await b[Symbol.asyncDispose]();
    return async () => {
      b = await DeviceClient.open(bo, { folder: folders.bo });
      return b;
    };
  };
  await say(a, "one");
  await say(b, "two");

  await t.step(
    "a group whose state is gone is joined from outside, in place of the old leaf",
    async () => {
      const again = await restart();
      assert.ok(await loseRows(folders.bo, "groups", (key) => key.endsWith("/group")) > 0);
      await again();
      await b.engine.sync(roomId);
      await say(b, "after the loss");
      const { leaves } = await bo.do("GET", `/rooms/${roomId}/group`);
      assert.equal(leaves.length, 2);
    },
  );

  await t.step(
    "a Welcome for a key package that is gone is put away, and the group joined",
    async () => {
      const again = await restart();
      await loseRows(folders.bo, "groups", () => true);
      await loseRows(folders.bo, "packages", () => true);
      await again();
      await b.engine.sync(roomId);
      await say(a, "after the packages");
      const { left } = await bo.do("GET", "/key-packages");
      assert.ok(left >= 20, `${left} key packages`);
    },
  );

  await t.step(
    "a device that restarts too often says so instead of going on for ever",
    async () => {
      const again = await restart();
      await loseRows(folders.bo, "groups", (key) => key.endsWith("/group"));
      await again();
      await b.engine.sync(roomId);
      await b[Symbol.asyncDispose]();
      await loseRows(folders.bo, "groups", (key) => key.endsWith("/group"));
      await again();
      await b.engine.sync(roomId);
      await b[Symbol.asyncDispose]();
      await loseRows(folders.bo, "groups", (key) => key.endsWith("/group"));
      await again();
      const state = await b.engine.sync(roomId);
      assert.deepEqual([state.phase, state.reasons], ["paused", ["too_many_rejoins"]]);
      await assert.rejects(b.engine.seal(roomId, "main", { type: "message", body: "no" }), {
        reason: "too_many_rejoins",
      });
    },
  );

  await t.step("MLS state and device keys are in no chunk of the backup", async () => {
    await a.engine.createBackup();
    const { chunks } = await a.person.do("GET", "/backup/chunks");
    const row = await a.store.get("device", "backup");
    const { key } = JSON.parse(new TextDecoder().decode(row));
    let after = emptyHead(1);
    let plain = "";
    for (const { chunk } of chunks) {
      const opened = openChunk(
        { user: a.person.id as UserId, backupKey: fromBase64(key) as Uint8Array, after },
        fromBase64(chunk) as Uint8Array,
      );
      assert.ok(opened.ok);
      plain += writeEntries(opened.entries).toHex();
      after = opened.head;
    }
    const own = JSON.parse(new TextDecoder().decode(await a.store.get("device", "own")));
    const hexOf = (text: string) => (fromBase64(text) as Uint8Array).toHex();
    assert.ok(plain.includes(hexOf(own.secrets.msk)), "the search finds what is there");
    assert.ok(!plain.includes(hexOf(own.seed)), "the device's own key");
    // Certificates stand in groups, and the master keys that they show in the backup: all public.
    const other = JSON.parse(new TextDecoder().decode(await b.store.get("device", "own")));
    const open = hexOf(own.certificate) + hexOf(other.certificate);
    for (const table of ["groups", "packages"] as const) {
      for (const { value } of await a.store.list(table)) {
        for (const piece of piecesOf(value)) {
          assert.ok(open.includes(piece.toHex()) || !plain.includes(piece.toHex()), table);
        }
      }
    }
  });
  await a[Symbol.asyncDispose]();
  await b[Symbol.asyncDispose]();
});

/** Every 24 bytes of a value, in steps of 8: no secret of 32 bytes escapes them. */
function piecesOf(value: Uint8Array): Uint8Array[] {
  const count = Math.max(0, Math.floor((value.length - 24) / 8));
  return Array.from({ length: count }, (_, at) => value.subarray(at * 8, at * 8 + 24)).filter((
    piece,
  ) => new Set(piece).size > 8);
}
