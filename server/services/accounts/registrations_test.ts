import assert from "node:assert/strict";
import { GOOD_PASSWORD, type TestAccounts, testAccounts } from "../../../tests/harness/accounts.ts";
import { refused } from "../../../tests/harness/refused.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { createUser } from "./create_user.ts";
import {
  approveRegistration,
  findRegistration,
  listRegistrations,
  refuseRegistration,
} from "./decide_registration.ts";
import { logIn } from "./login.ts";
import { registerUser, type Registration } from "./register.ts";
import { createRegistrationToken } from "./registration_tokens.ts";
import { updateSettings } from "./settings.ts";
import { sweepAccounts } from "./sweep_accounts.ts";
import { verifyEmail } from "./verify_email.ts";
import { prepareMail } from "../mail/prepare_mail.ts";
import type { DueMail } from "../mail/mail_jobs.ts";

const DAY_MS = 86_400_000;
const DEVICE = { transport: "token", name: "Test", address: "10.0.0.1" } as const;

type Settings = Parameters<typeof updateSettings>[1]["values"];

/** Open registration with these settings, and one administrator with a mail address. */
async function opened(values: Settings): Promise<TestAccounts> {
  const accounts = await testAccounts({
    throttles: { signUpAddress: { burst: 0, refillMs: 1 } },
  });
  const { deps } = accounts;
  await createUser(deps, { actor: null, userName: "boss", displayName: null, admin: true });
  await deps.sql`
    insert into email_addresses (user_id, address, folded, language, verified_ts)
    values ('@boss:example.org', 'boss@example.org', 'boss@example.org', 'en', 1)`;
  await updateSettings(deps, { actor: null, values: { registration_mode: "open", ...values } });
  return accounts;
}

function register(accounts: TestAccounts, input: Partial<Registration>) {
  return registerUser(accounts.deps, {
    userName: "alice",
    password: GOOD_PASSWORD,
    displayName: null,
    token: undefined,
    address: "10.0.0.1",
    device: DEVICE,
    ...input,
  });
}

function signIn(accounts: TestAccounts, userName = "alice", password = GOOD_PASSWORD) {
  return logIn(accounts.deps, { userName, password, address: "10.0.0.1", device: DEVICE });
}

/** The queue's mails of a kind, each made into text as the worker would. */
async function mails({ deps }: TestAccounts, kind: DueMail["kind"]) {
  const due = await deps.sql<DueMail[]>`
    select id, kind, recipient, language, about, tries from outgoing_mails where kind = ${kind}
    order by id`;
  return await Promise.all(due.map((each) => prepareMail(deps, each)));
}

Deno.test("who registers waits for an administrator, can do nothing meanwhile, and is let in", async () => {
  await using accounts = await opened({ registration_approval: true });
  const { deps } = accounts;
  const waits = await refused(
    register(accounts, { why: "I grow peas", displayName: "Alice A." }),
    "account_waiting",
  );
  assert.deepEqual(waits.details, { waiting_for: "approval" });
  await refused(signIn(accounts), "account_waiting");
  await refused(signIn(accounts, "alice", "some wrong words 1"), "bad_credentials");
  assert.equal((await deps.sql`select 1 from users where local = 'alice'`).length, 0);
  await refused(register(accounts, {}), "name_taken");
  const again = createUser(deps, {
    actor: null,
    userName: "alice",
    displayName: null,
    admin: false,
  });
  await refused(again, "name_taken");

  const { registrations: [one], total } = await listRegistrations(deps, 10);
  assert.deepEqual([one?.user_name, one?.display_name, one?.why, total], [
    "alice",
    "Alice A.",
    "I grow peas",
    1,
  ]);
  const [told] = await mails(accounts, "registration_waiting");
  assert.equal(told?.to, "boss@example.org");
  assert.match(told?.text ?? "", /https:\/\/example\.org\/admin\/registrations/);
  await refused(register(accounts, { userName: "bella" }), "account_waiting");
  assert.equal((await mails(accounts, "registration_waiting")).length, 1, "one mail an hour");

  const boss = "@boss:example.org";
  const user = await approveRegistration(deps, { actor: boss, id: one?.id ?? "" });
  assert.deepEqual([user.id, user.created_by, user.admin], ["@alice:example.org", "open", false]);
  await refused(approveRegistration(deps, { actor: boss, id: one?.id ?? "" }), "not_found");
  assert.equal((await signIn(accounts)).grant.user_id, "@alice:example.org");
  const audit = await deps.sql`select action, target from admin_audit where actor = ${boss}`;
  assert.deepEqual({ ...audit[0] }, { action: "registration.approve", target: user.id });
});

