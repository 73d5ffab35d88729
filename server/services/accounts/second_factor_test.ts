import assert from "node:assert/strict";
import { Secret, TOTP } from "otpauth";
import type { UserId } from "../../../core/ids/user_id.ts";
import { GOOD_PASSWORD, type TestAccounts, testAccounts } from "../../../tests/harness/accounts.ts";
import { refused } from "../../../tests/harness/refused.ts";
import { authenticate } from "./authenticate.ts";
import { changePassword } from "./change_password.ts";
import { createResetLink } from "./create_user.ts";
import { deactivateUser } from "./deactivate_user.ts";
import { logIn } from "./login.ts";
import { finishLogin } from "./login_challenge.ts";
import { lookAtReset, resetPassword } from "./reset_password.ts";
import {
  beginTotp,
  confirmTotp,
  getSecondFactor,
  removeTotp,
  renewRecoveryCodes,
  resetSecondFactor,
} from "./second_factor.ts";
import { listSessions } from "./sessions.ts";
import { lockUser } from "./set_account_state.ts";
import { sweepAccounts } from "./sweep_accounts.ts";

const ALICE = "@alice:example.org" as UserId;
const OWN = { userId: ALICE, password: GOOD_PASSWORD };
const STEP_MS = 30_000;
const PHONE = {
  address: "10.1.0.1",
  device: { transport: "token", name: "Phone", address: null },
} as const;

/** Alice with an authenticator app, as far as it was set up. */
async function withApp(accounts: TestAccounts) {
  const { deps } = accounts;
  const bearer = await accounts.token("alice");
  const { secret } = await beginTotp(deps, OWN);
  const totp = new TOTP({ secret: Secret.fromBase32(secret) });
  /** What the app shows, some steps from now. */
  const code = (steps = 0) => totp.generate({ timestamp: deps.clock.now() + steps * STEP_MS });
  return { bearer, code };
}

/** The same, set up; time has gone on, so that the code of now is fresh. */
async function guarded(accounts: TestAccounts) {
  const app = await withApp(accounts);
  const recovery = await confirmTotp(accounts.deps, { userId: ALICE, code: app.code() });
  accounts.deps.clock.advance(STEP_MS * 2);
  return { ...app, recovery };
}

/** The challenge that the right password is answered with. */
async function challenge(accounts: TestAccounts): Promise<string> {
  const refusal = await refused(
    logIn(accounts.deps, { userName: "alice", password: GOOD_PASSWORD, ...PHONE }),
    "second_factor_required",
  );
  return String(refusal.details?.["challenge"]);
}

async function finish(accounts: TestAccounts, code: string, to?: string) {
  const open = to ?? await challenge(accounts);
  return await finishLogin(accounts.deps, { challenge: open, code, ...PHONE });
}

Deno.test("an app guards the account once it has shown a code; sessions stay as they are", async () => {
  await using accounts = await testAccounts();
  const { deps } = accounts;
  await accounts.account("bob");
  const { bearer, code } = await withApp(accounts);
  const login = { userName: "alice", password: GOOD_PASSWORD, ...PHONE };
  await logIn(deps, login);
  assert.equal((await getSecondFactor(deps.sql, ALICE)).totp, false);
  await refused(confirmTotp(deps, { userId: ALICE, code: "000000" }), "bad_code");
  await refused(
    confirmTotp(deps, { userId: "@bob:example.org" as UserId, code: code() }),
    "conflict",
  );
  const recovery = await confirmTotp(deps, {
    userId: ALICE,
    code: ` ${code().slice(0, 3)} ${code().slice(3)}`,
  });
  assert.equal(new Set(recovery).size, 10);
  for (const each of recovery) assert.match(each, /^[a-z0-9]{4}(-[a-z0-9]{4}){3}$/);
  assert.deepEqual(await getSecondFactor(deps.sql, ALICE), {
    password: true,
    passkeys: 0,
    totp: true,
    since_ts: deps.clock.now(),
    recovery_codes_left: 10,
  });
  assert.ok(await authenticate(deps, { bearer }));
  assert.equal((await listSessions(deps, { userId: ALICE })).length, 2);
  await refused(beginTotp(deps, OWN), "conflict");
  await refused(beginTotp(deps, { ...OWN, password: "no" }), "bad_credentials");
});

