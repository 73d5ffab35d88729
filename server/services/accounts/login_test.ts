import assert from "node:assert/strict";
import type { UserId } from "../../../core/ids/user_id.ts";
import { GOOD_PASSWORD, type TestAccounts, testAccounts } from "../../../tests/harness/accounts.ts";
import { refused } from "../../../tests/harness/refused.ts";
import { authenticate } from "./authenticate.ts";
import { clearStatuses } from "./clear_statuses.ts";
import { createResetLink, createUser } from "./create_user.ts";
import { deactivateUser } from "./deactivate_user.ts";
import { logIn } from "./login.ts";
import { NOBODY_HASH } from "./own_password.ts";
import { lookAtReset, resetPassword } from "./reset_password.ts";
import { lockUser, setAdministrator, suspendUser } from "./set_account_state.ts";
import { getProfile, getSelf } from "./users.ts";
import { type ProfileChange, updateProfile } from "./update_profile.ts";

const ALICE = "@alice:example.org" as UserId;
const ROOT = "@root:example.org" as UserId;

function login(
  accounts: TestAccounts,
  input: { userName?: string; password?: string; address?: string } = {},
) {
  return logIn(accounts.deps, {
    userName: "alice",
    password: GOOD_PASSWORD,
    address: "10.1.0.1",
    device: { transport: "token", name: "Phone", address: null },
    ...input,
  });
}

function reset(accounts: TestAccounts, url: string, password: string) {
  return resetPassword(accounts.deps, {
    token: url.split("/reset/")[1] ?? "",
    password,
    address: "10.1.0.1",
    device: { transport: "token", name: "Phone", address: null },
  });
}

Deno.test("the user name is understood in every form of this server's ids", async () => {
  await using accounts = await testAccounts();
  await accounts.account("alice");
  for (
    const userName of [
      "alice",
      "ALICE ",
      "@alice",
      ALICE,
      "@alice@example.org",
      "alice@example.org",
    ]
  ) {
    assert.equal((await login(accounts, { userName })).grant.user_id, ALICE);
  }
  await refused(login(accounts, { userName: "@alice:elsewhere.org" }), "bad_credentials");
});

Deno.test("an unknown name, a wrong password and an ended account answer alike, after equal work", async () => {
  await using accounts = await testAccounts();
  await accounts.account("alice");
  await accounts.account("gone");
  await createUser(accounts.deps, {
    actor: null,
    userName: "blank",
    displayName: null,
    admin: false,
  });
  const hashes: string[] = [];
  const deps = {
    ...accounts.deps,
    passwords: {
      ...accounts.deps.passwords,
      verify: (password: string, encoded: string) => {
        hashes.push(encoded);
        return accounts.deps.passwords.verify(password, encoded);
      },
    },
  };
  await deactivateUser(accounts.deps, {
    actor: null,
    userId: "@gone:example.org" as UserId,
    reason: null,
  });
  const answers: string[] = [];
  for (
    const [userName, password] of [
      ["nobody", GOOD_PASSWORD],
      ["alice", "wrong"],
      ["gone", GOOD_PASSWORD],
      ["blank", GOOD_PASSWORD],
      ["not a name!", GOOD_PASSWORD],
    ] as const
  ) {
    const refusal = await refused(
      logIn(deps, {
        userName,
        password,
        address: "10.1.0.1",
        device: { transport: "token", name: "x", address: null },
      }),
      "bad_credentials",
    );
    answers.push(JSON.stringify([refusal.message, refusal.details ?? null]));
  }
  assert.equal(new Set(answers).size, 1);
  assert.equal(hashes.length, answers.length, "every refusal did the work of one hash");
  const parameters = hashes.map((hash) => hash.split("$").slice(0, 4).join("$"));
  assert.deepEqual(new Set(parameters), new Set(["$argon2id$v=19$m=19456,t=2,p=1"]));
  assert.equal(hashes.filter((hash) => hash === NOBODY_HASH).length, 4);
});

Deno.test("guessing is throttled by account and by address, and knowing the password is not guessing", async () => {
  await using accounts = await testAccounts({
    throttles: {
      loginAccountAddress: { burst: 3, refillMs: 30_000 },
      loginAddress: { burst: 6, refillMs: 10_000 },
      loginAccount: { burst: 5, refillMs: 60_000 },
    },
  });
  await accounts.account("alice");
  for (let n = 0; n < 8; n++) await login(accounts);
  for (let n = 0; n < 3; n++) await refused(login(accounts, { password: "no" }), "bad_credentials");
  const refusal = await refused(login(accounts), "rate_limited");
  assert.equal(refusal.details?.["retry_after_ms"], 30_000);
  assert.match(refusal.message, /in 30 seconds/);
  await login(accounts, { address: "10.2.0.1" });
  // The same for names that do not exist, or the throttle would tell which do.
  for (let n = 0; n < 2; n++) {
    await refused(login(accounts, { userName: "nix", password: "no" }), "bad_credentials");
  }
  await refused(login(accounts, { userName: "nix2", password: "no" }), "rate_limited");
  // From many addresses: the account's own bucket.
  for (const last of [1, 2]) {
    await refused(
      login(accounts, { password: "no", address: `10.3.0.${last}` }),
      "bad_credentials",
    );
  }
  await refused(login(accounts, { password: "no", address: "10.3.0.3" }), "rate_limited");
});

