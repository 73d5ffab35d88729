import assert from "node:assert/strict";
import fc from "fast-check";
import { Random } from "../../tests/state/random.ts";
import { makeControl, T0, user } from "../../tests/state/room.ts";
import type { ControlEvent } from "../event/event.ts";
import { serverOf } from "../ids/user_id.ts";
import { parseStateKey, stateKeyOf, StateMap } from "./state_map.ts";

const owner = user("owner");

function event(type: string, stateKey: string, version: number): ControlEvent {
  return makeControl({
    type,
    sender: owner,
    origin_server: serverOf(owner),
    origin_ts: T0 + version,
    state_key: stateKey,
    content: {},
    prev_events: [],
    auth_events: [],
  });
}

const POOL = Array.from(
  { length: 400 },
  (_, at) => event(at % 3 === 0 ? "a" : "b", `k${at % 130}`, at),
);

Deno.test("state map: like a Map under any changes, and old versions stay as they were (fast-check)", () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = new Random(seed);
      let map = StateMap.EMPTY;
      const model = new Map<string, ControlEvent>();
      const versions: [StateMap, Map<string, ControlEvent>][] = [];
      for (let step = 0; step < 200; step++) {
        const next = random.pick(POOL);
        const key = next.pdu.state_key as string;
        if (random.chance(0.8)) {
          map = map.with(next);
          model.set(stateKeyOf(next.pdu.type, key), next);
        } else {
          map = map.without(next.pdu.type, key);
          model.delete(stateKeyOf(next.pdu.type, key));
        }
        if (step % 50 === 0) versions.push([map, new Map(model)]);
      }
      versions.push([map, model]);
      for (const [version, expected] of versions) {
        assert.deepEqual(ids(version.entries()), ids(expected));
        assert.equal(version.size, expected.size);
      }
      const [first] = versions[0] as [StateMap, unknown];
      assert.deepEqual(differences(first, map), plainDifferences(versions[0]?.[1], model));
      assert.deepEqual(differences(StateMap.from(model.values()), map), []);
    }),
    { numRuns: 60 },
  );
});

function ids(entries: Iterable<readonly [string, ControlEvent]>): string[] {
  return [...entries].map(([key, { id }]) => `${key} ${id}`).sort();
}

function differences(a: StateMap, b: StateMap): string[] {
  return [...a.differing(b)].map(([type, key]) => stateKeyOf(type, key)).sort();
}

function plainDifferences(
  a: ReadonlyMap<string, ControlEvent> = new Map(),
  b: ReadonlyMap<string, ControlEvent> = new Map(),
): string[] {
  return [...new Set([...a.keys(), ...b.keys()])]
    .filter((key) => a.get(key)?.id !== b.get(key)?.id).sort();
}

Deno.test("state map: a change copies little and keeps the rest by reference", () => {
  const members = Array.from({ length: 5_000 }, (_, at) => event("m", `u${at}`, at));
  const map = StateMap.from(members);
  const changed = map.with(event("m", "u7", 9));
  assert.deepEqual([...map.differing(changed)], [["m", "u7"]]);
  assert.equal(map.get("m", "u7")?.id, members[7]?.id);
  assert.equal([...map.entriesOf("m")].length, 5_000);
  assert.equal(map.with(members[7] as ControlEvent), map, "the same event changes nothing");
});

Deno.test("state keys: any state key survives, empty and with NUL", () => {
  for (const key of ["", "x", "\0", "a\0b"]) {
    assert.deepEqual(parseStateKey(stateKeyOf("m.type", key)), ["m.type", key]);
  }
});