Deno.test("the second step: right code once, a step of skew, never a code that was taken", async () => {
  await using accounts = await testAccounts();
  const { code } = await guarded(accounts);
  const open = await challenge(accounts);
  await refused(finish(accounts, "123", open), "bad_code");
  await refused(finish(accounts, code(2), open), "bad_code");
  await refused(finish(accounts, code(-2), open), "bad_code");
  const now = code();
  const started = await finish(accounts, now, open);
  assert.ok(
    await authenticate(accounts.deps, { bearer: started.grant.tokens?.access_token ?? "" }),
  );
  await refused(finish(accounts, code(1), open), "gone");
  await refused(finish(accounts, now), "bad_code");
  await refused(finish(accounts, code(-1)), "bad_code");
  await finish(accounts, code(1));
  // Nothing but the right password makes a challenge.
  await refused(
    logIn(accounts.deps, { userName: "alice", password: "no", ...PHONE }),
    "bad_credentials",
  );
});

Deno.test("two who use one code at once: one gets in", async () => {
  await using accounts = await testAccounts();
  const { code } = await guarded(accounts);
  const opened = [await challenge(accounts), await challenge(accounts)];
  const results = await Promise.allSettled(opened.map((open) => finish(accounts, code(), open)));
  assert.equal(results.filter((result) => result.status === "fulfilled").length, 1);
});

Deno.test("recovery codes work once each and are stored as hashes; a new set ends the old", async () => {
  await using accounts = await testAccounts();
  const { deps } = accounts;
  const { code, recovery: [first = "", second = "", third = ""] } = await guarded(accounts);
  await finish(accounts, first.toUpperCase());
  await refused(finish(accounts, first), "bad_code");
  assert.equal((await getSecondFactor(deps.sql, ALICE)).recovery_codes_left, 9);
  const stored = JSON.stringify(await deps.sql`select * from recovery_codes`);
  assert.ok(!stored.includes(second.replaceAll("-", "")));
  await refused(renewRecoveryCodes(deps, { ...OWN, code: "000000" }), "bad_code");
  const [fresh = ""] = await renewRecoveryCodes(deps, { ...OWN, code: second });
  assert.equal((await getSecondFactor(deps.sql, ALICE)).recovery_codes_left, 10);
  await refused(finish(accounts, third), "bad_code");
  await finish(accounts, fresh);
  await finish(accounts, code());
});

Deno.test("a challenge ends after ten minutes, with a new password and with too many others", async () => {
  await using accounts = await testAccounts();
  const { deps } = accounts;
  const { bearer, code } = await guarded(accounts);
  const late = await challenge(accounts);
  deps.clock.advance(10 * 60_000);
  await refused(finish(accounts, code(), late), "gone");
  await sweepAccounts(deps);
  assert.equal((await deps.sql`select 1 from login_challenges`).length, 0);
  const oldest = await challenge(accounts);
  deps.clock.advance(1);
  for (let n = 0; n < 10; n++) await challenge(accounts);
  await refused(finish(accounts, code(), oldest), "gone");
  const before = await challenge(accounts);
  const caller = await authenticate(deps, { bearer });
  assert.ok(caller);
  await changePassword(deps, { caller, current: GOOD_PASSWORD, next: "brisk copper meadow 4" });
  await refused(finish(accounts, code(), before), "gone");
  await refused(finish(accounts, code(), "ogs_nonsense"), "gone");
});

Deno.test("guessing codes is throttled for the account, from wherever", async () => {
  await using accounts = await testAccounts({
    throttles: { secondFactor: { burst: 3, refillMs: 300_000 } },
  });
  const { code } = await guarded(accounts);
  const open = await challenge(accounts);
  const guess = (last: number) =>
    finishLogin(accounts.deps, {
      ...PHONE,
      challenge: open,
      code: "000000",
      address: `10.2.0.${last}`,
    });
  for (let n = 1; n <= 3; n++) await refused(guess(n), "bad_code");
  await refused(guess(4), "rate_limited");
  await refused(finish(accounts, code(), open), "rate_limited");
  accounts.deps.clock.advance(300_000);
  await finish(accounts, code(), open);
});

Deno.test("a locked account's second step is refused", async () => {
  await using accounts = await testAccounts();
  const { code } = await guarded(accounts);
  const open = await challenge(accounts);
  await lockUser(accounts.deps, { actor: null, userId: ALICE, reason: null, locked: true });
  await refused(finish(accounts, code(), open), "account_locked");
});

