import assert from "node:assert/strict";
import { type DeviceId, deviceIdFromBytes } from "../../ids/device_id.ts";
import type { UserId } from "../../ids/user_id.ts";
import { systemRng as rng } from "../../../server/system/rng.ts";
import { ManualClock } from "../../../tests/harness/parts.ts";
import { newIdentity } from "../identity.ts";
import { base64Of } from "../bytes.ts";
import type { VerificationHost } from "../verification/facts.ts";
import { VERIFICATION_LIFE_MS, type VerificationResult } from "../verification/run.ts";
import type { ToDeviceItem } from "./calls.ts";
import { type EnginePorts, ServerUnreachable } from "./ports.ts";
import { ScanRefused, Verifications } from "./verifications.ts";

const alice = "@alice:example.com" as UserId;
const bob = "@bob:example.org" as UserId;
const own = await newIdentity(alice, rng);
const theirs = await newIdentity(bob, rng);
const known = new Map<string, Uint8Array>(
  [own, theirs].map(({ identity: { user, msk } }) => [user, msk]),
);

interface Letter {
  readonly to: { readonly user: string; readonly device: string };
  readonly item: ToDeviceItem;
}

/** Carries what devices send to each other, as a server's inboxes would. */
class Post {
  readonly devices: TestDevice[] = [];
  readonly clock = new ManualClock();
  letters: Letter[] = [];
  cut = false;

  /** Delivers until nothing is left. */
  async deliver(): Promise<void> {
    for (let letter = this.letters.shift(); letter; letter = this.letters.shift()) {
      const { to, item } = letter;
      for (const { host: { self }, all } of this.devices) {
        const isSender = self.user === item.from && self.device === item.from_device;
        const isNamed = self.device === to.device || (to.device === "*" && !isSender);
        if (self.user === to.user && isNamed) assert.equal(await all.receive(item), true);
      }
    }
  }
}

class TestDevice {
  readonly results: VerificationResult[] = [];
  readonly all: Verifications;
  readonly ended = new AbortController();

  constructor(
    readonly post: Post,
    readonly host: VerificationHost,
    proven: () => Promise<void> = () => Promise.resolve(),
  ) {
    const { self } = host;
    const transport = {
      userId: self.user,
      call: (_: string, { body }: { body: Record<string, string> }) => {
        if (post.cut) return Promise.reject(new ServerUnreachable("cut"));
        const { user_id, device_id, kind, body: bytes } = body;
        post.letters.push({
          to: { user: user_id as string, device: device_id as string },
          item: {
            id: String(post.letters.length),
            from: self.user,
            from_device: self.device,
            kind,
            body: bytes,
            sent_ts: 0,
          } as ToDeviceItem,
        });
        return Promise.resolve({ devices: 1 });
      },
    };
    this.all = new Verifications({
      ports: { transport, clock: post.clock, rng } as unknown as EnginePorts,
      signal: this.ended.signal,
      host: () => Promise.resolve(host),
      mskOf: (userId) => known.get(userId),
      changed: () => undefined,
      proven: async (result) => {
        await proven();
        this.results.push(result);
      },
    });
    post.devices.push(this);
  }

  get only() {
    const list = this.all.list();
    assert.equal(list.length, 1);
    return list[0] as typeof list[number];
  }
}

function hostOf(user: UserId, wants = false, clock = new ManualClock()): VerificationHost {
  const { identity, secrets } = user === alice ? own : theirs;
  const { user: _, ...seeds } = secrets;
  const device = deviceIdFromBytes(rng.bytes(16));
  const handover = wants ? undefined : { secrets: seeds, backup: undefined };
  const self = { user, device, msk: identity.msk, signatureKey: rng.bytes(32), wants };
  return { self, handover, rng, clock };
}

async function between(hosts: readonly VerificationHost[]) {
  const post = new Post();
  const devices = hosts.map((host) => new TestDevice(post, { ...host, clock: post.clock }));
  return await Promise.resolve({ post, devices: devices as [TestDevice, TestDevice] });
}

Deno.test("two people verify each other over their inboxes, and the result is stored first", async () => {
  const { post, devices: [a, b] } = await between([hostOf(alice), hostOf(bob)]);
  const id = await a.all.start(bob, "*");
  await post.deliver();
  assert.equal(b.only.phase, "asked");
  assert.equal(a.only.deviceId, undefined);
  await b.all.accept(id);
  await post.deliver();
  assert.equal(a.only.deviceId, b.host.self.device);
  assert.deepEqual(a.only.emoji, b.only.emoji);
  await a.all.confirm(id);
  await b.all.confirm(id);
  await post.deliver();
  assert.deepEqual([a.only.phase, b.only.phase], ["done", "done"]);
  assert.deepEqual(a.results.map(({ other }) => other.msk), [theirs.identity.msk]);
  assert.deepEqual(b.results.map(({ other }) => other.msk), [own.identity.msk]);
});

Deno.test("a result that could not be stored is not shown as done, and tried again", async () => {
  const post = new Post();
  let full = true;
  const a = new TestDevice(post, { ...hostOf(alice), clock: post.clock });
  const b = new TestDevice(post, { ...hostOf(bob), clock: post.clock }, () => {
    return full ? Promise.reject(new Error("disk full")) : Promise.resolve();
  });
  const id = await a.all.start(bob, b.host.self.device);
  await post.deliver();
  await b.all.accept(id);
  await post.deliver();
  await b.all.confirm(id);
  await post.deliver();
  await a.all.confirm(id);
  const last = post.letters.at(-1) as Letter;
  await assert.rejects(post.deliver(), /disk full/);
  assert.equal(b.only.phase, "waiting");
  full = false;
  assert.equal(await b.all.receive(last.item), true);
  assert.equal(b.only.phase, "done");
  assert.equal(b.results.length, 1);
});