Deno.test("throttles count together in all processes and outlive them", async () => {
  await using accounts = await testAccounts({
    throttles: { loginAccountAddress: { burst: 2, refillMs: 30_000 } },
  });
  await accounts.account("alice");
  const other = accounts.secondProcess();
  const input = {
    userName: "alice",
    password: "no",
    address: "10.1.0.1",
    device: { transport: "token", name: "x", address: null },
  } as const;
  await refused(logIn(accounts.deps, input), "bad_credentials");
  await refused(logIn(other, input), "bad_credentials");
  await refused(logIn(accounts.secondProcess(), input), "rate_limited");
});

Deno.test("a locked account answers that to its owner alone, its sessions rest until it is unlocked", async () => {
  await using accounts = await testAccounts();
  const other = accounts.secondProcess();
  const bearer = await accounts.token("alice");
  assert.ok(await authenticate(other, { bearer }));
  await lockUser(accounts.deps, { actor: null, userId: ALICE, reason: "spam", locked: true });
  for (const deps of [accounts.deps, other]) {
    const refusal = await refused(authenticate(deps, { bearer }), "account_locked");
    assert.match(refusal.message, /spam/);
  }
  await refused(login(accounts), "account_locked");
  await refused(login(accounts, { password: "no" }), "bad_credentials");
  await lockUser(accounts.deps, { actor: null, userId: ALICE, reason: null, locked: false });
  assert.ok(await authenticate(accounts.deps, { bearer }));
  assert.ok(await authenticate(other, { bearer }));
});

Deno.test("a suspended account is known as such at once", async () => {
  await using accounts = await testAccounts();
  const bearer = await accounts.token("alice");
  const suspended = async () => (await authenticate(accounts.deps, { bearer }))?.suspended;
  assert.equal(await suspended(), false);
  await suspendUser(accounts.deps, { actor: null, userId: ALICE, reason: null, suspended: true });
  assert.equal(await suspended(), true);
  assert.equal((await login(accounts)).grant.user_id, ALICE);
  await suspendUser(accounts.deps, { actor: null, userId: ALICE, reason: null, suspended: false });
  assert.equal(await suspended(), false);
});

Deno.test("administrators cannot act against themselves nor leave nobody to administer", async () => {
  await using accounts = await testAccounts();
  await accounts.account("root1");
  const only = "@root1:example.org" as UserId;
  const act = { actor: null, userId: only, reason: null };
  await setAdministrator(accounts.deps, { ...act, admin: true });
  await refused(lockUser(accounts.deps, { ...act, locked: true }), "conflict");
  await refused(setAdministrator(accounts.deps, { ...act, admin: false }), "conflict");
  await refused(deactivateUser(accounts.deps, { ...act, actor: only }), "conflict");
  await accounts.account("other");
  const other = "@other:example.org" as UserId;
  await setAdministrator(accounts.deps, { actor: only, userId: other, reason: null, admin: true });
  await refused(lockUser(accounts.deps, { ...act, actor: only, locked: true }), "conflict");
  await lockUser(accounts.deps, { ...act, actor: other, locked: true });
  const rows = await accounts.deps.sql<
    { action: string }[]
  >`select action from admin_audit order by id`;
  assert.deepEqual(rows.map((row) => row.action), [
    "user.make_administrator",
    "user.make_administrator",
    "user.lock",
  ]);
});

Deno.test("a reset link works once, replaces older ones, ends sessions and dies with a day", async () => {
  await using accounts = await testAccounts();
  const bearer = await accounts.token("alice");
  const link = () => createResetLink(accounts.deps, { actor: null, userId: ALICE });
  const old = await link();
  const { url } = await link();
  await refused(reset(accounts, old.url, "brisk copper meadow 4"), "not_found");
  await refused(reset(accounts, url, "password"), "weak_password");
  const token = url.split("/reset/")[1] ?? "";
  const seen = await lookAtReset(accounts.deps, { token, address: "10.1.0.1" });
  assert.equal(seen.user.local, "alice");
  const started = await reset(accounts, url, "brisk copper meadow 4");
  assert.ok(
    await authenticate(accounts.deps, { bearer: started.grant.tokens?.access_token ?? "" }),
  );
  assert.equal(await authenticate(accounts.deps, { bearer }), undefined);
  await refused(reset(accounts, url, "brisk copper meadow 5"), "not_found");
  await refused(login(accounts), "bad_credentials");
  await login(accounts, { password: "brisk copper meadow 4" });
  const late = await link();
  accounts.deps.clock.advance(86_400_000);
  await refused(reset(accounts, late.url, "brisk copper meadow 6"), "not_found");
});

