/** Keys of a server that does not answer, on the word of others. PROTOCOL.md 8. */
import assert from "node:assert/strict";
import type { ServerName } from "../../core/ids/server_name.ts";
import { serverName, TEST_TS } from "../../tests/harness/events.ts";
import { away, openKeyReader } from "../../tests/harness/key_reader.ts";
import { KeyWorldServer, makeKey, type WorldKey } from "../../tests/harness/key_world.ts";
import { freshDatabase } from "../../tests/harness/postgres.ts";
import { seededRng } from "../../tests/harness/seeded_rng.ts";
import type { KeysAnswer } from "./resident_desk.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** How servers that are asked hold one key, by their names; those that are not named do not answer. */
function saying(key: WorldKey, said: Readonly<Record<string, Partial<KeysAnswer> | string>>) {
  return (of: ServerName): Promise<KeysAnswer> => {
    const answer = said[of];
    if (answer === undefined) return Promise.reject(away());
    const { server, keyId } = key.name;
    const wordOf = (word: string) => ({
      keys: word === "none" ? [] : [{ ...key.proof, vouched_by: null, voucher_signature: null }],
      words: [{ server, key_id: keyId, word: word as "own" | "heard" | "none" }],
    });
    return Promise.resolve(
      typeof answer === "string" ? wordOf(answer) : {
        ...wordOf("none"),
        ...answer,
      },
    );
  };
}

function among(servers: readonly string[], holdAll = true) {
  const residents = { servers: servers.map(serverName), holdAll };
  return { residents: () => Promise.resolve(residents) };
}

const FOUR = ["a.test", "b.test", "c.test", "d.test"];

Deno.test("the word of a room's servers: more must speak for a key than against it", async (t) => {
  const cases: readonly [string, Readonly<Record<string, string>>, boolean, boolean][] = [
    ["the only one that answers", { "a.test": "own" }, true, true],
    [
      "one that answers, and one that has not the key",
      { "a.test": "own", "b.test": "none" },
      true,
      false,
    ],
    ["two against one", { "a.test": "own", "b.test": "none", "c.test": "own" }, true, true],
    [
      "two against two",
      { "a.test": "own", "b.test": "none", "c.test": "own", "d.test": "none" },
      true,
      false,
    ],
    [
      "hearsay adds nothing",
      { "a.test": "own", "b.test": "none", "c.test": "heard", "d.test": "heard" },
      true,
      false,
    ],
    ["hearsay, where nobody else is left", { "a.test": "heard", "b.test": "heard" }, true, true],
    ["hearsay against who has not the key", { "a.test": "heard", "b.test": "none" }, true, false],
    [
      "of a channel, who never met the server says nothing",
      { "a.test": "own", "b.test": "none" },
      false,
      true,
    ],
    ["nobody answers", {}, true, false],
  ];
  for (const [what, said, holdAll, taken] of cases) {
    await t.step(what, async () => {
      await using database = await freshDatabase();
      const reader = openKeyReader(database.sql);
      const key = await new KeyWorldServer(serverName("gone.test"), seededRng(21)).tick(TEST_TS);
      reader.say = saying(key, said);
      const found = await reader.ring.obtain([key.name], among(FOUR, holdAll));
      assert.equal(found.size, taken ? 1 : 0);
      // It is for the past alone, whatever is asked.
      assert.equal((await reader.ring.find([key.name])).size, 0);
      assert.equal((await reader.ring.find([key.name], { past: true })).size, taken ? 1 : 0);
      if (taken) assert.match(await reader.ring.refusal(key.name, TEST_TS) ?? "", /only .* say/);
    });
  }
});

Deno.test("who is checking a room, or gives another entry under the name, is not counted", async () => {
  await using database = await freshDatabase();
  const reader = openKeyReader(database.sql);
  const rng = seededRng(22);
  const [key, other] = await Promise.all(
    [1, 2].map(() =>
      makeKey(serverName("gone.test"), { from: TEST_TS, until: TEST_TS + DAY }, {
        seed: rng.bytes(32),
      })
    ),
  ) as [WorldKey, WorldKey];
  const { server, keyId } = key.name;
  const sworn = { words: [{ server, key_id: keyId, word: "own" as const }] };
  reader.say = saying(key, { "a.test": { ...sworn, keys: [other.proof] } });
  assert.equal((await reader.ring.obtain([key.name], among(FOUR))).size, 0);
  reader.clock.advance(HOUR);
  reader.say = saying(key, { "a.test": "own", "b.test": { checking: true } });
  assert.equal((await reader.ring.obtain([key.name], among(FOUR))).size, 1);
});

