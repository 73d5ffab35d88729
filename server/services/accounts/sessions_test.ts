import assert from "node:assert/strict";
import type { UserId } from "../../../core/ids/user_id.ts";
import { GOOD_PASSWORD, type TestAccounts, testAccounts } from "../../../tests/harness/accounts.ts";
import { refused } from "../../../tests/harness/refused.ts";
import { type AccountEvent, subscribeAccountEvents } from "./account_event.ts";
import { authenticate } from "./authenticate.ts";
import { changePassword } from "./change_password.ts";
import { confirmIdentity } from "./confirm_identity.ts";
import { logIn } from "./login.ts";
import { refreshSession } from "./refresh_session.ts";
import { listSessions, revokeSession, revokeSessions } from "./sessions.ts";
import { SESSIONS_PER_USER, startSession } from "./start_session.ts";
import { sweepAccounts } from "./sweep_accounts.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;
const ALICE = "@alice:example.org" as UserId;

function login(accounts: TestAccounts, transport: "token" | "cookie" = "token") {
  return logIn(accounts.deps, {
    userName: "alice",
    password: GOOD_PASSWORD,
    address: "10.1.0.1",
    device: { transport, name: "Phone", address: "10.1.0.1" },
  });
}

function refresh(accounts: TestAccounts, refreshToken: string | undefined) {
  return refreshSession(accounts.deps, { refreshToken: refreshToken ?? "", address: "10.1.0.1" });
}

async function works(
  deps: TestAccounts["deps"] | ReturnType<TestAccounts["secondProcess"]>,
  bearer: string | undefined,
) {
  return await authenticate(deps, { bearer: bearer ?? "" }) !== undefined;
}

Deno.test("an access token proves its user until its time is over", async () => {
  await using accounts = await testAccounts();
  const { grant } = await accounts.account("alice");
  const bearer = grant.tokens?.access_token ?? "";
  const caller = await authenticate(accounts.deps, { bearer });
  assert.equal(caller?.userId, ALICE);
  assert.equal(caller.sessionId, grant.session_id);
  assert.equal(caller.suspended, false);
  accounts.deps.clock.advance(15 * MINUTE - 1);
  assert.ok(await works(accounts.deps, bearer));
  accounts.deps.clock.advance(1);
  await refused(authenticate(accounts.deps, { bearer }), "token_expired");
  for (
    const bad of ["", "x", `${bearer}x`, bearer.replace("oga_", "ogr_"), `oga_${"A".repeat(43)}`]
  ) {
    assert.equal(await authenticate(accounts.deps, { bearer: bad }), undefined, bad);
  }
  assert.equal(await authenticate(accounts.deps, { cookie: bearer }), undefined);
});

Deno.test("a cookie session lives as long as it is used", async () => {
  await using accounts = await testAccounts();
  const { cookie, grant } = await accounts.account("alice", { cookie: true });
  assert.equal(grant.tokens, null);
  for (let week = 0; week < 10; week++) {
    accounts.deps.clock.advance(7 * DAY);
    assert.ok(await authenticate(accounts.deps, { cookie: cookie ?? "" }), `week ${week}`);
  }
  accounts.deps.clock.advance(30 * DAY);
  assert.equal(await authenticate(accounts.deps, { cookie: cookie ?? "" }), undefined);
});

Deno.test("no secret is stored as it was given out", async () => {
  await using accounts = await testAccounts();
  const { grant } = await accounts.account("alice");
  const { cookie } = await login(accounts, "cookie");
  const [row] = await accounts.deps.sql<{ dump: string }[]>`
    select (select json_agg(s)::text from sessions s) || (select json_agg(a)::text from access_tokens a)
      || (select json_agg(r)::text from refresh_tokens r) || (select json_agg(c)::text from credentials c)
      as dump`;
  const dump = row?.dump ?? "";
  assert.ok(dump.length > 100);
  for (
    const secret of [grant.tokens?.access_token, grant.tokens?.refresh_token, cookie, GOOD_PASSWORD]
  ) {
    assert.ok(secret !== undefined && secret !== null && secret.length > 10);
    assert.ok(!dump.includes(secret) && !dump.includes(secret.slice(4)));
  }
});

