import assert from "node:assert/strict";
import type { UserId } from "../../../core/ids/user_id.ts";
import { PASSKEYS } from "../../../core/api/passkeys.ts";
import { GOOD_PASSWORD, type TestAccounts, testAccounts } from "../../../tests/harness/accounts.ts";
import { Authenticator, type Tricks } from "../../../tests/harness/authenticator.ts";
import { refused } from "../../../tests/harness/refused.ts";
import { guardWithApp } from "../../../tests/harness/second_factor.ts";
import { authenticate } from "./authenticate.ts";
import { confirmIdentity } from "./confirm_identity.ts";
import { deactivateUser } from "./deactivate_user.ts";
import { logIn } from "./login.ts";
import { finishLogin } from "./login_challenge.ts";
import { beginPasskeyLogin, logInWithPasskey } from "./passkey_login.ts";
import {
  addPasskey,
  askForPasskey,
  beginPasskey,
  listPasskeys,
  removePasskey,
  renamePasskey,
} from "./passkeys.ts";
import { resetSecondFactor } from "./second_factor.ts";
import { lockUser } from "./set_account_state.ts";
import { sweepAccounts } from "./sweep_accounts.ts";
import { passkeyPlace } from "./webauthn.ts";

const ALICE = "@alice:example.org" as UserId;
const BOB = "@bob:example.org" as UserId;
const PHONE = {
  address: "10.1.0.1",
  device: { transport: "token", name: "Phone", address: null },
} as const;

async function addTo(accounts: TestAccounts, userId: UserId, name = "Laptop") {
  const { deps } = accounts;
  const device = new Authenticator(deps.publicUrl);
  const { options } = await beginPasskey(deps, userId);
  const added = await addPasskey(deps, { userId, name, passkey: device.make(options) });
  return { device, added };
}

/** Alice and Bob, with a passkey for Alice. */
async function withPasskey() {
  const accounts = await testAccounts();
  await accounts.account("alice");
  await accounts.account("bob");
  return { accounts, ...await addTo(accounts, ALICE) };
}

async function question(accounts: TestAccounts, challenge?: string) {
  const asked = await beginPasskeyLogin(accounts.deps, { challenge, address: PHONE.address });
  return asked.options;
}

async function signIn(accounts: TestAccounts, device: Authenticator, tricks?: Tricks) {
  const passkey = device.answer(await question(accounts), tricks);
  return await logInWithPasskey(accounts.deps, { passkey, ...PHONE });
}

Deno.test("a passkey is made, named, listed, signs in alone and is removed", async () => {
  const { accounts, device, added } = await withPasskey();
  await using _ = accounts;
  const { deps } = accounts;
  const { options } = await beginPasskey(deps, ALICE);
  assert.deepEqual(options["rp"], { id: "example.org", name: "example.org" });
  const { id, name } = options["user"] as { id: string; name: string };
  assert.equal(name, "alice@example.org");
  // All passkeys of an account are of one user, and the same authenticator is not asked twice.
  assert.equal(id, device.userHandle);
  assert.equal((options["excludeCredentials"] as { id: string }[])[0]?.id, device.id);
  deps.clock.advance(1000);
  const started = await signIn(accounts, device);
  assert.equal(started.grant.user_id, ALICE);
  assert.ok(await authenticate(deps, { bearer: started.grant.tokens?.access_token ?? "" }));
  await renamePasskey(deps, { userId: ALICE, id: added.id, name: "Key ring" });
  assert.deepEqual(await listPasskeys(deps.sql, ALICE), [
    { ...added, name: "Key ring", last_used_ts: deps.clock.now() },
  ]);
  for (const act of [renamePasskey, removePasskey]) {
    await refused(act(deps, { userId: BOB, id: added.id, name: "mine" }), "not_found");
  }
  await removePasskey(deps, { userId: ALICE, id: added.id });
  await refused(signIn(accounts, device), "bad_passkey");
  assert.deepEqual(await listPasskeys(deps.sql, ALICE), []);
});

