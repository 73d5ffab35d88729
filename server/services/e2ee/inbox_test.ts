import assert from "node:assert/strict";
import { E2EE_DEVICES } from "../../../core/api/e2ee_devices.ts";
import { type DeviceId, deviceIdFromBytes } from "../../../core/ids/device_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { type TestAccounts, testAccounts } from "../../../tests/harness/accounts.ts";
import { refused } from "../../../tests/harness/refused.ts";
import { systemRng } from "../../system/rng.ts";
import { deactivateUser } from "../accounts/deactivate_user.ts";
import { subscribeDeviceNotices } from "./device_notice.ts";
import { deleteToDevice, listToDevice, sendToDevice, sweepToDevice } from "./to_device.ts";

/** Nobody of another server is spoken to here. */
function inboxes({ deps }: TestAccounts) {
  const tellNow = () => Promise.reject(new Error("nobody elsewhere"));
  return { ...deps, remote: { tellNow } };
}

type Who = { readonly userId: UserId; readonly sessionId: string; readonly device: DeviceId };

/** An account whose only session is a device. */
async function person(accounts: TestAccounts, name: string): Promise<Who> {
  const { grant } = await accounts.account(name);
  const userId = grant.user_id as UserId;
  return { userId, ...await device(accounts, userId, grant.session_id) };
}

/** Makes a session a device; without one a further session of the account. */
async function device(accounts: TestAccounts, userId: UserId, session?: string) {
  const { sql, clock } = accounts.deps;
  const id = deviceIdFromBytes(systemRng.bytes(16));
  const sessionId = session ?? id;
  if (session === undefined) {
    await sql`
      insert into sessions (session_id, user_id, kind, device_name, created_ts, last_used_ts,
        expires_ts)
      values (${id}, ${userId}, 'token', 'More', 0, 0, ${clock.now() * 2})`;
  }
  await sql`
    insert into devices (user_id, device_id, session_id, name, created_ts)
    values (${userId}, ${id}, ${sessionId}, 'Test', ${clock.now()})`;
  return { sessionId, device: id };
}

async function befriend({ deps: { sql } }: TestAccounts, a: UserId, b: UserId): Promise<void> {
  for (const [user, other] of [[a, b], [b, a]] as const) {
    await sql`
      insert into relationships (user_id, other_id, bond, changed_ts)
      values (${user}, ${other}, 'friend', 0)`;
  }
}

const hello = { kind: "verification.request", body: "aGVsbG8" } as const;

Deno.test("friends' devices reach each other, strangers and blocked people do not", async () => {
  await using accounts = await testAccounts();
  const deps = inboxes(accounts);
  const [alice, bob] = [await person(accounts, "alice"), await person(accounts, "bob")];
  const send = () => sendToDevice(deps, alice, { user_id: bob.userId, device_id: "*", ...hello });
  await refused(send(), "not_found");
  await befriend(accounts, alice.userId, bob.userId);
  const told: unknown[] = [];
  subscribeDeviceNotices(deps.bus, (notice) => told.push(notice));
  assert.deepEqual(await send(), { devices: 1 });
  assert.deepEqual(told, [{ kind: "inbox", userId: bob.userId, deviceIds: [bob.device] }]);
  const { items, more } = await listToDevice(deps, bob);
  assert.equal(more, false);
  assert.deepEqual(
    items.map(({ from, from_device, kind, body }) => ({ from, from_device, kind, body })),
    [
      { from: alice.userId, from_device: alice.device, ...hello },
    ],
  );
  const id = items[0]?.id ?? "";
  // Somebody else's id changes nothing.
  await deleteToDevice(deps, alice, id);
  assert.equal((await listToDevice(deps, bob)).items.length, 1);
  await deleteToDevice(deps, bob, id);
  await deleteToDevice(deps, bob, id);
  assert.deepEqual((await listToDevice(deps, bob)).items, []);
  await deps.sql`update relationships set blocked = true where user_id = ${bob.userId}`;
  await refused(send(), "not_found");
  await refused(
    sendToDevice(deps, alice, { user_id: bob.userId, device_id: "nobody", ...hello }),
    "not_found",
  );
});