Deno.test("a reset link asks for the code too, and a wrong one uses nothing up", async () => {
  await using accounts = await testAccounts();
  const { deps } = accounts;
  const { code } = await guarded(accounts);
  const { url } = await createResetLink(deps, { actor: null, userId: ALICE });
  const token = url.split("/reset/")[1] ?? "";
  assert.equal((await lookAtReset(deps, { token, address: "10.1.0.1" })).user.guarded, true);
  const reset = (typed?: string) =>
    resetPassword(deps, { ...PHONE, token, password: "brisk copper meadow 4", code: typed });
  await refused(reset(), "bad_code");
  await refused(reset("000000"), "bad_code");
  await reset(code());
  await refused(reset(code(1)), "not_found");
});

Deno.test("turning it off takes password and code; an administrator's reset is in the audit", async () => {
  await using accounts = await testAccounts();
  const { deps } = accounts;
  const { code, recovery: [first = ""] } = await guarded(accounts);
  await refused(removeTotp(deps, { ...OWN, password: "no", code: code() }), "bad_credentials");
  await refused(removeTotp(deps, { ...OWN, code: "000000" }), "bad_code");
  await removeTotp(deps, { ...OWN, code: code() });
  await logIn(deps, { userName: "alice", password: GOOD_PASSWORD, ...PHONE });
  await refused(removeTotp(deps, { ...OWN, code: first }), "conflict");
  const act = { actor: null, userId: ALICE, reason: "lost phone" };
  await refused(resetSecondFactor(deps, act), "conflict");
  const { secret } = await beginTotp(deps, OWN);
  const code2 = new TOTP({ secret: Secret.fromBase32(secret) })
    .generate({ timestamp: deps.clock.now() });
  await confirmTotp(deps, { userId: ALICE, code: code2 });
  await challenge(accounts);
  await resetSecondFactor(deps, act);
  await logIn(deps, { userName: "alice", password: GOOD_PASSWORD, ...PHONE });
  const rows = await deps.sql`select action, target, reason from admin_audit`;
  assert.deepEqual(rows.map((row) => ({ ...row })), [
    { action: "user.reset_second_factor", target: ALICE, reason: "lost phone" },
  ]);
});

Deno.test("an ended account leaves no secret behind", async () => {
  await using accounts = await testAccounts();
  const { deps } = accounts;
  await guarded(accounts);
  await challenge(accounts);
  await deactivateUser(deps, { actor: ALICE, userId: ALICE, reason: null });
  for (const table of ["second_factors", "recovery_codes", "login_challenges"]) {
    assert.equal((await deps.sql`select 1 from ${deps.sql(table)}`).length, 0, table);
  }
});

Deno.test("an account without a password is guarded by who has just confirmed that it is theirs", async () => {
  await using accounts = await testAccounts();
  const { deps } = accounts;
  await accounts.token("alice");
  await deps.sql`delete from credentials where user_id = ${ALICE}`;
  const unsure = { userId: ALICE, confirmedUntil: deps.clock.now() };
  await refused(beginTotp(deps, unsure), "confirmation_required");
  await refused(beginTotp(deps, { ...OWN, confirmedUntil: null }), "confirmation_required");
  const sure = { userId: ALICE, confirmedUntil: deps.clock.now() + 3_600_000 };
  const { secret } = await beginTotp(deps, sure);
  const totp = new TOTP({ secret: Secret.fromBase32(secret) });
  const code = () => totp.generate({ timestamp: deps.clock.now() });
  await confirmTotp(deps, { userId: ALICE, code: code() });
  deps.clock.advance(STEP_MS * 2);
  await refused(renewRecoveryCodes(deps, { ...unsure, code: code() }), "confirmation_required");
  await renewRecoveryCodes(deps, { ...sure, code: code() });
  deps.clock.advance(STEP_MS * 2);
  await removeTotp(deps, { ...sure, code: code() });
  const first = { next: "quite another passphrase, long enough 7" };
  const caller = { userId: ALICE, sessionId: "none" };
  await refused(changePassword(deps, { caller, ...first }), "confirmation_required");
  await changePassword(deps, { caller: { ...caller, ...sure }, ...first });
  await logIn(deps, { userName: "alice", password: first.next, ...PHONE });
  await refused(
    changePassword(deps, { caller: { ...caller, ...sure }, ...first }),
    "bad_credentials",
  );
});
