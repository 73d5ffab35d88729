import assert from "node:assert/strict";
import { GOOD_PASSWORD, type TestAccounts, testAccounts } from "../../../tests/harness/accounts.ts";
import { refused } from "../../../tests/harness/refused.ts";
import { authenticate } from "./authenticate.ts";
import { checkUserName } from "./check_user_name.ts";
import type { InviteView } from "./gates.ts";
import { lookAtJoinToken } from "./look_at_join_token.ts";
import { makeFirstAdministratorLink } from "./one_time_link.ts";
import { type Registered, registerUser, type Registration } from "./register.ts";
import { createRegistrationToken, revokeRegistrationToken } from "./registration_tokens.ts";
import { readSettings, updateSettings } from "./settings.ts";

const INVITE: InviteView = {
  guild: { id: "!g", name: "Guild", icon: null, description: null, memberCount: 1 },
  expiresTs: null,
  usesLeft: null,
  maxUses: null,
  authorMayInvite: true,
};

function register(accounts: TestAccounts, input: Partial<Registration>): Promise<Registered> {
  return registerUser(accounts.deps, {
    userName: "alice",
    password: GOOD_PASSWORD,
    displayName: null,
    token: undefined,
    address: "10.0.0.1",
    device: { transport: "token", name: "Test", address: "10.0.0.1" },
    ...input,
  });
}

function mode(
  accounts: TestAccounts,
  values: Parameters<typeof updateSettings>[1]["values"],
): Promise<unknown> {
  return updateSettings(accounts.deps, { actor: null, values });
}

Deno.test("by default an invite link opens registration and nothing else does", async () => {
  await using accounts = await testAccounts();
  await refused(register(accounts, {}), "registration_closed");
  await refused(register(accounts, { token: "nonsense" }), "gone");
  accounts.invites.set("link", INVITE);
  const made = await register(accounts, { token: "link" });
  assert.equal(made.grant.user_id, "@alice:example.org");
  assert.equal(made.invite, "link");
  assert.equal(made.grant.admin, false);
  accounts.invites.set("powerless", { ...INVITE, authorMayInvite: false });
  await refused(register(accounts, { userName: "bob", token: "powerless" }), "gone");
  await mode(accounts, { invite_links_open_registration: false });
  await refused(register(accounts, { userName: "bob", token: "link" }), "gone");
});

Deno.test("an invite link for two people makes two accounts, also at once", async () => {
  await using accounts = await testAccounts();
  accounts.invites.set("two", { ...INVITE, maxUses: 2, usesLeft: 2 });
  const names = ["ada", "bea", "cleo", "dora"];
  const results = await Promise.allSettled(
    names.map((userName) => register(accounts, { userName, token: "two" })),
  );
  assert.equal(results.filter((result) => result.status === "fulfilled").length, 2);
});

Deno.test("open, token and closed registration", async () => {
  await using accounts = await testAccounts();
  accounts.invites.set("link", INVITE);
  await mode(accounts, { registration_mode: "open" });
  await register(accounts, { userName: "ann" });
  await mode(accounts, { registration_mode: "token" });
  await refused(register(accounts, { userName: "ben" }), "registration_closed");
  await refused(register(accounts, { userName: "ben", token: "link" }), "gone");
  const token = await createRegistrationToken(accounts.deps, {
    actor: null,
    note: null,
    maxUses: 1,
    expiresInMs: 3_600_000,
  });
  await register(accounts, { userName: "ben", token: token.code.toUpperCase() });
  await refused(register(accounts, { userName: "cat", token: token.code }), "gone");
  await mode(accounts, { registration_mode: "closed" });
  const late = await createRegistrationToken(accounts.deps, {
    actor: null,
    note: null,
    maxUses: null,
    expiresInMs: null,
  });
  await refused(register(accounts, { userName: "dan", token: late.code }), "registration_closed");
});

Deno.test("registration tokens expire and can be revoked", async () => {
  await using accounts = await testAccounts({ pinned: { registration_mode: "token" } });
  const short = await createRegistrationToken(accounts.deps, {
    actor: null,
    note: null,
    maxUses: null,
    expiresInMs: 60_000,
  });
  accounts.deps.clock.advance(59_999);
  await register(accounts, { userName: "ann", token: short.code });
  accounts.deps.clock.advance(1);
  await refused(register(accounts, { userName: "ben", token: short.code }), "gone");
  const long = await createRegistrationToken(accounts.deps, {
    actor: null,
    note: null,
    maxUses: null,
    expiresInMs: null,
  });
  await revokeRegistrationToken(accounts.deps, { actor: null, token: long.id });
  await refused(register(accounts, { userName: "ben", token: long.code }), "gone");
  await refused(
    revokeRegistrationToken(accounts.deps, { actor: null, token: "none" }),
    "not_found",
  );
});

