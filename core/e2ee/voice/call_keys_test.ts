import assert from "node:assert/strict";
import { join } from "node:path";
import { StrictVerifier } from "../../event/verify.ts";
import type { UserId } from "../../ids/user_id.ts";
import { createMls } from "../../mls/mls.ts";
import { FileDeviceStore } from "../../../tests/harness/device_store.ts";
import { testDevice, type TestIdentity, testIdentity } from "../../../tests/harness/e2ee_people.ts";
import { tempFolder } from "../../../tests/harness/temp_folder.ts";
import { systemClock } from "../../../server/system/clock.ts";
import { systemRng } from "../../../server/system/rng.ts";
import { Trust } from "../engine/trust.ts";
import { fromBase64 } from "../bytes.ts";
import { readCertificate } from "../certificate.ts";
import { CallKeys, type CallView } from "./call_keys.ts";

const CALL = "stay";
const PLACE = { roomId: "!r", channelId: "$talk" };

/** A device with what a call needs of it; `again` is the same device after its state was lost. */
async function openDevice(folder: string, owner: TestIdentity) {
  const device = await testDevice(owner, systemClock.now());
  const store = await FileDeviceStore.open(join(folder, device.id));
  const user = owner.secrets.user;
  const trust = new Trust({
    owner: user,
    store,
    clock: systemClock,
    verifier: new StrictVerifier(),
    changed: () => undefined,
  });
  const credential = fromBase64(device.certificate)!;
  const { signatureKey } = readCertificate(credential)!;
  const mls = await createMls({
    accept: async (shown, key) => await trust.certificateOf(shown, key) !== undefined,
    ownerOf: readCertificate,
    rng: systemRng,
  });
  const again = () =>
    new CallKeys({
      mls,
      clock: systemClock,
      rng: systemRng,
      trust,
      keys: () => ({ credential, signatureKey, signatureSeed: device.seed }),
    });
  return { user, device: device.id, keys: again(), again, store, trust };
}
type Device = Awaited<ReturnType<typeof openDevice>>;

