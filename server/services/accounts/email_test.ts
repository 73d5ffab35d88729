import assert from "node:assert/strict";
import { GOOD_PASSWORD, type TestAccounts, testAccounts } from "../../../tests/harness/accounts.ts";
import {
  linksIn,
  startMailServer,
  type TestMailServer,
} from "../../../tests/harness/mail_server.ts";
import { refused } from "../../../tests/harness/refused.ts";
import { waitFor } from "../../../tests/harness/wait_for.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { SmtpMailer } from "../../mail/smtp_mailer.ts";
import { MailJobs, type MailOutcome } from "../mail/mail_jobs.ts";
import { prepareMail } from "../mail/prepare_mail.ts";
import { askReset } from "./ask_reset.ts";
import { changePassword } from "./change_password.ts";
import { deactivateUser } from "./deactivate_user.ts";
import type { AccountDeps } from "./deps.ts";
import { claimEmail, dropEmailClaim, getOwnEmail, removeEmail } from "./own_email.ts";
import { logIn } from "./login.ts";
import { lookAtReset, resetPassword } from "./reset_password.ts";
import { sweepAccounts } from "./sweep_accounts.ts";
import { lookAtEmailClaim, verifyEmail } from "./verify_email.ts";

const ALICE = "@alice:example.org" as UserId;
const BOB = "@bob:example.org" as UserId;
const DAY_MS = 86_400_000;
const FROM = "10.0.0.9";

/** The account services with a mail server, and the queue between them. */
function mailing(accounts: TestAccounts, server: TestMailServer) {
  const outcomes: MailOutcome[] = [];
  const mailer = new SmtpMailer({
    host: "127.0.0.1",
    port: server.port,
    login: undefined,
    tls: "none",
    from: "Chat <chat@example.org>",
    caFile: undefined,
  }, { heloName: "example.org", ca: undefined });
  const jobs = new MailJobs({
    ...accounts.deps,
    mailer,
    prepare: (due) => prepareMail(accounts.deps, due),
    count: (outcome, mails) => outcomes.push(...Array(mails).fill(outcome)),
  });
  const deps: AccountDeps = { ...accounts.deps, mail: { wake: () => jobs.wake() } };
  return { deps, jobs, outcomes, [Symbol.asyncDispose]: () => jobs[Symbol.asyncDispose]() };
}

/** Gives an account an address as its owner would. */
async function give(
  deps: AccountDeps,
  server: TestMailServer,
  { userId, address }: { userId: UserId; address: string },
): Promise<void> {
  const before = server.mails.filter(({ to }) => to.includes(address)).length;
  await claimEmail(deps, { userId, address });
  const mail = await server.mailTo(address, before);
  await verifyEmail(deps, { token: tokenIn(mail), address: FROM });
}

function tokenIn(mail: Parameters<typeof linksIn>[0], at = 0): string {
  return linksIn(mail)[at]?.split("/").at(-1) ?? "";
}