Deno.test("who is refused is told why for a week; then the name is free, as after two weeks of silence", async () => {
  await using accounts = await opened({ registration_approval: true });
  const { deps } = accounts;
  await refused(register(accounts, {}), "account_waiting");
  await refused(register(accounts, { userName: "bella" }), "account_waiting");
  const id = await findRegistration(deps, "alice");
  await refuseRegistration(deps, { actor: null, id, reason: "Peas are not enough." });
  const answer = await refused(signIn(accounts), "registration_closed");
  assert.match(answer.message, /Peas are not enough/);
  await refused(findRegistration(deps, "alice"), "not_found");
  deps.clock.advance(7 * DAY_MS);
  await refused(signIn(accounts), "bad_credentials");
  await sweepAccounts(deps);
  await refused(register(accounts, {}), "account_waiting");
  deps.clock.advance(7 * DAY_MS);
  await refused(signIn(accounts, "bella"), "bad_credentials");
  await sweepAccounts(deps);
  const left = await deps.sql<{ local: string }[]>`select local from registrations`;
  assert.deepEqual(left.map(({ local }) => local), ["alice"]);
});

Deno.test("a given address is confirmed first: then it waits on, or the account is made with it", async () => {
  await using accounts = await opened({ registration_approval: true });
  const { deps } = accounts;
  const email = await refused(
    register(accounts, { email: "alice@example.com", language: "de" }),
    "account_waiting",
  );
  assert.deepEqual(email.details, { waiting_for: "email" });
  assert.equal((await listRegistrations(deps, 10)).total, 0);
  const token = async () => {
    const [mail] = await mails(accounts, "verify_registration");
    return /email\/(\S+)/.exec(mail?.text ?? "")?.[1] ?? "";
  };
  const first = await token();
  const second = await token();
  await refused(verifyEmail(deps, { token: first, address: "10.0.0.1" }), "not_found");
  const confirmed = await verifyEmail(deps, { token: second, address: "10.0.0.1" });
  assert.deepEqual(confirmed, {
    address: "alice@example.com",
    user_name: "alice",
    registers: true,
    waits: true,
  });
  await refused(verifyEmail(deps, { token: second, address: "10.0.0.1" }), "not_found");
  await approveRegistration(deps, { actor: null, id: await findRegistration(deps, "alice") });
  const [welcome] = await mails(accounts, "registration_approved");
  assert.deepEqual([welcome?.to, welcome?.subject], [
    "alice@example.com",
    "Willkommen auf example.org",
  ]);

  await updateSettings(deps, {
    actor: null,
    values: { registration_approval: false, registration_email: true },
  });
  await refused(register(accounts, { userName: "bella" }), "invalid");
  await refused(
    register(accounts, { userName: "bella", email: "bella@example.com" }),
    "account_waiting",
  );
  await refused(signIn(accounts, "bella"), "account_waiting");
  await deps.sql`delete from outgoing_mails where about ->> 'registration_id' not in (
    select registration_id from registrations)`;
  const done = await verifyEmail(deps, { token: await token(), address: "10.0.0.1" });
  assert.equal(done.waits, false);
  assert.equal((await signIn(accounts, "bella")).grant.user_id, "@bella:example.org");
  const held = await deps.sql<{ address: string }[]>`
    select address from email_addresses where user_id = ${"@bella:example.org" as UserId}`;
  assert.equal(held[0]?.address, "bella@example.com");

  await refused(
    register(accounts, { userName: "carla", email: "carla@example.com" }),
    "account_waiting",
  );
  deps.clock.advance(DAY_MS);
  await refused(signIn(accounts, "carla"), "bad_credentials");
});

Deno.test("an administrator's code lets in at once; an invite link's uses count those who wait", async () => {
  await using accounts = await opened({ registration_approval: true });
  const { deps } = accounts;
  const token = await createRegistrationToken(deps, {
    actor: null,
    note: null,
    maxUses: 1,
    expiresInMs: 3_600_000,
  });
  await register(accounts, { token: token.code });
  accounts.invites.set("once", {
    guild: { id: "!g", name: "Guild", icon: null, description: null, memberCount: 1 },
    expiresTs: null,
    usesLeft: 1,
    maxUses: 1,
    authorMayInvite: true,
  });
  await refused(register(accounts, { userName: "bella", token: "once" }), "account_waiting");
  await refused(register(accounts, { userName: "carla", token: "once" }), "gone");
});

Deno.test("as many wait as administrators can read; without a mail server no address is asked for in vain", async () => {
  await using accounts = await opened({ registration_approval: true });
  const { deps } = accounts;
  await deps.sql`
    insert into registrations (registration_id, local, skeleton, password_hash, created_by,
      language, needs_approval, created_ts, expires_ts)
    select 'r' || n, 'u' || n, 'u' || n, 'x', 'open', 'en', true, ${deps.clock.now()}::bigint,
      ${deps.clock.now() + DAY_MS}::bigint from generate_series(1, 1000) n`;
  await refused(register(accounts, {}), "unavailable");
  const mute = { ...accounts, deps: { ...deps, mail: undefined } };
  await updateSettings(deps, {
    actor: null,
    values: { registration_approval: false, registration_email: true },
  });
  await refused(register(mute, {}), "unavailable");
});