async function scene(names: readonly string[]) {
  const folder = await tempFolder();
  const devices: Device[] = [];
  for (const name of names) {
    const identity = await testIdentity(`@${name}:example.com` as UserId);
    devices.push(await openDevice(folder.path, identity));
  }
  return {
    devices,
    async [Symbol.asyncDispose]() {
      for (const { store } of devices) await store[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

const nameOf = ({ user, device }: { user: string; device: string }) => ({ user, device });

async function found(by: Device) {
  await by.keys.open(CALL, PLACE);
  return await by.keys.found(CALL);
}

async function add(by: Device, one: Device, remove: readonly Device[] = []) {
  const bundle = await by.keys.commit(CALL, {
    add: [{ ...nameOf(one), keyPackage: await one.keys.open(CALL, PLACE) }],
    remove: remove.map(nameOf),
  });
  assert.ok(bundle?.welcome);
  return { ...bundle, welcome: bundle.welcome };
}

function same(...views: (CallView | undefined)[]) {
  const [first] = views;
  for (const view of views) {
    assert.deepEqual(view?.baseKey, first?.baseKey);
    assert.equal(view?.code, first?.code);
    assert.equal(view?.epoch, first?.epoch);
    assert.deepEqual(view?.devices.map(nameOf), first?.devices.map(nameOf));
  }
}

Deno.test("a call's devices have one key and code an epoch; who leaves has neither", async () => {
  await using world = await scene(["ada", "bo", "cy"]);
  const [ada, bo, cy] = world.devices as [Device, Device, Device];
  const { view: alone } = await found(ada);
  assert.deepEqual(alone.devices.map(nameOf), [nameOf(ada)]);

  const first = await add(ada, bo);
  const two = await ada.keys.take(CALL, { commit: first.commit });
  same(two, await bo.keys.take(CALL, { welcome: first.welcome }));
  assert.notDeepEqual(two!.baseKey, alone.baseKey);
  assert.match(two!.code, /^\d{5}( \d{5}){5}$/);

  const second = await add(ada, cy);
  const three = await ada.keys.take(CALL, { commit: second.commit });
  same(
    three,
    await bo.keys.take(CALL, { commit: second.commit }),
    await cy.keys.take(CALL, { welcome: second.welcome }),
  );
  assert.deepEqual(three!.devices.map(nameOf), [ada, bo, cy].map(nameOf));

  const parting = (await bo.keys.commit(CALL, { add: [], remove: [nameOf(ada)] }))!;
  const left = await bo.keys.take(CALL, { commit: parting.commit });
  same(left, await cy.keys.take(CALL, { commit: parting.commit }));
  assert.equal(await ada.keys.take(CALL, { commit: parting.commit }), undefined);
  assert.notDeepEqual(left!.baseKey, three!.baseKey);
  await assert.rejects(ada.keys.commit(CALL, { add: [], remove: [] }), /holds no group/);
});

Deno.test("a commit that lost the race is dropped; a device that lost its state comes anew", async () => {
  await using world = await scene(["ada", "bo", "cy"]);
  const [ada, bo, cy] = world.devices as [Device, Device, Device];
  await found(ada);
  const first = await add(ada, bo);
  await ada.keys.take(CALL, { commit: first.commit });
  await bo.keys.take(CALL, { welcome: first.welcome });

  const lost = await add(bo, cy);
  const won = await add(ada, cy);
  await bo.keys.drop(CALL);
  same(
    await ada.keys.take(CALL, { commit: won.commit }),
    await bo.keys.take(CALL, { commit: won.commit }),
    await cy.keys.take(CALL, { welcome: won.welcome }),
  );
  await assert.rejects(ada.keys.take(CALL, { commit: lost.commit }), { reason: "past_epoch" });
  assert.equal(await ada.keys.commit(CALL, { add: [], remove: [] }), undefined);

  const afresh: Device = { ...cy, keys: cy.again() };
  const back = await add(ada, afresh);
  const view = await ada.keys.take(CALL, { commit: back.commit });
  same(
    view,
    await bo.keys.take(CALL, { commit: back.commit }),
    await afresh.keys.take(CALL, { welcome: back.welcome }),
  );
  assert.equal(view!.devices.length, 3);
});

Deno.test("a device comes in by itself, and back under its own leaf", async () => {
  await using world = await scene(["ada", "bo"]);
  const [ada, bo] = world.devices as [Device, Device];
  const { groupInfo } = await found(ada);
  await bo.keys.open(CALL, PLACE);
  const first = await bo.keys.joinFromOutside(CALL, groupInfo);
  assert.equal(first.baseEpoch, 0);
  const inside = await bo.keys.take(CALL, { commit: first.commit });
  same(await ada.keys.take(CALL, { commit: first.commit }), inside);

  const afresh = bo.again();
  await afresh.open(CALL, PLACE);
  const second = await afresh.joinFromOutside(CALL, first.groupInfo);
  const back = await afresh.take(CALL, { commit: second.commit });
  same(await ada.keys.take(CALL, { commit: second.commit }), back);
  assert.deepEqual(back!.devices.map(nameOf), [ada, bo].map(nameOf));
  assert.notDeepEqual(back!.baseKey, inside!.baseKey);
});

Deno.test("nobody comes in under another's name or by another call's Welcome", async () => {
  await using world = await scene(["ada", "bo", "cy"]);
  const [ada, bo, cy] = world.devices as [Device, Device, Device];
  await found(ada);
  const forged = { ...nameOf(bo), keyPackage: await cy.keys.open(CALL, PLACE) };
  assert.equal(await ada.keys.commit(CALL, { add: [forged], remove: [] }), undefined);
  const broken = { ...nameOf(bo), keyPackage: "AAAA" };
  assert.equal(await ada.keys.commit(CALL, { add: [broken], remove: [] }), undefined);

  await ada.keys.open("elsewhere", { ...PLACE, channelId: "$other" });
  const other = await ada.keys.found("elsewhere");
  const made = await ada.keys.commit("elsewhere", {
    add: [{ ...nameOf(bo), keyPackage: await bo.keys.open(CALL, PLACE) }],
    remove: [],
  });
  await assert.rejects(bo.keys.take(CALL, { welcome: made!.welcome! }), {
    reason: "other_group",
  });
  await assert.rejects(bo.keys.joinFromOutside(CALL, other.groupInfo), { reason: "other_group" });
  await assert.rejects(bo.keys.found("never opened"), /holds no group/);
});

Deno.test("somebody whose identity is another than the verified one is shown as changed", async () => {
  await using world = await scene(["ada", "bo"]);
  const [ada, bo] = world.devices as [Device, Device];
  await found(ada);
  const first = await add(ada, bo);
  await ada.trust.verify(bo.user, new Uint8Array(32).fill(7));
  const view = await ada.keys.take(CALL, { commit: first.commit });
  assert.deepEqual(view!.devices.map(({ trust }) => trust), ["known", "changed"]);
});