Deno.test("an address belongs to an account once its link was opened, which works once and for a day", async () => {
  await using accounts = await testAccounts();
  await using server = await startMailServer();
  await using mails = await mailing(accounts, server);
  const { deps } = mails;
  await accounts.account("alice");
  const claimed = await claimEmail(deps, { userId: ALICE, address: "Alice@Example.com" });
  assert.deepEqual([claimed.address, claimed.waiting?.address], [null, "Alice@Example.com"]);
  const first = await server.mailTo("Alice@example.com");
  assert.equal(first.from, "chat@example.org");
  assert.match(first.raw, /^Auto-Submitted: auto-generated/m);
  assert.match(first.raw, /^Content-Type: text\/html/m);
  assert.match(first.text, /account alice on example\.org/);
  const token = tokenIn(first);
  assert.equal(linksIn(first)[0], `https://example.org/email/${token}`);
  const stored = JSON.stringify(await deps.sql`select * from email_claims, outgoing_mails`);
  assert.ok(!stored.includes(token));

  assert.deepEqual(await lookAtEmailClaim(deps, { token, address: FROM }), {
    address: "Alice@Example.com",
    user_name: "alice",
    registers: false,
  });
  await claimEmail(deps, { userId: ALICE, address: "alice@example.com" });
  const second = tokenIn(await server.mailTo("alice@example.com"));
  await refused(verifyEmail(deps, { token, address: FROM }), "not_found");
  await verifyEmail(deps, { token: second, address: FROM });
  await refused(verifyEmail(deps, { token: second, address: FROM }), "not_found");
  const held = await getOwnEmail(deps, ALICE);
  assert.deepEqual([held.address, held.waiting], ["alice@example.com", null]);

  await claimEmail(deps, { userId: ALICE, address: "late@example.com" });
  const late = tokenIn(await server.mailTo("late@example.com"));
  accounts.deps.clock.advance(DAY_MS);
  await refused(verifyEmail(deps, { token: late, address: FROM }), "not_found");
  await sweepAccounts(deps);
  assert.equal((await deps.sql`select 1 from email_claims`).length, 0);
  assert.equal((await getOwnEmail(deps, ALICE)).address, "alice@example.com");
});

Deno.test("another address, and none any more, is told to the former one; a dropped claim confirms nothing", async () => {
  await using accounts = await testAccounts();
  await using server = await startMailServer();
  await using mails = await mailing(accounts, server);
  const { deps } = mails;
  await accounts.account("alice");
  await deps.sql`update users set language = 'de' where user_id = ${ALICE}`;
  await give(deps, server, { userId: ALICE, address: "old@example.com" });
  await give(deps, server, { userId: ALICE, address: "new@example.com" });
  const changed = await server.mailTo("old@example.com", 1);
  assert.match(changed.text, /verwendet von jetzt an eine andere Adresse: n…@example\.com/);
  assert.ok(!changed.raw.includes("new@example.com"));

  await claimEmail(deps, { userId: ALICE, address: "third@example.com" });
  const third = tokenIn(await server.mailTo("third@example.com"));
  await dropEmailClaim(deps, ALICE);
  await refused(verifyEmail(deps, { token: third, address: FROM }), "not_found");

  assert.equal((await removeEmail(deps, ALICE)).address, null);
  assert.match((await server.mailTo("new@example.com", 1)).text, /keine Mailadresse mehr/);
  await give(deps, server, { userId: ALICE, address: "again@example.com" });
  await deactivateUser(deps, { actor: ALICE, userId: ALICE, reason: null });
  assert.equal((await deps.sql`select 1 from email_addresses`).length, 0);
});

Deno.test("a forgotten password is set by mail; the answer tells nobody whether there is an account", async () => {
  await using accounts = await testAccounts();
  await using server = await startMailServer();
  await using mails = await mailing(accounts, server);
  const { deps } = mails;
  const session = { transport: "token", name: "Test", address: FROM } as const;
  for (const name of ["alice", "bob", "carol"]) await accounts.account(name);
  await give(deps, server, { userId: ALICE, address: "both@example.com" });
  await give(deps, server, { userId: BOB, address: "both@example.com" });
  const ask = (who: string) => askReset(deps, { who, address: FROM });

  for (const who of ["carol", "nobody", "nobody@example.com", "@alice:other.example"]) {
    assert.equal(await ask(who), undefined);
  }
  await waitFor("the mails to nobody to be dropped", () => mails.outcomes.length === 6);
  assert.deepEqual(mails.outcomes.slice(2), ["dropped", "dropped", "dropped", "dropped"]);

  await ask(" Both@Example.com");
  const both = await server.mailTo("both@example.com", 2);
  assert.match(both.text, /password for alice/);
  assert.match(both.text, /password for bob/);
  await ask("@alice:example.org");
  const one = await server.mailTo("both@example.com", 3);
  assert.equal(linksIn(one).length, 2); // The link, and the server's own address.
  // Who asks again does not end the link that is on its way.
  const token = tokenIn(both);
  const { user } = await lookAtReset(deps, { token, address: FROM });
  assert.equal(user.user_id, ALICE);
  const next = "entirely other words 17";
  await resetPassword(deps, { token, password: next, address: FROM, device: session });
  assert.match((await server.mailTo("both@example.com", 4)).text, /was changed just now/);
  await refused(lookAtReset(deps, { token: tokenIn(one), address: FROM }), "not_found");
  const login = { address: FROM, device: session };
  await logIn(deps, { userName: "alice", password: next, ...login });
  await refused(
    logIn(deps, { userName: "alice", password: GOOD_PASSWORD, ...login }),
    "bad_credentials",
  );
  await changePassword(deps, {
    caller: { userId: ALICE, sessionId: "x" },
    current: next,
    next: GOOD_PASSWORD,
  });
  await server.mailTo("both@example.com", 5);

  await deps.sql`update users set state = 'locked' where user_id = ${BOB}`;
  await ask("bob");
  await waitFor(
    "the mail to a locked account to be dropped",
    () => mails.outcomes.filter((outcome) => outcome === "dropped").length === 5,
  );
});

