import assert from "node:assert/strict";
import { join } from "node:path";
import { base64Of } from "../../core/e2ee/bytes.ts";
import { readCertificate } from "../../core/e2ee/certificate.ts";
import { publicKeyOf } from "../../core/e2ee/signing.ts";
import { readKeyPackage } from "../../core/mls/readers.ts";
import { SealRefused } from "../../core/e2ee/engine/types.ts";
import { DeviceClient, dmOf, signInAgain } from "../harness/device_client.ts";
import { testDevice, testIdentity } from "../harness/e2ee_people.ts";
import { bytesOf, GroupDevice, testMls } from "../harness/group_devices.ts";
import { type Homeserver, PASSWORD, type Person, startHomeserver } from "../harness/homeserver.ts";
import { tempFolder } from "../harness/temp_folder.ts";
import { waitFor } from "../harness/wait_for.ts";
import { befriended } from "./people.ts";

/**
 * A device that whoever runs the server makes up for a user: signed in as them, with a certificate
 * of an identity that is not theirs, and written past all checks into the database.
 */
async function ghostOf(server: Homeserver, person: Person): Promise<GroupDevice> {
  const session = await signInAgain(server, person);
  const of = await testIdentity(person.id as never);
  const { id, seed, certificate } = await testDevice(of, Date.now());
  await session.do("PUT", `/devices/${id}`, { certificate: null, name: "ghost" });
  const keys = {
    credential: bytesOf(certificate),
    signatureSeed: seed,
    signatureKey: await publicKeyOf(seed),
  };
  const { sql } = server.parts.database;
  await sql`
    update devices set certificate = ${keys.credential}, signature_key = ${keys.signatureKey}
    where user_id = ${person.id} and device_id = ${id}`;
  const ghost = new GroupDevice(await testMls(), session, id, keys);
  await ghost.upload(5);
  return ghost;
}

async function refusedWith(sending: Promise<unknown>): Promise<string> {
  return await sending.then(() => "sent", (error) => {
    assert.ok(error instanceof SealRefused, String(error));
    return error.reason;
  });
}

function refusals(clients: readonly DeviceClient[]): number {
  return clients.reduce((sum, one) => sum + (one.engine.counters()["not_genuine"] ?? 0), 0);
}

async function leavesOf(person: Person, roomId: string): Promise<string[]> {
  const { leaves } = await person.do("GET", `/rooms/${roomId}/group`);
  return leaves.map((leaf: { device: string }) => leaf.device);
}

Deno.test("whoever runs the server adds no device to a conversation", async (t) => {
  await using server = await startHomeserver();
  await using folder = await tempFolder();
  const [ada, bo] = await befriended(server, ["ada", "bo"]);
  await using a = await DeviceClient.open(ada, { folder: join(folder.path, "a") });
  await using b = await DeviceClient.open(bo, { folder: join(folder.path, "b") });
  await a.engine.setUp({ name: "a" });
  await b.engine.setUp({ name: "b" });
  const { room_id: roomId } = await ada.do("POST", "/dms", { user_id: bo.id });
  await b.engine.expect(roomId, dmOf(ada, bo));
  await a.engine.enable(roomId, dmOf(ada, bo));
  await b.engine.sync(roomId);
  await a.send(roomId, "only for Bo");

  await t.step("a device of another identity is not let in, by neither side", async () => {
    for (const person of [ada, bo]) {
      const ghost = await ghostOf(server, person);
      const { wanted } = await ada.do("GET", `/rooms/${roomId}/group`);
      assert.ok(wanted.add.some((one: { device: string }) => one.device === ghost.id));
      const before = refusals([a, b]);
      for (const client of [a, b]) {
        await client.engine.sync(roomId);
        await client.send(roomId, `still alone, ${client.person.id}`);
      }
      await waitFor("the ghost is refused", () => refusals([a, b]) > before);
      const leaves = await leavesOf(ada, roomId);
      assert.deepEqual(
        leaves.toSorted(),
        [a, b].map((one) => one.engine.state().deviceId).toSorted(),
      );
      await ghost.person.do("DELETE", `/devices/${ghost.id}`).catch(() => undefined);
      await server.parts.database.sql`delete from devices where device_id = ${ghost.id}`;
    }
    assert.deepEqual(await b.texts(roomId), await a.texts(roomId));
  });

  await t.step("one that joins from outside, with the server's help, reads nothing", async () => {
    const ghost = await ghostOf(server, bo);
    const made = await ghost.externalJoin(roomId, { resync: false });
    assert.equal((await ghost.send(roomId, made, { external: true })).status, 200);
    for (const client of [a, b]) {
      await client.engine.sync(roomId);
      assert.equal(await refusedWith(client.send(roomId, "for nobody")), "identity_changed");
      assert.equal(client.engine.room(roomId).phase, "paused");
      assert.deepEqual(client.engine.room(roomId).users, [bo.id]);
    }
    // Once it is gone, the conversation goes on.
    await server.parts.database.sql`delete from devices where device_id = ${ghost.id}`;
    await waitFor("the ghost is removed", async () => {
      await a.engine.sync(roomId);
      return !(await leavesOf(ada, roomId)).includes(ghost.id);
    });
    await a.send(roomId, "alone again");
    assert.equal((await b.texts(roomId)).at(-1), "alone again");
  });

  await t.step("an identity that is really new is shown, and talked to", async () => {
    const before = (await a.engine.devices(bo.id)).msk;
    await bo.do("POST", "/account/confirm", { password: PASSWORD });
    await b.engine.resetIdentity();
    await b.engine.sync(roomId);
    await waitFor("Bo's new identity", async () => {
      const known = await a.engine.devices(bo.id);
      return known.msk === before && known.changedTo !== undefined;
    });
    await waitFor("Bo's device under it", async () => {
      await a.engine.sync(roomId);
      await b.engine.sync(roomId);
      const { phase, reasons } = b.engine.room(roomId);
      return phase === "encrypted" && reasons.length === 0;
    });
    const { msk } = b.engine.state();
    const kept = await server.parts.database.sql`
      select bytes from mls_key_packages where user_id = ${bo.id}`;
    assert.ok(kept.length > 20);
    for (const { bytes } of kept) {
      const certificate = readCertificate(readKeyPackage(bytes).credential);
      assert.equal(certificate && base64Of(certificate.msk), msk);
    }
    await a.send(roomId, "to the new Bo");
    assert.equal((await b.texts(roomId)).at(-1), "to the new Bo");
  });
});