Deno.test("a refresh token gives new tokens once; a second use ends the session everywhere", async () => {
  await using accounts = await testAccounts();
  const other = accounts.secondProcess();
  const events: AccountEvent[] = [];
  subscribeAccountEvents(accounts.deps, (event) => events.push(event));
  const { grant } = await accounts.account("alice");
  const first = grant.tokens?.refresh_token;
  const second = await refresh(accounts, first);
  assert.ok(await works(accounts.deps, second.access_token));
  assert.ok(await works(other, second.access_token));
  const refusal = await refused(refresh(accounts, first), "token_expired");
  assert.equal(refusal.details?.["reason"], "reuse");
  assert.equal(await works(accounts.deps, second.access_token), false);
  assert.equal(await works(other, second.access_token), false);
  await refused(refresh(accounts, second.refresh_token), "token_expired");
  assert.deepEqual(events.map((event) => event.kind), ["sessions_revoked"]);
  assert.ok(accounts.deps.log.lines.some((line) => /used twice/.test(line.message)));
});

Deno.test("an answer lost on the way may be asked for again, and kills what was lost", async () => {
  await using accounts = await testAccounts();
  const { grant } = await accounts.account("alice");
  const first = grant.tokens?.refresh_token;
  const lost = await refresh(accounts, first);
  const again = await refresh(accounts, first);
  assert.equal(await works(accounts.deps, lost.access_token), false);
  assert.ok(await works(accounts.deps, again.access_token));
  // Whoever shows up with what was lost cannot be the one who asked again.
  const refusal = await refused(refresh(accounts, lost.refresh_token), "token_expired");
  assert.equal(refusal.details?.["reason"], "reuse");
  assert.equal(await works(accounts.deps, again.access_token), false);
});

Deno.test("many exchanges of one refresh token at once leave one living pair at most", async () => {
  await using accounts = await testAccounts();
  const { grant } = await accounts.account("alice");
  const first = grant.tokens?.refresh_token;
  const results = await Promise.allSettled(
    Array.from({ length: 6 }, () => refresh(accounts, first)),
  );
  const given = results.flatMap((result) => result.status === "fulfilled" ? [result.value] : []);
  const alive = await Promise.all(given.map((tokens) => works(accounts.deps, tokens.access_token)));
  assert.equal(alive.filter(Boolean).length, 1);
});

Deno.test("an unused session ends, and refreshing keeps it", async () => {
  await using accounts = await testAccounts();
  const { grant } = await accounts.account("alice");
  accounts.deps.clock.advance(29 * DAY);
  const kept = await refresh(accounts, grant.tokens?.refresh_token);
  accounts.deps.clock.advance(29 * DAY);
  const again = await refresh(accounts, kept.refresh_token);
  accounts.deps.clock.advance(30 * DAY);
  await refused(refresh(accounts, again.refresh_token), "token_expired");
});

Deno.test("a revoked session ends at once in every process, and only that one", async () => {
  await using accounts = await testAccounts();
  const other = accounts.secondProcess();
  const bearer = await accounts.token("alice");
  const second = (await login(accounts)).grant;
  for (const deps of [accounts.deps, other]) {
    assert.ok(await works(deps, bearer));
    assert.ok(await works(deps, second.tokens?.access_token));
  }
  await revokeSession(accounts.deps, {
    userId: ALICE,
    sessionId: second.session_id,
    reason: "test",
  });
  for (const deps of [accounts.deps, other]) {
    assert.equal(await works(deps, second.tokens?.access_token), false);
    assert.ok(await works(deps, bearer));
  }
  await refused(refresh(accounts, second.tokens?.refresh_token), "token_expired");
  await refused(
    revokeSession(accounts.deps, {
      userId: "@eve:example.org" as UserId,
      sessionId: second.session_id,
      reason: "test",
    }),
    "not_found",
  );
});

Deno.test("a revocation that the bus lost holds within ten seconds", async () => {
  await using accounts = await testAccounts();
  const deaf = accounts.secondProcess();
  const bearer = await accounts.token("alice");
  assert.ok(await works(deaf, bearer));
  await accounts.deps.sql`delete from sessions`;
  assert.ok(await works(deaf, bearer), "the proof comes from memory");
  accounts.deps.clock.advance(10_000);
  assert.equal(await works(deaf, bearer), false);
});

Deno.test("a proof read before a revocation is not remembered after it", async () => {
  await using accounts = await testAccounts();
  const bearer = await accounts.token("alice");
  const reading = works(accounts.deps, bearer);
  accounts.deps.sessions.drop(ALICE);
  await reading;
  assert.equal(accounts.deps.sessions.size, 0);
});