Deno.test("asking is bounded by who asks, by what is asked for, and by the account", async () => {
  await using accounts = await testAccounts();
  await using server = await startMailServer();
  await using mails = await mailing(accounts, server);
  const { deps } = mails;
  await accounts.account("alice");
  await give(deps, server, { userId: ALICE, address: "alice@example.com" });
  const ask = (who: string, address: string) => askReset(deps, { who, address });
  for (const _ of [1, 2, 3]) await ask("ghost", "10.1.0.1");
  const told = await refused(ask("ghost", "10.1.0.2"), "rate_limited");
  for (const _ of [1, 2, 3]) await ask("alice", "10.1.0.1");
  const same = await refused(ask("alice", "10.1.0.2"), "rate_limited");
  assert.equal(told.message, same.message);
  await ask("alice@example.com", "10.1.0.3");
  await ask("@alice:example.org", "10.1.0.4");
  await waitFor("all of them to be carried out", () => mails.outcomes.length === 9);
  assert.equal(server.mails.length, 4, "the confirmation and three links");

  const claim = () => claimEmail(deps, { userId: ALICE, address: "victim@example.com" });
  for (const _ of [1, 2, 3, 4]) await claim();
  await refused(claim(), "rate_limited");
  await accounts.account("bobby");
  const bobby = "@bobby:example.org" as UserId;
  await claimEmail(deps, { userId: bobby, address: "Victim@example.com" });
  await refused(claimEmail(deps, { userId: bobby, address: "victim@example.com" }), "rate_limited");
});

Deno.test("an address serves five accounts, and a sixth learns it with the link alone", async () => {
  await using accounts = await testAccounts();
  await using server = await startMailServer();
  await using mails = await mailing(accounts, server);
  const { deps } = mails;
  for (const name of ["ada", "bea", "cleo", "dora", "edda"]) {
    await accounts.account(name);
    await deps.sql`
      insert into email_addresses (user_id, address, folded, language, verified_ts)
      values (${`@${name}:example.org`}, 'x@example.com', 'x@example.com', 'en', 1)`;
  }
  await accounts.account("fay");
  const fay = "@fay:example.org" as UserId;
  await claimEmail(deps, { userId: fay, address: "X@example.com" });
  const token = tokenIn(await server.mailTo("X@example.com"));
  await refused(verifyEmail(deps, { token, address: FROM }), "conflict");
  assert.equal((await getOwnEmail(deps, fay)).address, null);
  await removeEmail(deps, "@ada:example.org" as UserId);
  await verifyEmail(deps, { token, address: FROM });
});

Deno.test("without a mail server nothing is taken", async () => {
  await using accounts = await testAccounts();
  const deps = { ...accounts.deps, mail: undefined };
  await accounts.account("alice");
  await refused(claimEmail(deps, { userId: ALICE, address: "a@example.com" }), "unavailable");
  await refused(askReset(deps, { who: "alice", address: FROM }), "unavailable");
});
