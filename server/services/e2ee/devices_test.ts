import assert from "node:assert/strict";
import { E2EE_DEVICES } from "../../../core/api/e2ee_devices.ts";
import { StrictVerifier } from "../../../core/event/verify.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { GOOD_PASSWORD, type TestAccounts, testAccounts } from "../../../tests/harness/accounts.ts";
import { testDevice, testIdentity } from "../../../tests/harness/e2ee_people.ts";
import { refused } from "../../../tests/harness/refused.ts";
import { logIn } from "../accounts/login.ts";
import { revokeSession } from "../accounts/sessions.ts";
import type { ThrottlePolicies } from "../accounts/throttle.ts";
import { takeAwayEnded } from "./change_devices.ts";
import type { DeviceDeps } from "./device_deps.ts";
import { listDevices, registerDevice, removeDevice, renameDevice } from "./devices.ts";
import { publishIdentity } from "./identities.ts";
import { publishedHere } from "./query_identities.ts";

const ALICE = "@alice:example.org" as UserId;
const BOB = "@bob:example.org" as UserId;

interface Scene extends AsyncDisposable {
  readonly accounts: TestAccounts;
  readonly deps: Omit<DeviceDeps, "elsewhere" | "remote"> & TestAccounts["deps"];
  /** Users whose followers were told. */
  readonly told: UserId[];
  signIn(name?: string): Promise<{ userId: UserId; sessionId: string; confirmedUntil: number }>;
  version(user: UserId): Promise<number>;
}

async function scene(throttles: Partial<ThrottlePolicies> = {}): Promise<Scene> {
  const free = { burst: 0, refillMs: 1 };
  const accounts = await testAccounts({
    throttles: { loginAddress: free, loginAccount: free, ...throttles },
  });
  const told: UserId[] = [];
  const deps = {
    ...accounts.deps,
    verifier: new StrictVerifier(),
    followers: {
      within: () => Promise.resolve(),
      after: (ids: readonly UserId[]) => void told.push(...ids),
    },
  };
  for (const name of ["alice", "bob"]) await accounts.account(name);
  return {
    accounts,
    deps,
    told,
    async signIn(name = "alice") {
      const { grant } = await logIn(deps, {
        userName: name,
        password: GOOD_PASSWORD,
        address: "10.1.0.1",
        device: { transport: "token", name: "Phone", address: "10.1.0.1" },
      });
      const confirmedUntil = deps.clock.now() + 60_000;
      return { userId: grant.user_id as UserId, sessionId: grant.session_id, confirmedUntil };
    },
    async version(user) {
      const [row] = await deps.sql<{ version: number }[]>`
        select version from device_lists where user_id = ${user}`;
      return row?.version ?? 0;
    },
    [Symbol.asyncDispose]: () => accounts[Symbol.asyncDispose](),
  };
}

Deno.test("an identity is published once for free, and another only after the password", async () => {
  await using at = await scene();
  const { deps } = at;
  const who = await at.signIn();
  const first = await testIdentity(ALICE);
  assert.deepEqual(await publishIdentity(deps, who, first.json), { reset: false });
  assert.deepEqual(await publishIdentity(deps, who, first.json), { reset: false });
  assert.equal(await at.version(ALICE), 1);
  const device = await testDevice(first, deps.clock.now());
  await registerDevice(deps, who, { rawId: device.id, certificate: device.certificate, name: "A" });
  const next = await testIdentity(ALICE);
  await refused(publishIdentity(deps, who, next.json), "conflict");
  await refused(
    publishIdentity(deps, { ...who, confirmedUntil: 0 }, { ...next.json, reset: true }),
    "confirmation_required",
  );
  assert.equal((await listDevices(deps, who)).length, 1);
  assert.deepEqual(await publishIdentity(deps, who, { ...next.json, reset: true }), {
    reset: true,
  });
  assert.deepEqual(await listDevices(deps, who), []);
  const published = (await publishedHere(deps.sql, [ALICE])).get(ALICE);
  assert.deepEqual(published?.identity, next.json);
  // The certificate of the former identity is worth nothing any more.
  await refused(
    registerDevice(deps, who, { rawId: device.id, certificate: device.certificate, name: "A" }),
    "invalid",
  );
  assert.equal(at.told.filter((user) => user === ALICE).length, 3);
});

