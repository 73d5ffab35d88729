import assert from "node:assert/strict";
import { freePort } from "../../../scripts/lib/free_port.ts";
import { startMailServer } from "../../../tests/harness/mail_server.ts";
import { ManualClock, MemoryLog } from "../../../tests/harness/parts.ts";
import { freshDatabase, type TestDatabase } from "../../../tests/harness/postgres.ts";
import { waitFor } from "../../../tests/harness/wait_for.ts";
import { SmtpMailer } from "../../mail/smtp_mailer.ts";
import { MailJobs, type MailOutcome } from "./mail_jobs.ts";
import { queueMail } from "./mail_queue.ts";

const HOUR_MS = 3_600_000;

/** One process with its own end of the queue; mails say their number. */
function openJobs(db: TestDatabase, clock: ManualClock, port: number) {
  const outcomes: MailOutcome[] = [];
  const log = new MemoryLog();
  const mailer = new SmtpMailer({
    host: "127.0.0.1",
    port,
    login: undefined,
    tls: "none",
    from: "chat@example.org",
    caFile: undefined,
  }, { heloName: "example.org", ca: undefined });
  const jobs = new MailJobs({
    sql: db.sql,
    clock,
    log,
    mailer,
    prepare: ({ recipient, about }) => {
      const words = `Number ${about["n"]}`;
      return Promise.resolve({ to: recipient ?? "", subject: words, text: words, html: words });
    },
    count: (outcome, mails) => outcomes.push(...Array(mails).fill(outcome)),
  });
  return { jobs, outcomes, log };
}

async function queue(db: TestDatabase, clock: ManualClock, n: number): Promise<void> {
  const made = await queueMail(db.sql, {
    kind: "password_changed",
    recipient: `p${n}@example.com`,
    language: "en",
    about: { n },
    nowMs: clock.now(),
    usefulMs: HOUR_MS,
  });
  assert.ok(made);
}

Deno.test("a mail server that is away is tried again until the mail is of no use any more", async () => {
  await using db = await freshDatabase();
  const clock = new ManualClock();
  const port = freePort();
  await queue(db, clock, 1);
  await queue(db, clock, 2);
  await db.sql`update outgoing_mails set expires_ts = ${clock.now() + 60_000} where id = 2`;
  const { jobs, outcomes, log } = openJobs(db, clock, port);
  await using _ = jobs;
  await waitFor("both to be postponed", () => outcomes.length === 2);
  assert.deepEqual(outcomes, ["postponed", "postponed"]);
  assert.ok(log.lines.some(({ fields }) => fields["failure"] === "unreachable"));
  // Not before its time, however often somebody wakes it.
  jobs.wake();
  await using server = await startMailServer({ port });
  clock.advance(60_000);
  jobs.wake();
  await waitFor("one to be sent and one to be given up", () => outcomes.length === 4);
  assert.deepEqual(outcomes.slice(2).sort(), ["expired", "sent"]);
  assert.deepEqual(server.mails.map(({ to }) => to), [["p1@example.com"]]);
  assert.equal((await db.sql`select 1 from outgoing_mails`).length, 0);
});

Deno.test("a refused recipient is given up, a passing refusal is not, and the log names nobody", async () => {
  await using db = await freshDatabase();
  const clock = new ManualClock();
  await using server = await startMailServer();
  server.refuse = (address) =>
    address === "p1@example.com"
      ? { code: 550, text: `${address} is nobody here` }
      : address === "p2@example.com"
      ? { code: 451, text: "Come back later" }
      : undefined;
  for (const n of [1, 2, 3]) await queue(db, clock, n);
  const { jobs, outcomes, log } = openJobs(db, clock, server.port);
  await using _ = jobs;
  await waitFor("all three to be tried", () => outcomes.length === 3);
  assert.deepEqual([...outcomes].sort(), ["postponed", "refused", "sent"]);
  server.refuse = undefined;
  clock.advance(60_000);
  jobs.wake();
  await waitFor("the second try", () => outcomes.length === 4);
  assert.deepEqual(server.mails.map(({ to }) => to[0]).sort(), [
    "p2@example.com",
    "p3@example.com",
  ]);
  assert.doesNotMatch(
    JSON.stringify(log.lines.map(({ fields }) => String(fields["error"]))),
    /p1@/,
  );
});

Deno.test("two processes send each mail once", async () => {
  await using db = await freshDatabase();
  const clock = new ManualClock();
  await using server = await startMailServer();
  for (let n = 0; n < 20; n++) await queue(db, clock, n);
  const one = openJobs(db, clock, server.port);
  await using _one = one.jobs;
  const two = openJobs(db, clock, server.port);
  await using _two = two.jobs;
  await waitFor("all to be sent", () => one.outcomes.length + two.outcomes.length === 20);
  assert.equal(new Set(server.mails.map(({ to }) => to[0])).size, 20);
  assert.equal(server.mails.length, 20);
});

Deno.test("the queue is bounded", async () => {
  await using db = await freshDatabase();
  const clock = new ManualClock();
  await db.sql`
    insert into outgoing_mails (kind, recipient, language, about, created_ts, expires_ts, next_try_ts)
    select 'password_changed', 'x@example.com', 'en', '{}', 0, 1, 0 from generate_series(1, 10000)`;
  const made = await queueMail(db.sql, {
    kind: "password_changed",
    recipient: "y@example.com",
    language: "en",
    about: {},
    nowMs: clock.now(),
    usefulMs: HOUR_MS,
  });
  assert.equal(made, false);
});
