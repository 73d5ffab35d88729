import assert from "node:assert/strict";
import { ManualClock, MemoryLog } from "../../../tests/harness/parts.ts";
import { freshDatabase, type TestDatabase } from "../../../tests/harness/postgres.ts";
import { waitFor } from "../../../tests/harness/wait_for.ts";
import type { WaitingFor } from "../../../ui/lib/mail/mail_parts.ts";
import { DigestJobs } from "./digest_jobs.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SOMETHING: WaitingFor = { places: [], more: 0, conversations: 1, hidden: 0 };

/** One process; `waits` says what it finds. */
function open(
  db: TestDatabase,
  clock: ManualClock,
  waits: (userId: string, afterTs: number) => Promise<WaitingFor | undefined>,
) {
  const log = new MemoryLog();
  const jobs = new DigestJobs({
    sql: db.sql,
    clock,
    log,
    waitingFor: waits,
    wakeMail: () => undefined,
  });
  return { jobs, log };
}

/** Accounts with an address whose mail is due now. */
async function fill(db: TestDatabase, clock: ManualClock, count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    const id = `@p${n}:one.test`;
    await db.sql`
      insert into users (user_id, local, skeleton, created_ts, created_by)
      values (${id}, ${`p${n}`}, ${`p${n}`}, 0, 'open')`;
    await db.sql`
      insert into email_addresses (user_id, address, folded, language, verified_ts)
      values (${id}, ${`p${n}@example.com`}, ${`p${n}@example.com`}, 'en', 0)`;
    await db.sql`
      insert into digests (user_id, every, weekday, hour, zone, stop_token, told_ts, next_ts)
      values (${id}, 'day', 1, 8, 'UTC', ${id}, 5, ${clock.now()})`;
  }
}

async function moved(db: TestDatabase, clock: ManualClock): Promise<true> {
  return await waitFor("all to be looked at", async () => {
    const left = await db.sql`select 1 from digests where next_ts <= ${clock.now()}`;
    return left.length === 0 || undefined;
  });
}

const queued = async (db: TestDatabase) =>
  (await db.sql<{ recipient: string }[]>`
    select recipient from outgoing_mails order by recipient, id`).map((row) => row.recipient);

Deno.test("each who has something waiting gets one mail a period, of two processes and after a day away", async () => {
  await using db = await freshDatabase();
  const clock = new ManualClock();
  await fill(db, clock, 6);
  const asked: [string, number][] = [];
  const waits = (userId: string, afterTs: number) => {
    asked.push([userId, afterTs]);
    return Promise.resolve(userId === "@p5:one.test" ? undefined : SOMETHING);
  };
  const begun = clock.now();
  const one = open(db, clock, waits);
  await using _one = one.jobs;
  const two = open(db, clock, waits);
  await using _two = two.jobs;
  await moved(db, clock);
  const everybody = [0, 1, 2, 3, 4].map((n) => `p${n}@example.com`);
  assert.deepEqual(await queued(db), everybody);
  one.jobs.wake();
  two.jobs.wake();
  // Three days on there is one more for each, not one a day.
  clock.advance(3 * DAY_MS);
  one.jobs.wake();
  two.jobs.wake();
  await moved(db, clock);
  assert.deepEqual(await queued(db), everybody.flatMap((each) => [each, each]));
  const told = (id: string) =>
    asked.filter(([userId]) => userId === id).map(([, afterTs]) => afterTs);
  assert.deepEqual([...new Set(told("@p0:one.test"))], [5, begun]);
  assert.deepEqual(
    [...new Set(told("@p5:one.test"))],
    [5],
    "nothing was told: nothing is left out",
  );
  assert.deepEqual([...one.log.lines, ...two.log.lines], []);
});

Deno.test("an account that cannot be looked at keeps nobody from a mail, and is tried again", async () => {
  await using db = await freshDatabase();
  const clock = new ManualClock();
  await fill(db, clock, 2);
  let broken = true;
  const { jobs, log } = open(db, clock, (userId) => {
    if (broken && userId === "@p0:one.test") return Promise.reject(new Error("a broken room"));
    return Promise.resolve(SOMETHING);
  });
  await using _ = jobs;
  await moved(db, clock);
  assert.deepEqual(await queued(db), ["p1@example.com"]);
  assert.equal(log.lines.length, 1);
  broken = false;
  clock.advance(HOUR_MS);
  jobs.wake();
  await moved(db, clock);
  assert.deepEqual(await queued(db), ["p0@example.com", "p1@example.com"]);
});

Deno.test("who is locked out, took the choice back or has no address any more gets none", async () => {
  await using db = await freshDatabase();
  const clock = new ManualClock();
  await fill(db, clock, 3);
  await db.sql`update users set state = 'locked' where user_id = '@p0:one.test'`;
  await db.sql`delete from email_addresses where user_id = '@p1:one.test'`;
  const { jobs } = open(db, clock, async (userId) => {
    // While it is looked what waits.
    await db.sql`delete from digests where user_id = '@p2:one.test' and user_id = ${userId}`;
    return SOMETHING;
  });
  await using _ = jobs;
  await moved(db, clock);
  assert.deepEqual(await queued(db), []);
});

Deno.test("where too many mails wait already, one about what waits stays due", async () => {
  await using db = await freshDatabase();
  const clock = new ManualClock();
  await fill(db, clock, 1);
  await db.sql`
    insert into outgoing_mails (kind, recipient, language, about, created_ts, expires_ts, next_try_ts)
    select 'digest', 'x@example.com', 'en', '{}'::jsonb, 0, 1, 0 from generate_series(1, 10000)`;
  const { jobs, log } = open(db, clock, () => Promise.resolve(SOMETHING));
  await using _ = jobs;
  await waitFor(
    "the round to see that it is full",
    () => Promise.resolve(log.lines.length > 0 || undefined),
  );
  const [kept] = await db.sql`select told_ts from digests where next_ts <= ${clock.now()}`;
  assert.equal(kept?.["told_ts"], 5);
  await db.sql`delete from outgoing_mails`;
  jobs.wake();
  await moved(db, clock);
  assert.deepEqual(await queued(db), ["p0@example.com"]);
});