Deno.test("a device speaks to the other devices of its own account", async () => {
  await using accounts = await testAccounts();
  const deps = inboxes(accounts);
  const phone = await person(accounts, "alice");
  const to = { user_id: phone.userId, device_id: "*", ...hello };
  await refused(sendToDevice(deps, phone, to), "not_found");
  const laptop = { userId: phone.userId, ...await device(accounts, phone.userId) };
  const tablet = { userId: phone.userId, ...await device(accounts, phone.userId) };
  assert.deepEqual(await sendToDevice(deps, phone, to), { devices: 2 });
  assert.deepEqual(
    await sendToDevice(deps, laptop, { ...to, device_id: phone.device }),
    { devices: 1 },
  );
  assert.equal((await listToDevice(deps, tablet)).items.length, 1);
  assert.equal((await listToDevice(deps, phone)).items[0]?.from_device, laptop.device);
  // A session that is no device has no inbox.
  await deps.sql`delete from devices where device_id = ${tablet.device}`;
  await refused(listToDevice(deps, tablet), "not_found");
});

Deno.test("an inbox holds so much, of one sender less, and not for ever", async () => {
  await using accounts = await testAccounts({
    throttles: { toDevice: { burst: 0, refillMs: 1 } },
  });
  const deps = inboxes(accounts);
  const [alice, bob] = [await person(accounts, "alice"), await person(accounts, "bob")];
  await befriend(accounts, alice.userId, bob.userId);
  const send = (from: Who) =>
    sendToDevice(deps, from, { user_id: bob.userId, device_id: bob.device, ...hello });
  for (let n = 0; n < E2EE_DEVICES.inboxItemsPerSender; n++) await send(alice);
  await refused(send(alice), "limit_reached");
  const own = { userId: bob.userId, ...await device(accounts, bob.userId) };
  await send(own);
  await deps.sql`
    insert into to_device (user_id, device_id, from_id, kind, body, sent_ts)
    select ${bob.userId}, ${bob.device}, '@x' || n || ':y.org', 'welcome', '', ${deps.clock.now()}
    from generate_series(1, ${E2EE_DEVICES.inboxItems}) n`;
  await refused(send(own), "limit_reached");
  const page = await listToDevice(deps, bob);
  assert.equal(page.items.length, E2EE_DEVICES.inboxPage);
  assert.equal(page.more, true);
  deps.clock.advance(E2EE_DEVICES.inboxLifeMs);
  assert.deepEqual(await listToDevice(deps, bob), { items: [], more: false });
  assert.ok(await sweepToDevice(deps) > E2EE_DEVICES.inboxItems);
  await send(alice);
});

Deno.test("who sends too fast is told when to try again", async () => {
  await using accounts = await testAccounts({
    throttles: { toDevice: { burst: 2, refillMs: 60_000 } },
  });
  const deps = inboxes(accounts);
  const alice = await person(accounts, "alice");
  await device(accounts, alice.userId);
  const send = () => sendToDevice(deps, alice, { user_id: alice.userId, device_id: "*", ...hello });
  await send();
  await send();
  await refused(send(), "rate_limited");
});

Deno.test("of an account that ends nothing of its encryption is left", async () => {
  await using accounts = await testAccounts();
  const deps = inboxes(accounts);
  await accounts.account("carol");
  const alice = await person(accounts, "alice");
  await device(accounts, alice.userId);
  await sendToDevice(deps, alice, { user_id: alice.userId, device_id: "*", ...hello });
  await deps.sql`
    insert into backups (user_id, version, seq, hash, slots, slots_revision, changed_ts)
    values (${alice.userId}, 1, 1, ${new Uint8Array(32)}, '[]', 1, 0)`;
  await deps.sql`
    insert into backup_chunks (user_id, version, seq, hash, chunk)
    values (${alice.userId}, 1, 1, ${new Uint8Array(32)}, ${new Uint8Array(10)})`;
  const key = new Uint8Array(32);
  const sig = new Uint8Array(64);
  await deps.sql`
    insert into identities (user_id, msk, ssk, usk, ssk_sig, usk_sig, changed_ts)
    values (${alice.userId}, ${key}, ${key}, ${key}, ${sig}, ${sig}, 0)`;
  await deactivateUser(deps, { actor: alice.userId, userId: alice.userId, reason: null });
  const [left] = await deps.sql<{ rows: number }[]>`
    select (select count(*) from devices) + (select count(*) from to_device)
      + (select count(*) from backups) + (select count(*) from backup_chunks)
      + (select count(*) from identities) as rows`;
  assert.equal(left?.rows, 0);
});