Deno.test("what an authenticator made is refused unless it is for this challenge, host and user", async () => {
  const { accounts, device } = await withPasskey();
  await using _ = accounts;
  const { deps } = accounts;
  const offer = async (tricks: Tricks, userId = ALICE) => {
    const other = new Authenticator(deps.publicUrl);
    const { options } = await beginPasskey(deps, userId);
    return addPasskey(deps, { userId: ALICE, name: "x", passkey: other.make(options, tricks) });
  };
  const login = await question(accounts);
  for (
    const tricks of [
      { origin: "https://evil.example" },
      { origin: "http://example.org" },
      { rpId: "evil.example" },
      { unverified: true },
      { type: "webauthn.get" },
      { challenge: String(login["challenge"]) },
      { challenge: "AAAA" },
      { challenge: "!" },
    ]
  ) await refused(offer(tricks), "bad_passkey");
  await refused(offer({}, BOB), "bad_passkey");
  const { options } = await beginPasskey(deps, BOB);
  const known = device.make(options);
  await refused(addPasskey(deps, { userId: BOB, name: "x", passkey: known }), "bad_passkey");
  assert.equal((await listPasskeys(deps.sql, ALICE)).length, 1);
  await offer({});
  assert.equal((await listPasskeys(deps.sql, ALICE)).length, 2);
});

Deno.test("an answer is refused from another page, host, key or user, without unlocking, and twice", async () => {
  const { accounts, device } = await withPasskey();
  await using _ = accounts;
  const { deps } = accounts;
  const { device: bobs } = await addTo(accounts, BOB);
  for (
    const tricks of [
      { origin: "https://evil.example" },
      { origin: "https://example.org:8443" },
      { rpId: "evil.example" },
      { unverified: true },
      { type: "webauthn.create" },
      { userHandle: bobs.userHandle },
      { userHandle: null },
      { challenge: "AAAA" },
    ]
  ) await refused(signIn(accounts, device, tricks), "bad_passkey");
  const stranger = new Authenticator(deps.publicUrl);
  await refused(signIn(accounts, stranger, { userHandle: device.userHandle }), "bad_passkey");
  const forged = { ...stranger.answer(await question(accounts)), id: device.id };
  await refused(logInWithPasskey(deps, { passkey: forged, ...PHONE }), "bad_passkey");
  const passkey = device.answer(await question(accounts));
  await logInWithPasskey(deps, { passkey, ...PHONE });
  await refused(logInWithPasskey(deps, { passkey, ...PHONE }), "bad_passkey");
  const late = device.answer(await question(accounts));
  deps.clock.advance(PASSKEYS.challengeMs);
  await refused(logInWithPasskey(deps, { passkey: late, ...PHONE }), "bad_passkey");
});

Deno.test("a count of signatures that does not go up is a copy: refused; none at all is fine", async () => {
  const { accounts, device } = await withPasskey();
  await using _ = accounts;
  await signIn(accounts, device, { counter: 7 });
  await refused(signIn(accounts, device, { counter: 7 }), "bad_passkey");
  await refused(signIn(accounts, device, { counter: 6 }), "bad_passkey");
  await refused(signIn(accounts, device, { counter: 0 }), "bad_passkey");
  await signIn(accounts, device, { counter: 8 });
  const { device: uncounted } = await addTo(accounts, BOB);
  await signIn(accounts, uncounted, { counter: 0 });
  await signIn(accounts, uncounted, { counter: 0 });
});

Deno.test("a passkey is the second step after the password where the account has an app", async () => {
  const { accounts, device } = await withPasskey();
  await using _ = accounts;
  const { deps } = accounts;
  const { device: bobs } = await addTo(accounts, BOB);
  await guardWithApp(deps, ALICE);
  const challenge = async () => {
    const login = logIn(deps, { userName: "alice", password: GOOD_PASSWORD, ...PHONE });
    const { details } = await refused(login, "second_factor_required");
    assert.equal(details?.["passkey"], true);
    return String(details?.["challenge"]);
  };
  const open = await challenge();
  const finish = async (key: Authenticator, tricks?: Tricks, asked = question(accounts, open)) =>
    await finishLogin(deps, {
      challenge: open,
      passkey: key.answer(await asked, tricks),
      ...PHONE,
    });
  const named = (await question(accounts, open))["allowCredentials"] as { id: string }[];
  assert.deepEqual(named.map(({ id }) => id), [device.id]);
  await refused(finish(bobs), "bad_passkey");
  await refused(finish(device, { origin: "https://evil.example" }), "bad_passkey");
  // The answer to one question is none to another.
  await refused(finish(device, {}, question(accounts)), "bad_passkey");
  const started = await finish(device, { userHandle: null });
  assert.equal(started.grant.user_id, ALICE);
  await refused(question(accounts, open), "gone");
  // Alone it is both steps.
  assert.equal((await signIn(accounts, device)).grant.user_id, ALICE);
});