Deno.test("an identity that nobody can have any more is replaced without the password", async () => {
  await using at = await scene();
  const { deps } = at;
  const who = await at.signIn();
  const first = await testIdentity(ALICE);
  await publishIdentity(deps, who, first.json);
  const device = await testDevice(first, deps.clock.now());
  await registerDevice(deps, who, { rawId: device.id, certificate: device.certificate, name: "A" });
  await revokeSession(deps, { ...who, reason: "Signed out." });
  const again = await at.signIn();
  const next = await testIdentity(ALICE);
  await refused(publishIdentity(deps, again, next.json), "conflict");
  const outcome = await publishIdentity(
    deps,
    { ...again, confirmedUntil: 0 },
    { ...next.json, reset: true },
  );
  assert.deepEqual(outcome, { reset: true });
});

Deno.test("of two browsers that begin at once one founds the identity, and ends nothing of the other", async () => {
  await using at = await scene();
  const who = await at.signIn();
  const both = await Promise.all([testIdentity(ALICE), testIdentity(ALICE)]);
  const outcomes = await Promise.allSettled(
    both.map((identity) => publishIdentity(at.deps, who, identity.json)),
  );
  const founded = both.filter((_, n) => outcomes[n]?.status === "fulfilled");
  assert.equal(founded.length, 1);
  const refusal = outcomes.find((each) => each.status === "rejected");
  assert.equal(refusal?.reason.code, "conflict");
  const published = (await publishedHere(at.deps.sql, [ALICE])).get(ALICE);
  assert.deepEqual(published?.identity, founded[0]?.json);
});

Deno.test("identities that do not hold together are refused", async () => {
  await using at = await scene();
  const who = await at.signIn();
  const good = await testIdentity(ALICE);
  const other = await testIdentity(ALICE);
  const bobs = await testIdentity(BOB);
  for (
    const bad of [
      { ...good.json, ssk_sig: other.json.ssk_sig },
      { ...good.json, usk: other.json.usk },
      { ...good.json, usk: good.json.msk },
      // Of another user: the signatures are over the name too.
      bobs.json,
    ]
  ) {
    await refused(publishIdentity(at.deps, who, bad), "invalid");
  }
  assert.equal(await at.version(ALICE), 0);
});

Deno.test("certificates that are not of this user, device and identity are refused", async () => {
  await using at = await scene();
  const { deps } = at;
  const who = await at.signIn();
  const now = deps.clock.now();
  const alice = await testIdentity(ALICE);
  const bob = await testIdentity(BOB);
  const other = await testIdentity(ALICE);
  const good = await testDevice(alice, now);
  const register = (certificate: string, rawId: string = good.id) =>
    registerDevice(deps, who, { rawId, certificate, name: "Phone" });
  await refused(register(good.certificate), "conflict"); // no identity yet
  await publishIdentity(deps, who, alice.json);
  const damaged = Uint8Array.fromBase64(good.certificate);
  damaged[damaged.length - 1] = (damaged.at(-1) ?? 0) ^ 1;
  for (
    const bad of [
      (await testDevice(bob, now, { id: good.id })).certificate,
      (await testDevice(alice, now)).certificate,
      (await testDevice(other, now, { id: good.id })).certificate,
      (await testDevice(alice, now, { id: good.id, forMs: -1 })).certificate,
      (await testDevice(alice, now, { id: good.id, forMs: 10 * 366 * 86_400_000 })).certificate,
      damaged.toBase64({ omitPadding: true }),
      "AAAA",
    ]
  ) {
    await refused(register(bad), "invalid");
  }
  await refused(register(good.certificate, "no id"), "invalid");
  const device = await register(good.certificate);
  assert.equal(device.current, true);
  assert.equal(device.certificate, good.certificate);
});

