import assert from "node:assert/strict";
import { ACCESS_TOKENS } from "../../../core/api/access_tokens.ts";
import { TokenScope } from "../../../core/api/scopes.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { GOOD_PASSWORD, type TestAccounts, testAccounts } from "../../../tests/harness/accounts.ts";
import { refused } from "../../../tests/harness/refused.ts";
import { createAccessToken, listAccessTokens, revokeAccessToken } from "./access_tokens.ts";
import { type AccountEvent, subscribeAccountEvents } from "./account_event.ts";
import { authenticate } from "./authenticate.ts";
import { changePassword } from "./change_password.ts";
import { deactivateUser } from "./deactivate_user.ts";
import { revokeSession, revokeSessions } from "./sessions.ts";
import { lockUser, setAdministrator, suspendUser } from "./set_account_state.ts";
import { sweepAccounts } from "./sweep_accounts.ts";

const ALICE = "@alice:example.org" as UserId;
const DAY = 86_400_000;

async function make(
  { deps }: Pick<TestAccounts, "deps">,
  wanted: { scopes?: TokenScope[]; expiresTs?: number | null; admin?: boolean } = {},
) {
  const { scopes = ["read"], expiresTs = null, admin = false } = wanted;
  return await createAccessToken(deps, {
    caller: { userId: ALICE, admin },
    name: "Backup script",
    scopes,
    expiresTs,
  });
}

const prove = ({ deps }: Pick<TestAccounts, "deps">, bearer: string) =>
  authenticate(deps, { bearer });

Deno.test("a token proves its account within its scopes, is kept as a hash and shows its last use", async () => {
  await using accounts = await testAccounts();
  await accounts.account("alice");
  const { token, details } = await make(accounts, { scopes: ["write:messages", "read", "read"] });
  assert.match(token, /^ogp_[A-Za-z0-9_-]{43}$/);
  assert.deepEqual(details.scopes, ["read", "write:messages"]);
  const caller = await prove(accounts, token);
  assert.equal(caller?.userId, ALICE);
  assert.deepEqual(caller?.scopes, ["read", "write:messages"]);
  assert.equal(caller?.confirmedUntil, null);
  const nowMs = accounts.deps.clock.now();
  const [listed] = await listAccessTokens(accounts.deps.sql, ALICE);
  assert.deepEqual(listed, { ...details, last_used_ts: nowMs });
  const [row] = await accounts.deps.sql<{ dump: string }[]>`
    select json_agg(t)::text as dump from personal_tokens t`;
  assert.ok(!row?.dump.includes(token.slice(4)));
  assert.equal(await authenticate(accounts.deps, { cookie: token }), undefined);
  assert.equal(await prove(accounts, token.slice(0, -1)), undefined);
  assert.equal(await prove(accounts, token.replace("ogp_", "oga_")), undefined);
});

Deno.test("a token ends at its date, and is swept from the list a month later", async () => {
  await using accounts = await testAccounts();
  await accounts.account("alice");
  const { clock } = accounts.deps;
  const { token } = await make(accounts, { expiresTs: clock.now() + 30 * DAY });
  const endsTs = clock.now() + 30 * DAY;
  clock.advance(30 * DAY - 1);
  assert.equal((await prove(accounts, token))?.endsTs, endsTs);
  clock.advance(1);
  await refused(prove(accounts, token), "unauthorized");
  await sweepAccounts(accounts.deps);
  assert.equal((await listAccessTokens(accounts.deps.sql, ALICE)).length, 1);
  clock.advance(30 * DAY);
  await sweepAccounts(accounts.deps);
  assert.equal((await listAccessTokens(accounts.deps.sql, ALICE)).length, 0);
  for (const expiresTs of [clock.now(), clock.now() + 3661 * DAY, 1]) {
    await refused(make(accounts, { expiresTs }), "invalid");
  }
});

