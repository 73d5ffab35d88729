import assert from "node:assert/strict";
import { casesOf } from "../harness/cases.ts";
import { startHomeserver } from "../harness/homeserver.ts";
import { seededRandom } from "../harness/seeded_random.ts";
import { makeWorld, type World } from "./acts.ts";
import { differences, Reader, shown } from "./reader.ts";

/** Cut-and-resume rounds of one history, and acts of a round at most. */
const ROUNDS = 12;
const ACTS = 12;
/** Times that both are brought up to now before a difference counts. */
const ATTEMPTS = 3;
/** Kinds of acts without which a history proves little. */
const ACTS_SEEN = 15;
/** Histories, one a seed from 1 on; `deno task proof` raises it. */
const CASES = casesOf("REPLAY_CASES", 3);

for (let seed = 1; seed <= CASES; seed++) {
  Deno.test(`who was cut and resumed sees what who stayed sees, history ${seed}`, async () => {
    await using server = await startHomeserver();
    const random = seededRandom(seed);
    const world = await makeWorld(server, random);
    using stayed = await Reader.open(world.viewer);
    using cut = await Reader.open(world.viewer);
    const seen = new Map<string, number>();
    for (let round = 0; round < ROUNDS; round++) {
      await act(world, { random, seen });
      // Some of what came is applied, the rest is lost with the connection.
      cut.apply(Math.floor(random() * 20));
      cut.cut();
      await act(world, { random, seen });
      stayed.apply();
      // Coming back while things go on.
      const more = act(world, { random, seen });
      await cut.resume();
      await more;
      await assertSame(world, [cut, stayed], `round ${round}: resumed / stayed`);
    }
    using fresh = await Reader.open(world.viewer);
    await assertSame(world, [stayed, fresh], "stayed / new");
    assert.ok(seen.size >= ACTS_SEEN, `only ${[...seen.keys()]} happened`);
  });
}

async function act(
  world: World,
  { random, seen }: { random: () => number; seen: Map<string, number> },
): Promise<void> {
  for (let n = Math.floor(random() * ACTS); n >= 0; n--) {
    const name = await world.act();
    if (name !== undefined) seen.set(name, (seen.get(name) ?? 0) + 1);
  }
}

/**
 * Both show the same once they have heard the same. The server goes on by itself for a moment
 * (it lets members into private channels), so that one may be ahead; no difference may stay.
 */
async function assertSame(
  world: World,
  readers: readonly [Reader, Reader],
  what: string,
): Promise<void> {
  const [one, other] = readers;
  let found: string[] = [];
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    await heardAll(world, readers);
    await settle(readers);
    found = differences(shown(one.state), shown(other.state));
    if (found.length === 0) return;
  }
  assert.fail(`${what}\n${found.slice(0, 20).join("\n")}`);
}

async function heardAll(world: World, readers: readonly Reader[]): Promise<void> {
  const id = await world.lastWord();
  for (const reader of readers) {
    await reader.until((frame) =>
      frame.op === "dispatch" && frame.t === "message.create" && frame.d.id === id
    );
  }
}

/** What the app asks for by itself: pages come into sight and counts made stale. */
async function settle(readers: readonly Reader[]): Promise<void> {
  for (const reader of readers) {
    await reader.openEverything();
    await reader.refreshReads();
  }
}