Deno.test("the list shows each device with its last use, and signing out elsewhere keeps this one", async () => {
  await using accounts = await testAccounts();
  const bearer = await accounts.token("alice");
  accounts.deps.clock.advance(MINUTE);
  const phone = await login(accounts);
  accounts.deps.clock.advance(5 * MINUTE);
  await authenticate(accounts.deps, { bearer }, { address: "10.9.9.9" });
  const mine = (await authenticate(accounts.deps, { bearer }))?.sessionId ?? "";
  const list = await listSessions(accounts.deps, { userId: ALICE, current: mine });
  assert.deepEqual(
    list.map(({ device_name, address, current }) => ({ device_name, address, current })),
    [
      { device_name: "Test", address: "10.9.9.9", current: true },
      { device_name: "Phone", address: "10.1.0.1", current: false },
    ],
  );
  assert.equal(list[0]?.last_used_ts, accounts.deps.clock.now());
  const ended = await revokeSessions(accounts.deps, {
    userId: ALICE,
    except: mine,
    reason: "test",
  });
  assert.equal(ended, 1);
  assert.ok(await works(accounts.deps, bearer));
  assert.equal(await works(accounts.deps, phone.grant.tokens?.access_token), false);
});

Deno.test("the session unused for longest makes room", async () => {
  await using accounts = await testAccounts();
  const { clock, lifetimes, rng, sql } = accounts.deps;
  const bearer = await accounts.token("alice");
  const device = { transport: "token", name: "Phone", address: null } as const;
  for (let n = 0; n < SESSIONS_PER_USER; n++) {
    clock.advance(1000);
    const session = { rng, nowMs: clock.now(), lifetimes };
    await sql.begin((tx) => startSession(tx, session, { userId: ALICE, admin: false, device }));
  }
  const list = await listSessions(accounts.deps, { userId: ALICE });
  assert.equal(list.length, SESSIONS_PER_USER);
  assert.equal(await works(accounts.deps, bearer), false);
});

Deno.test("a changed password ends every other session, and the old one fits no more", async () => {
  await using accounts = await testAccounts();
  const bearer = await accounts.token("alice");
  const phone = await login(accounts);
  const caller = await authenticate(accounts.deps, { bearer });
  assert.ok(caller);
  await refused(
    changePassword(accounts.deps, { caller, current: "wrong", next: "another fine lantern 7" }),
    "bad_credentials",
  );
  await refused(
    changePassword(accounts.deps, { caller, current: GOOD_PASSWORD, next: "password" }),
    "weak_password",
  );
  const { sessionsEnded } = await changePassword(accounts.deps, {
    caller,
    current: GOOD_PASSWORD,
    next: "another fine lantern 7",
  });
  assert.equal(sessionsEnded, 1);
  assert.ok(await works(accounts.deps, bearer));
  assert.equal(await works(accounts.deps, phone.grant.tokens?.access_token), false);
  await refused(login(accounts), "bad_credentials");
});

Deno.test("identity is confirmed for ten minutes, in that session alone", async () => {
  await using accounts = await testAccounts();
  const bearer = await accounts.token("alice");
  const phone = await login(accounts);
  accounts.deps.clock.advance(11 * MINUTE);
  const caller = await authenticate(accounts.deps, { bearer });
  assert.ok(caller && (caller.confirmedUntil ?? 0) < accounts.deps.clock.now());
  await refused(
    confirmIdentity(accounts.deps, { caller, proof: { password: "wrong" } }),
    "bad_credentials",
  );
  await confirmIdentity(accounts.deps, { caller, proof: { password: GOOD_PASSWORD } });
  const until = async (token: string | undefined) =>
    (await authenticate(accounts.deps, { bearer: token ?? "" }))?.confirmedUntil ?? 0;
  assert.equal(await until(bearer), accounts.deps.clock.now() + 10 * MINUTE);
  assert.ok(await until(phone.grant.tokens?.access_token) < accounts.deps.clock.now());
});

Deno.test("what has ended is swept away, and what lives stays", async () => {
  await using accounts = await testAccounts();
  const { grant } = await accounts.account("alice");
  accounts.deps.clock.advance(20 * DAY);
  const kept = await refresh(accounts, grant.tokens?.refresh_token);
  await accounts.account("bob");
  accounts.deps.clock.advance(15 * DAY);
  await accounts.deps.sql`update sessions set expires_ts = 1 where user_id = '@bob:example.org'`;
  const swept = await sweepAccounts(accounts.deps);
  assert.equal(swept.sessions, 1);
  assert.ok(swept.tokens > 0 && swept.throttles > 0);
  await refresh(accounts, kept.refresh_token);
});