Deno.test("a passkey or a code shows who it is before a dangerous act", async () => {
  const { accounts, device } = await withPasskey();
  await using _ = accounts;
  const { deps } = accounts;
  const cookie = (await logIn(deps, {
    userName: "alice",
    password: GOOD_PASSWORD,
    address: PHONE.address,
    device: { ...PHONE.device, transport: "cookie" },
  })).cookie ?? "";
  const caller = await authenticate(deps, { cookie });
  assert.ok(caller);
  const { device: bobs } = await addTo(accounts, BOB);
  deps.clock.advance(10 * 60_000);
  const { codes } = await guardWithApp(deps, ALICE);
  const confirmed = async () => (await authenticate(deps, { cookie }))?.confirmedUntil ?? 0;
  const ask = async () =>
    (await askForPasskey(deps, { userId: ALICE, purpose: "confirm" })).options;
  for (
    const proof of [
      { passkey: bobs.answer(await ask()) },
      { passkey: device.answer(await question(accounts)) },
    ]
  ) await refused(confirmIdentity(deps, { caller, proof }), "bad_passkey");
  await refused(confirmIdentity(deps, { caller, proof: { code: "000000" } }), "bad_code");
  assert.ok(await confirmed() <= deps.clock.now());
  await confirmIdentity(deps, { caller, proof: { passkey: device.answer(await ask()) } });
  assert.ok(await confirmed() > deps.clock.now());
  deps.clock.advance(10 * 60_000);
  assert.ok(await confirmed() <= deps.clock.now());
  await confirmIdentity(deps, { caller, proof: { code: codes[0] ?? "" } });
  assert.ok(await confirmed() > deps.clock.now());
});

Deno.test("the last way into an account stays; a locked or ended one opens no more", async () => {
  const { accounts, device, added } = await withPasskey();
  await using _ = accounts;
  const { deps } = accounts;
  await deps.sql`delete from credentials where user_id = ${ALICE}`;
  await refused(removePasskey(deps, { userId: ALICE, id: added.id }), "conflict");
  await signIn(accounts, device);
  await lockUser(deps, { actor: null, userId: ALICE, reason: null, locked: true });
  await refused(signIn(accounts, device), "account_locked");
  await question(accounts);
  await deactivateUser(deps, { actor: ALICE, userId: ALICE, reason: null });
  await refused(signIn(accounts, device), "bad_passkey");
  for (const table of ["passkeys", "passkey_users"]) {
    assert.equal((await deps.sql`select 1 from ${deps.sql(table)}`).length, 0, table);
  }
  deps.clock.advance(PASSKEYS.challengeMs);
  await sweepAccounts(deps);
  assert.equal((await deps.sql`select 1 from passkey_challenges`).length, 0);
});

Deno.test("passkeys and questions have bounds; an address that can have none says so", async () => {
  const { accounts } = await withPasskey();
  await using _ = accounts;
  const { deps } = accounts;
  for (let n = 1; n < PASSKEYS.perUser; n++) await addTo(accounts, ALICE);
  await refused(beginPasskey(deps, ALICE), "limit_reached");
  await resetSecondFactor(deps, { actor: null, userId: ALICE, reason: "lost" });
  assert.deepEqual(await listPasskeys(deps.sql, ALICE), []);
  const [row] = await deps.sql`select details from admin_audit`;
  assert.deepEqual(row?.["details"], { app: false, passkeys: PASSKEYS.perUser });
  await addTo(accounts, ALICE);
  for (let n = 0; n < 12; n++) await askForPasskey(deps, { userId: ALICE, purpose: "confirm" });
  const waiting = await deps.sql`select 1 from passkey_challenges where user_id = ${ALICE}`;
  assert.equal(waiting.length, 10);
  const plain = { ...deps, publicUrl: "http://chat.example.org" };
  await refused(beginPasskey(plain, BOB), "unavailable");
  assert.deepEqual(
    ["http://chat.example.org", "https://10.0.0.1", "https://[::1]", "http://127.0.0.1:8080"]
      .map(passkeyPlace),
    [undefined, undefined, undefined, undefined],
  );
  const here = { rpId: "localhost", origin: "http://localhost:8080" };
  assert.deepEqual(passkeyPlace("http://localhost:8080"), here);
});
