import assert from "node:assert/strict";
import { authoriseControl } from "../../core/auth/authorise.ts";
import { authTypes } from "../../core/auth/auth_types.ts";
import type { ChannelId } from "../../core/ids/channel_id.ts";
import { Authority } from "../../core/permissions/authority.ts";
import { RIGHT_NAMES, RIGHTS } from "../../core/permissions/bits.ts";
import { explain } from "../../core/permissions/explain.ts";
import { stateKeyOf, StateMap, type StateView } from "../../core/state/state_map.ts";
import { casesOf } from "../harness/cases.ts";
import { naiveAuthKeys } from "./naive_resolve.ts";
import { bitNumbers, naiveBase, naiveRank, naiveRights } from "./naive_rights.ts";
import { naiveAllows } from "./naive_rules.ts";
import { Random } from "./random.ts";
import { CHANNELS, type Pair, randomPair, USERS } from "./random_pairs.ts";
import { T0 } from "./room.ts";

const PAIRS = casesOf("G8_PAIRS", 20_000);

function authorityOf({ room, state }: Pair): Authority {
  return new Authority(StateMap.from(state.values()), room);
}

Deno.test("G8: two implementations of the rules agree on random pairs of event and state", () => {
  let allowed = 0;
  for (let seed = 1; seed <= PAIRS; seed++) {
    const pair = randomPair(new Random(seed));
    const naive = naiveAllows(pair.event, pair.state, pair.room);
    const verdict = authoriseControl(pair.event, authorityOf(pair));
    assert.equal(verdict.ok, naive, `seed ${seed}: ${describe(pair)}: ${JSON.stringify(verdict)}`);
    if (verdict.ok) allowed++;
  }
  assert(allowed > PAIRS / 10, `only ${allowed} pairs were allowed: the generator is too wild`);
});

function describe({ event, room }: Pair): string {
  return `${room.kind} ${event.type} ${event.state_key} by ${event.sender} ${
    JSON.stringify(event.content)
  }`;
}

Deno.test("G8: two implementations of rights, base and rank agree, and explain agrees with them", () => {
  for (let seed = 1; seed <= PAIRS / 10; seed++) {
    const pair = randomPair(new Random(seed));
    const authority = authorityOf(pair);
    const ts = T0 + seed % 100;
    for (const who of USERS) {
      const { state, room } = pair;
      assert.equal(authority.rank(who), naiveRank(state, room, who), `seed ${seed} rank ${who}`);
      assertBits(
        authority.base(who, ts),
        naiveBase(state, room, who, ts),
        `seed ${seed} base ${who}`,
      );
      for (const channel of CHANNELS) {
        const naive = naiveRights(state, room, who, channel, ts);
        const rights = authority.rights(who, channel as ChannelId, ts);
        assertBits(rights, naive, `seed ${seed} rights ${who} ${channel}`);
      }
    }
    explainAll(authority, { seed, ts });
  }
});

function assertBits(bits: bigint, naive: Set<number>, where: string): void {
  const numbers = (set: Set<number>) => [...set].sort((a, b) => a - b);
  assert.deepEqual(numbers(bitNumbers(bits.toString(16))), numbers(naive), where);
}

function explainAll(authority: Authority, at: { seed: number; ts: number }): void {
  const random = new Random(at.seed);
  const user = random.pick(USERS);
  const channelId = random.pick(CHANNELS) as ChannelId;
  for (const right of RIGHT_NAMES) {
    const bit = 1n << BigInt(RIGHTS[right].bit);
    const here = explain(authority, { user, right, atTs: at.ts, channelId });
    assert.equal(here.allowed, (authority.rights(user, channelId, at.ts) & bit) !== 0n);
    assert.equal(here.deciding, here.steps.at(-1));
    const base = explain(authority, { user, right, atTs: at.ts });
    assert.equal(base.allowed, (authority.base(user, at.ts) & bit) !== 0n);
  }
}

Deno.test("rules read no state beyond authTypes, and never more than an event may cite", () => {
  for (let seed = 1; seed <= PAIRS / 4; seed++) {
    const pair = randomPair(new Random(seed));
    const listed = new Set(authTypes(pair.event).map(([type, key]) => stateKeyOf(type, key)));
    assert(listed.size <= 12);
    assert.deepEqual(listed, naiveAuthKeys(pair.event), `seed ${seed}`);
    const view = StateMap.from(pair.state.values());
    const watched: StateView = {
      get: (type, key) => {
        assert(
          listed.has(stateKeyOf(type, key)),
          `seed ${seed}: ${describe(pair)} reads ${type} ${key}`,
        );
        return view.get(type, key);
      },
      entriesOf: () => assert.fail("a rule walks the state"),
      entries: () => assert.fail("a rule walks the state"),
    };
    authoriseControl(pair.event, new Authority(watched, pair.room));
  }
});

Deno.test("positive control: a rank test that takes equal for above is found by the pairs", () => {
  let found = 0;
  for (let seed = 1; seed <= 4_000 && found === 0; seed++) {
    const pair = randomPair(new Random(seed));
    const authority = authorityOf(pair);
    const rank = authority.rank.bind(authority);
    // The planted fault: the sender counts as one position higher.
    authority.rank = (who) => rank(who) + (who === pair.event.sender ? 1 : 0);
    const naive = naiveAllows(pair.event, pair.state, pair.room);
    if (authoriseControl(pair.event, authority).ok !== naive) found = seed;
  }
  assert(found > 0);
});