Deno.test("two who use one reset link at once: one wins", async () => {
  await using accounts = await testAccounts();
  await accounts.account("alice");
  const { url } = await createResetLink(accounts.deps, { actor: null, userId: ALICE });
  const results = await Promise.allSettled([
    reset(accounts, url, "brisk copper meadow 4"),
    reset(accounts, url, "brisk copper meadow 5"),
  ]);
  assert.equal(results.filter((result) => result.status === "fulfilled").length, 1);
});

Deno.test("an account made by an administrator begins with its link", async () => {
  await using accounts = await testAccounts({ pinned: { registration_mode: "closed" } });
  const { user, reset: link } = await createUser(accounts.deps, {
    actor: null,
    userName: "root",
    displayName: "Root",
    admin: true,
  });
  assert.equal(user.id, ROOT);
  await refused(login(accounts, { userName: "root" }), "bad_credentials");
  const started = await reset(accounts, link.url, GOOD_PASSWORD);
  assert.equal(started.grant.admin, true);
  await refused(
    createUser(accounts.deps, {
      actor: null,
      userName: "moderator",
      displayName: null,
      admin: false,
    }),
    "bad_user_name",
  );
});

Deno.test("a status goes when its time is over, and not before; a new one keeps the end it has", async () => {
  await using accounts = await testAccounts();
  const bearer = await accounts.token("alice");
  const caller = await authenticate(accounts.deps, { bearer });
  assert.ok(caller);
  const { deps } = accounts;
  const { clock } = deps;
  const shown = async () => {
    const { user, status_until } = await getSelf(deps, caller);
    return [user.status, status_until === null ? null : status_until - clock.now()];
  };
  const set = (change: ProfileChange) => updateProfile(deps, caller, change);
  await set({ status: "lunch", clear_status_after_ms: 1_800_000 });
  assert.deepEqual(await shown(), ["lunch", 1_800_000]);
  clock.advance(1_799_999);
  assert.deepEqual(await clearStatuses(deps), []);
  await set({ status: "long lunch" });
  assert.deepEqual(await shown(), ["long lunch", 1]);
  clock.advance(1);
  assert.deepEqual(await clearStatuses(deps), [ALICE]);
  assert.deepEqual(await shown(), [null, null]);
  assert.deepEqual(await clearStatuses(deps), [], "once");
  await set({ status: "here", clear_status_after_ms: 60_000 });
  await set({ clear_status_after_ms: null });
  assert.deepEqual(await shown(), ["here", null]);
  await set({ clear_status_after_ms: 60_000 });
  await set({ status: null });
  assert.deepEqual(await shown(), [null, null]);
});

Deno.test("deactivation ends everything but the name", async () => {
  await using accounts = await testAccounts({ pinned: { registration_mode: "open" } });
  const bearer = await accounts.token("alice");
  const caller = await authenticate(accounts.deps, { bearer });
  assert.ok(caller);
  await updateProfile(accounts.deps, caller, { display_name: "Alice", bio: "hi", status: "here" });
  const { url } = await createResetLink(accounts.deps, { actor: null, userId: ALICE });
  accounts.owned.set(ALICE, ["Chess club"]);
  const act = { actor: ALICE, userId: ALICE, reason: null };
  const refusal = await refused(deactivateUser(accounts.deps, act), "conflict");
  assert.match(refusal.message, /"Chess club"/);
  assert.deepEqual(accounts.departed, [], "a refused end changes nothing");
  accounts.owned.clear();
  await deactivateUser(accounts.deps, act);
  assert.deepEqual(accounts.departed, [ALICE]);
  assert.equal(await authenticate(accounts.deps, { bearer }), undefined);
  await refused(login(accounts), "bad_credentials");
  await refused(reset(accounts, url, "brisk copper meadow 4"), "not_found");
  await refused(createResetLink(accounts.deps, { actor: null, userId: ALICE }), "conflict");
  const profile = await getProfile(accounts.deps, ALICE);
  assert.equal(profile.deactivated, true);
  assert.deepEqual([profile.display_name, profile.bio, profile.status], [null, null, null]);
  await refused(accounts.account("alice"), "name_taken");
  await refused(accounts.account("a1ice"), "name_taken");
});

Deno.test("a profile changes what is given and keeps the rest", async () => {
  await using accounts = await testAccounts();
  const bearer = await accounts.token("alice");
  const caller = await authenticate(accounts.deps, { bearer });
  assert.ok(caller);
  await updateProfile(accounts.deps, caller, { display_name: " Alice \u202e", bio: "one" });
  const self = await updateProfile(accounts.deps, caller, { status: "two", bio: null });
  assert.deepEqual(self.user, {
    id: ALICE,
    display_name: "Alice",
    avatar: null,
    bio: null,
    status: "two",
    bot: false,
  });
  await refused(updateProfile(accounts.deps, caller, { avatar: "https://x/y.png" }), "invalid");
  await refused(updateProfile(accounts.deps, caller, { status: "x".repeat(129) }), "invalid");
  assert.deepEqual(await getSelf(accounts.deps, caller), self);
  await refused(getProfile(accounts.deps, "@nobody:example.org"), "not_found");
});
