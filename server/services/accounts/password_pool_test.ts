import assert from "node:assert/strict";
import { ManualClock, MemoryLog } from "../../../tests/harness/parts.ts";
import { refused } from "../../../tests/harness/refused.ts";
import { systemRng } from "../../system/rng.ts";
import { NOBODY_HASH } from "./own_password.ts";
import { PASSWORD_QUEUE, PASSWORD_WORKERS, PasswordPool } from "./password_pool.ts";

function pool(clock = new ManualClock()): PasswordPool {
  return new PasswordPool({ clock, rng: systemRng, log: new MemoryLog() });
}

Deno.test("hashes are Argon2id with a fresh salt and fit their password alone", async () => {
  await using passwords = pool();
  const [one, two] = await Promise.all([
    passwords.hash("e\u0301tude"),
    passwords.hash("e\u0301tude"),
  ]);
  assert.match(one, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  assert.notEqual(one, two);
  assert.equal(await passwords.verify("\u00e9tude", one), true, "typed composed or decomposed");
  assert.equal(await passwords.verify("etude", one), false);
});

/** Fits nothing and takes no time: what is tested here is the queue. */
const CHEAP_HASH = NOBODY_HASH.replace("m=19456,t=2", "m=8,t=1");

Deno.test("beyond the bounded queue people are told to come back, nobody waiting is lost", async () => {
  await using passwords = pool();
  const taken = Array.from(
    { length: PASSWORD_QUEUE + PASSWORD_WORKERS },
    () => passwords.verify("x", CHEAP_HASH),
  );
  const refusal = await refused(passwords.verify("x", CHEAP_HASH), "unavailable");
  assert.equal(typeof refusal.details?.["retry_after_ms"], "number");
  assert.ok((await Promise.all(taken)).every((matches) => !matches));
  assert.equal(await passwords.verify("x", CHEAP_HASH), false, "there is room again");
});

Deno.test("a damaged hash fails its own job and no other", async () => {
  await using passwords = pool();
  await assert.rejects(passwords.verify("x", "$argon2id$nonsense"), /Password worker/);
  assert.equal(await passwords.verify("x", NOBODY_HASH), false);
});

Deno.test("idle workers end and start again when they are needed", async () => {
  const clock = new ManualClock();
  await using passwords = pool(clock);
  assert.equal((await passwords.strength("iloveyou", [])).common, true);
  clock.advance(60_000);
  assert.equal((await passwords.strength("plain walrus tarmac 9", [])).score >= 3, true);
});

Deno.test("who still waits when the server stops gets an answer", async () => {
  const passwords = pool();
  const waiting = Array.from({ length: 4 }, () => passwords.verify("x", NOBODY_HASH));
  const ended = Promise.allSettled(waiting);
  await passwords[Symbol.asyncDispose]();
  assert.ok((await ended).every((result) => result.status === "rejected"));
});