Deno.test("an administrator's token administers only with the scope, and only while they do", async () => {
  await using accounts = await testAccounts();
  await accounts.account("alice");
  await accounts.account("carol");
  await refused(make(accounts, { scopes: ["admin"] }), "forbidden");
  const act = { actor: null, reason: null } as const;
  await setAdministrator(accounts.deps, { ...act, userId: ALICE, admin: true });
  const plain = await make(accounts, { scopes: ["read"], admin: true });
  const powerful = await make(accounts, { scopes: ["admin"], admin: true });
  assert.equal((await prove(accounts, plain.token))?.admin, false);
  assert.equal((await prove(accounts, powerful.token))?.admin, true);
  const carol = "@carol:example.org" as UserId;
  await setAdministrator(accounts.deps, { ...act, userId: carol, admin: true });
  await setAdministrator(accounts.deps, { ...act, userId: ALICE, admin: false });
  assert.equal((await prove(accounts, powerful.token))?.admin, false);
});

Deno.test("a revoked token is dead at once in every process, and only its owner's to revoke", async () => {
  await using accounts = await testAccounts();
  await accounts.account("alice");
  await accounts.account("bob");
  const other = accounts.secondProcess();
  const heard: AccountEvent[] = [];
  subscribeAccountEvents(accounts.deps, (event) => heard.push(event));
  const { token, details: { id } } = await make(accounts);
  assert.ok(await authenticate(other, { bearer: token }));
  await refused(
    revokeAccessToken(accounts.deps, { userId: "@bob:example.org" as UserId, id }),
    "not_found",
  );
  assert.ok(await authenticate(other, { bearer: token }));
  await revokeAccessToken(accounts.deps, { userId: ALICE, id });
  assert.equal(await authenticate(other, { bearer: token }), undefined);
  assert.deepEqual(heard.map((event) => event.kind === "sessions_revoked" && event.session_ids), [
    [id],
  ]);
  await refused(revokeAccessToken(accounts.deps, { userId: ALICE, id }), "not_found");
});

Deno.test("tokens end with whatever ends all other sessions, and with the account's standing", async () => {
  await using accounts = await testAccounts();
  const { grant } = await accounts.account("alice");
  await accounts.account("carol");
  const { deps } = accounts;
  const act = { actor: null, userId: ALICE, reason: null } as const;
  const session = { userId: ALICE, sessionId: grant.session_id };
  const ends: Readonly<Record<string, () => Promise<unknown>>> = {
    "sign out elsewhere": () =>
      revokeSessions(deps, { userId: ALICE, except: grant.session_id, reason: "" }),
    "changed password": () =>
      changePassword(deps, { caller: session, current: GOOD_PASSWORD, next: "quiet otter lamp 4" }),
    suspended: () => suspendUser(deps, { ...act, suspended: true }),
    released: () => suspendUser(deps, { ...act, suspended: false }),
    locked: () => lockUser(deps, { ...act, locked: true }),
    unlocked: () => lockUser(deps, { ...act, locked: false }),
    ended: () => deactivateUser(deps, act),
  };
  for (const [why, end] of Object.entries(ends)) {
    const { token } = await make(accounts);
    if (["suspended", "sign out elsewhere"].includes(why)) assert.ok(await prove(accounts, token));
    await end();
    if (why === "released" || why === "unlocked") continue;
    assert.equal((await listAccessTokens(deps.sql, ALICE)).length, 0, why);
    assert.equal(await prove(accounts, token), undefined, why);
  }
});

Deno.test("one session's end leaves tokens alone; there is a bound to how many an account has", async () => {
  await using accounts = await testAccounts();
  const { grant } = await accounts.account("alice");
  const { token } = await make(accounts);
  await revokeSession(accounts.deps, { userId: ALICE, sessionId: grant.session_id, reason: "" });
  assert.ok(await prove(accounts, token));
  for (let held = 1; held < ACCESS_TOKENS.perUser; held++) await make(accounts);
  await refused(make(accounts), "limit_reached");
});