Deno.test("a server that answered lately is not spoken for, nor is what its document left out", async () => {
  await using database = await freshDatabase();
  const reader = openKeyReader(database.sql);
  const one = new KeyWorldServer(serverName("one.test"), seededRng(23));
  await one.tick(TEST_TS);
  reader.answer = () => one.document(reader.clock.now());
  const rng = seededRng(24);
  const make = (from: number) =>
    makeKey(one.name, { from, until: from + 7 * DAY }, { seed: rng.bytes(32) });
  const invented = await make(TEST_TS - DAY);
  const later = await make(TEST_TS + 2 * HOUR);
  const all = (key: WorldKey) =>
    saying(key, { "a.test": "own", "b.test": "own", "c.test": "own", "d.test": "own" });
  reader.say = all(invented);
  assert.equal((await reader.ring.obtain([invented.name], among(FOUR))).size, 0, "it answers");

  reader.answer = () => Promise.reject(away());
  reader.clock.advance(12 * HOUR);
  reader.say = all(later);
  assert.equal((await reader.ring.obtain([later.name], among(FOUR))).size, 0, "it answered lately");
  reader.clock.advance(2 * DAY);
  assert.equal((await reader.ring.obtain([later.name], among(FOUR))).size, 1);
  reader.say = all(invented);
  const past = await reader.ring.obtain([invented.name], among(FOUR));
  assert.equal(past.size, 0, "its own document is of that time and says otherwise");
});

Deno.test("on others' word: asked once at a time, not at once again, told as hearsay, and judged by the server", async () => {
  await using database = await freshDatabase();
  const reader = openKeyReader(database.sql);
  const one = new KeyWorldServer(serverName("one.test"), seededRng(25));
  const first = await one.tick(TEST_TS);
  const invented = await makeKey(one.name, { from: TEST_TS, until: TEST_TS + DAY }, {
    seed: new Uint8Array(32).fill(7),
  });
  let questions = 0;
  const answers = saying(first, { "a.test": "own" });
  reader.say = (of) => {
    questions++;
    return answers(of);
  };
  const told = among(["a.test"]);
  await Promise.all(Array.from({ length: 20 }, () => reader.ring.obtain([first.name], told)));
  assert.equal(questions, 1);
  for (let time = 0; time < 5; time++) await reader.ring.obtain([invented.name], told);
  assert.equal(questions, 2, "what was refused rests");
  const wordOf = async ({ name }: WorldKey) => (await reader.ring.words([name]))[0]?.word;
  assert.equal(await wordOf(first), "heard");

  reader.say = saying(invented, { "a.test": "own" });
  reader.clock.advance(HOUR);
  await reader.ring.obtain([invented.name], told);
  reader.answer = () => one.document(reader.clock.now());
  reader.clock.advance(HOUR);
  await reader.ring.reviewWords();
  assert.deepEqual([await wordOf(first), await wordOf(invented)], ["own", "none"]);
  assert.equal((await reader.ring.find([first.name])).size, 1, "confirmed by its server");
  assert.equal((await reader.ring.find([invented.name])).size, 0);
  const past = await reader.ring.find([invented.name], { past: true });
  assert.equal(past.size, 1, "what rests on it already goes on resting on it");
});

Deno.test("who comes in a server's name ends the pause after its silence, and not more often than that", async () => {
  await using database = await freshDatabase();
  const reader = openKeyReader(database.sql);
  const one = new KeyWorldServer(serverName("one.test"), seededRng(26));
  const { name } = await one.tick(TEST_TS);
  for (let time = 0; time < 10; time++) {
    await reader.ring.obtain([name], { knocks: true });
    reader.clock.advance(1000);
  }
  assert.equal(reader.fetches, 2);
  reader.answer = () => one.document(reader.clock.now());
  await reader.ring.obtain([name]);
  assert.equal(reader.fetches, 2, "it is asked by itself after a minute alone");
  reader.clock.advance(5000);
  assert.equal((await reader.ring.obtain([name], { knocks: true })).size, 1);
});