Deno.test("a device is one session's, keeps its key, and goes with its session", async () => {
  await using at = await scene();
  const { deps } = at;
  const [phone, laptop] = [await at.signIn(), await at.signIn()];
  const alice = await testIdentity(ALICE);
  await publishIdentity(deps, phone, alice.json);
  const device = await testDevice(alice, deps.clock.now());
  const register = (who: typeof phone, of = device) =>
    registerDevice(deps, who, { rawId: of.id, certificate: of.certificate, name: "Phone" });
  await register(phone);
  await refused(register(laptop), "conflict");
  await refused(
    register(phone, await testDevice(alice, deps.clock.now(), { id: device.id })),
    "conflict",
  );
  await refused(
    registerDevice(deps, phone, { rawId: device.id, certificate: null, name: "x" }),
    "conflict",
  );
  const version = await at.version(ALICE);
  await register(phone);
  assert.equal(await at.version(ALICE), version, "the same again changes nothing");
  // A browser that lost its store is a new device of the same session.
  const anew = await testDevice(alice, deps.clock.now());
  await register(phone, anew);
  assert.deepEqual((await listDevices(deps, phone)).map(({ id }) => id), [anew.id]);
  // Without a certificate it waits to be verified: others do not see it.
  const waiting = await testDevice(alice, deps.clock.now());
  await registerDevice(deps, laptop, { rawId: waiting.id, certificate: null, name: "Laptop" });
  assert.equal((await listDevices(deps, laptop)).length, 2);
  const seen = async () =>
    (await publishedHere(deps.sql, [ALICE])).get(ALICE)?.devices.map((d) => d.device);
  assert.deepEqual(await seen(), [anew.id]);
  await register(laptop, waiting);
  assert.deepEqual(await seen(), [anew.id, waiting.id].sort());
  assert.equal(
    (await renameDevice(deps, laptop, { rawId: anew.id, name: "Old phone" })).name,
    "Old phone",
  );
  await revokeSession(deps, { ...phone, reason: "Signed out." });
  assert.deepEqual(await seen(), [waiting.id], "gone at once");
  const before = await at.version(ALICE);
  assert.equal(await takeAwayEnded(deps), 1);
  assert.equal(await takeAwayEnded(deps), 0);
  assert.equal(await at.version(ALICE), before + 1);
  await removeDevice(deps, phone, waiting.id);
  assert.deepEqual(await listDevices(deps, laptop), []);
  const sessions = await deps.sql`select 1 from sessions where session_id = ${laptop.sessionId}`;
  assert.equal(sessions.length, 0);
  await refused(removeDevice(deps, phone, waiting.id), "not_found");
});

Deno.test("an account has so many devices and no more", async () => {
  await using at = await scene();
  const { deps } = at;
  const who = await at.signIn();
  const alice = await testIdentity(ALICE);
  await publishIdentity(deps, who, alice.json);
  for (let count = 0; count < E2EE_DEVICES.perUser; count++) {
    const session = await at.signIn();
    const { id, certificate } = await testDevice(alice, deps.clock.now());
    await registerDevice(deps, session, { rawId: id, certificate, name: `Device ${count}` });
  }
  const { id, certificate } = await testDevice(alice, deps.clock.now());
  const register = () => registerDevice(deps, who, { rawId: id, certificate, name: "One more" });
  await refused(register(), "limit_reached");
  const [oldest] = await listDevices(deps, who);
  await removeDevice(deps, who, oldest?.id ?? "");
  await register();
});

Deno.test("who changes devices too fast waits; to say the same again is no change", async () => {
  await using at = await scene({ deviceChange: { burst: 2, refillMs: 3_600_000 } });
  const { deps } = at;
  const who = await at.signIn();
  const alice = await testIdentity(ALICE);
  await publishIdentity(deps, who, alice.json);
  const register = async (of?: Awaited<ReturnType<typeof testDevice>>) => {
    const device = of ?? await testDevice(alice, deps.clock.now());
    const { id: rawId, certificate } = device;
    await registerDevice(deps, who, { rawId, certificate, name: "Phone" });
    return device;
  };
  const device = await register();
  for (let n = 0; n < 3; n++) await register(device);
  await register();
  await refused(register(), "rate_limited");
});