Deno.test("the first administrator's link works once, in every mode, and ends all others", async () => {
  await using accounts = await testAccounts({ pinned: { registration_mode: "closed" } });
  const link = async () => {
    const made = await makeFirstAdministratorLink(accounts.deps, accounts.deps.clock.now());
    return made === undefined ? undefined : made.url.split("/setup/")[1];
  };
  const first = await link();
  const second = await link();
  assert.ok(first !== undefined && second !== undefined && first !== second);
  const view = await lookAtJoinToken(accounts.deps, { code: first, address: "10.0.0.9" });
  assert.equal(view.kind, "first_administrator");
  await refused(
    register(accounts, { userName: "root", password: "password", token: first }),
    "weak_password",
  );
  const made = await register(accounts, { userName: "root", token: first });
  assert.equal(made.grant.admin, true);
  const caller = await authenticate(accounts.deps, {
    bearer: made.grant.tokens?.access_token ?? "",
  });
  assert.equal(caller?.admin, true);
  await refused(register(accounts, { userName: "eve", token: first }), "registration_closed");
  await refused(register(accounts, { userName: "eve", token: second }), "registration_closed");
  assert.equal(await link(), undefined);
});

Deno.test("two who use the first administrator's link at once make one administrator", async () => {
  await using accounts = await testAccounts();
  const made = await makeFirstAdministratorLink(accounts.deps, accounts.deps.clock.now());
  const token = made?.url.split("/setup/")[1];
  const results = await Promise.allSettled(
    ["ada", "bea"].map((userName) => register(accounts, { userName, token })),
  );
  assert.equal(results.filter((result) => result.status === "fulfilled").length, 1);
  const [row] = await accounts.deps.sql<{ admins: number }[]>`
    select count(*)::int as admins from users where admin`;
  assert.equal(row?.admins, 1);
});

Deno.test("names taken, looking alike or reserved are refused, also at once", async () => {
  await using accounts = await testAccounts({ pinned: { registration_mode: "open" } });
  await register(accounts, { userName: "Paypal" });
  await refused(register(accounts, { userName: "paypal" }), "name_taken");
  const alike = await refused(register(accounts, { userName: "paypa1" }), "name_taken");
  assert.equal(alike.details?.["reason"], "confusable");
  await refused(register(accounts, { userName: "adm1n" }), "bad_user_name");
  await refused(register(accounts, { userName: "аlice" }), "bad_user_name");
  const results = await Promise.allSettled(
    ["tom", "torn"].map((userName) => register(accounts, { userName })),
  );
  assert.equal(results.filter((result) => result.status === "fulfilled").length, 1);
  const address = "10.0.0.7";
  const ask = (userName: string) => checkUserName(accounts.deps, { userName, address });
  assert.deepEqual(await ask("Free.Name"), {
    user_name: "free.name",
    available: true,
    reason: null,
    message: null,
  });
  assert.equal((await ask("paypal")).reason, "taken");
  assert.equal((await ask("paypa1")).reason, "confusable");
  assert.equal((await ask("admin")).reason, "reserved");
  assert.equal((await ask("a b")).reason, "grammar");
});

Deno.test("weak passwords are refused with advice, and what is known of the person counts", async () => {
  await using accounts = await testAccounts({ pinned: { registration_mode: "open" } });
  const refusal = async (password: string, input: Partial<Registration> = {}) =>
    (await refused(register(accounts, { password, ...input }), "weak_password")).message;
  assert.match(await refusal("short"), /5 characters, at least 8/);
  assert.match(await refusal("x".repeat(257)), /at most 256/);
  assert.match(await refusal("password1"), /commonly used|heavily used/);
  assert.match(await refusal("iloveyou2"), /not accepted/);
  assert.match(await refusal("bartholomew3", { userName: "bartholomew" }), /personal/);
  assert.match(await refusal("zanzibarino7", { displayName: "Zanzibarino" }), /personal/);
  assert.match(await refusal("example.org1"), /not accepted/);
  const rows = await accounts.deps.sql`select 1 from users`;
  assert.equal(rows.length, 0, "a refused registration makes nothing");
});

Deno.test("sign-ups are throttled by address and by guild, and the answer says how long", async () => {
  await using accounts = await testAccounts({
    throttles: {
      signUpAddress: { burst: 2, refillMs: 60_000 },
      signUpGuild: { burst: 3, refillMs: 1_000_000 },
    },
  });
  accounts.invites.set("link", INVITE);
  const join = (userName: string, address: string) =>
    register(accounts, { userName, token: "link", address });
  await join("ann", "10.0.0.1");
  await join("ben", "10.0.0.1");
  const refusal = await refused(join("cat", "10.0.0.1"), "rate_limited");
  assert.equal(refusal.details?.["retry_after_ms"], 60_000);
  accounts.deps.clock.advance(60_000);
  await join("cat", "10.0.0.1");
  const full = await refused(join("dan", "10.0.0.2"), "rate_limited");
  assert.equal(full.details?.["retry_after_ms"], 940_000);
});

Deno.test("pinned settings win and cannot be changed by administrators", async () => {
  await using accounts = await testAccounts({ pinned: { registration_mode: "closed" } });
  await refused(mode(accounts, { registration_mode: "open" }), "conflict");
  await mode(accounts, { abuse_contact: "abuse@example.org" });
  const settings = await readSettings(accounts.deps);
  assert.deepEqual(settings, {
    registration_mode: "closed",
    invite_links_open_registration: true,
    registration_approval: false,
    registration_email: false,
    abuse_contact: "abuse@example.org",
    server_title: null,
    server_description: null,
    notice: null,
    federation_allow: null,
    federation_block: null,
  });
});