Deno.test("a code is shown, scanned and hands the identity over", async () => {
  const { post, devices: [old, fresh] } = await between([hostOf(alice), hostOf(alice, true)]);
  await assert.rejects(fresh.all.showCode(), /no identity to hand over/);
  const { text } = await old.all.showCode();
  await fresh.all.scanCode(text);
  await post.deliver();
  assert.deepEqual(old.only.decimals, fresh.only.decimals);
  await old.all.confirm(old.only.id);
  await post.deliver();
  assert.deepEqual(fresh.results[0]?.handover?.secrets, old.host.handover?.secrets);
  await assert.rejects(
    fresh.all.scanCode("no code"),
    (error) => error instanceof ScanRefused && error.code === "no_code",
  );
});

Deno.test("a person's code is shown to whom this device knows, and proves both", async () => {
  const { post, devices: [a, b] } = await between([hostOf(alice), hostOf(bob)]);
  await assert.rejects(a.all.showCode("@nobody:example.net"), /Nothing is known/);
  const { text } = await a.all.showCode(bob);
  await assert.rejects(
    b.all.scanCode(text, "@carol:example.net"),
    (error) => error instanceof ScanRefused && error.code === "other_account",
  );
  await b.all.scanCode(text, alice);
  await post.deliver();
  assert.deepEqual(a.only.decimals, b.only.decimals);
  assert.deepEqual([a.only.phase, b.only.phase], ["compare", "waiting"]);
  await a.all.confirm(a.only.id);
  await post.deliver();
  assert.deepEqual([a.results[0]?.other, b.results[0]?.other], [b.host.self, a.host.self]);
  assert.deepEqual([a.only.phase, b.only.phase], ["done", "done"]);
});

Deno.test("without a network messages wait, in their order", async () => {
  const { post, devices: [a, b] } = await between([hostOf(alice), hostOf(bob)]);
  post.cut = true;
  const id = await a.all.start(bob, b.host.self.device);
  await a.all.cancel(id);
  assert.equal(post.letters.length, 0);
  post.cut = false;
  await a.all.resume();
  const kinds = post.letters.map(({ item }) => item.kind);
  assert.deepEqual(kinds, ["verification.request", "verification.cancel"]);
  await post.deliver();
  assert.equal(b.only.reason, "refused");
});

Deno.test("no is refused before comparing and a mismatch after it; the clock ends the rest", async () => {
  const { post, devices: [a, b] } = await between([hostOf(alice), hostOf(bob)]);
  const first = await a.all.start(bob, b.host.self.device);
  await post.deliver();
  await b.all.cancel(first);
  await post.deliver();
  assert.equal(a.only.reason, "refused");
  const second = await a.all.start(bob, b.host.self.device);
  await post.deliver();
  await b.all.accept(second);
  await post.deliver();
  await b.all.cancel(second);
  await post.deliver();
  assert.equal(a.all.list()[1]?.reason, "mismatch");
  const third = await a.all.start(bob, b.host.self.device);
  post.clock.advance(VERIFICATION_LIFE_MS);
  await a.all.idle();
  assert.equal(a.all.list().find((one) => one.id === third)?.reason, "timeout");
});

Deno.test("a stranger opens three requests at most, and all of them fill no memory", async () => {
  const { post, devices: [a, b] } = await between([hostOf(alice), hostOf(bob)]);
  for (let at = 0; at < 5; at++) await a.all.start(bob, b.host.self.device);
  await post.deliver();
  assert.equal(b.all.list().length, 3);
  for (let at = 0; at < 15; at++) await a.all.start(bob, b.host.self.device);
  await assert.rejects(a.all.start(bob, b.host.self.device), /are open/);
  for (const { id } of a.all.list()) await a.all.cancel(id);
  await a.all.start(bob, b.host.self.device);
  assert.equal(a.all.list().length, 20);
  a.ended.abort();
  b.ended.abort();
  await Promise.all([a.all.idle(), b.all.idle()]);
});

Deno.test("noise in the inbox is taken out and does nothing", async () => {
  const { devices: [a] } = await between([hostOf(alice)]);
  const item = { id: "1", from: bob, from_device: null, kind: "verification.key", body: "AAAA" };
  const taken = (change: Record<string, unknown>) =>
    a.all.receive({ ...item, sent_ts: 0, ...change } as ToDeviceItem);
  const device: DeviceId = deviceIdFromBytes(rng.bytes(16));
  assert.equal(await taken({}), true);
  assert.equal(await taken({ from_device: device }), true);
  assert.equal(await taken({ from: "bob", from_device: device }), true);
  assert.equal(await taken({ from_device: device, body: base64Of(rng.bytes(40)) }), true);
  assert.equal(await taken({ kind: "welcome" }), false);
  assert.deepEqual(a.all.list(), []);
  await assert.rejects(a.all.accept("nothing"), /no verification/);
  await assert.rejects(a.all.start("bob", "*"), /no such id/);
});
