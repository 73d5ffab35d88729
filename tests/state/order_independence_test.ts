import assert from "node:assert/strict";
import type { ControlEvent } from "../../core/event/event.ts";
import { AuthGraph } from "../../core/state/auth_graph.ts";
import { resolve } from "../../core/state/resolve.ts";
import { StateMap } from "../../core/state/state_map.ts";
import { casesOf } from "../harness/cases.ts";
import { assertNothingLost, print, Receiver, type Resolve } from "./ingest.ts";
import { NaiveResolver } from "./naive_resolve.ts";
import { Random } from "./random.ts";
import { PEOPLE, randomRoom, shuffledOrder } from "./random_room.ts";
import type { TestRoom } from "./room.ts";

const DAGS = casesOf("G6_GRAPHS", 200);
const ORDERS = casesOf("G6_ORDERS", 10);
const STEPS = 24;

type Way = "pairwise" | "batch" | "atomic";

/** Events arrive one by one, in batches, or all at once; the state is asked for after each. */
function ingest(order: readonly ControlEvent[], room: TestRoom, way: Way, resolver?: Resolve) {
  const receiver = new Receiver(room.facts, resolver);
  const size = way === "pairwise" ? 1 : way === "batch" ? 7 : order.length;
  for (let at = 0; at < order.length; at += size) {
    for (const event of order.slice(at, at + size)) {
      assert(receiver.receive(event), `${event.pdu.type} is accepted in one order, not in another`);
    }
    receiver.current();
  }
  return receiver;
}

Deno.test("G6: random graphs in many orders of arrival, one by one, in batches, at once: one state", () => {
  let merges = 0;
  for (let seed = 1; seed <= DAGS; seed++) {
    const random = new Random(seed);
    const room = randomRoom(random, STEPS);
    const wanted = print(room.state);
    merges += [...room.events.values()].filter(({ pdu }) => pdu.prev_events.length > 1).length;
    for (let order = 0; order < ORDERS; order++) {
      const shuffled = shuffledOrder(room.events.values(), random);
      const way = (["pairwise", "batch", "atomic"] as const)[order % 3] as Way;
      const receiver = ingest(shuffled, room, way);
      assert.equal(print(receiver.current()), wanted, `seed ${seed} order ${order} ${way}`);
      if (order > 1) continue;
      for (const [id, state] of room.states) {
        const there = receiver.states.get(id);
        assert(there !== undefined && print(there) === print(state), `seed ${seed} after ${id}`);
      }
    }
  }
  assert(merges > DAGS, `only ${merges} merges: the graphs are too tame`);
});

Deno.test("G8: two implementations of the resolver agree at every merge of 120 random graphs", () => {
  let replayed = 0;
  for (let seed = 1001; seed <= 1120; seed++) {
    const random = new Random(seed);
    const room = randomRoom(random, STEPS);
    const naive = new NaiveResolver(room.events, room.facts);
    const merges = [...room.events.values()].map(({ pdu }) => pdu.prev_events)
      .concat([room.heads]).filter((parents) => parents.length > 1);
    for (const parents of merges) {
      const states = random.shuffle(parents).flatMap((id) => room.states.get(id) ?? []);
      const resolution = resolve(states, { graph: room.graph });
      assert(resolution.kind === "resolved");
      replayed += resolution.replayed;
      assertNothingLost(states, resolution.state);
      const plain = naive.resolve(states.map((state) => new Map(state.entries())));
      assert.equal(print(resolution.state), printPlain(plain), `seed ${seed} after ${parents}`);
    }
  }
  assert(replayed > 1_000, `only ${replayed} events were replayed`);
});

function printPlain(state: ReadonlyMap<string, ControlEvent>): string {
  return [...state].map(([key, { id }]) => `${key} ${id}`).sort().join("\n");
}

/** The planted fault: whoever arrived last wins every conflict. */
const lastWins: Resolve = (states) => {
  const [first, ...others] = states;
  assert(first !== undefined);
  let state: StateMap = first;
  for (const other of others) {
    for (const [type, stateKey] of [...state.differing(other)]) {
      const event = other.get(type, stateKey);
      if (event !== undefined) state = state.with(event);
    }
  }
  return { kind: "resolved", state, replayed: 0 };
};

Deno.test("positive control: a resolver that depends on arrival is found", () => {
  let found = 0;
  for (let seed = 1; seed <= 30 && found === 0; seed++) {
    const random = new Random(seed);
    const room = randomRoom(random, STEPS);
    const prints = new Set<string>();
    for (let order = 0; order < 4; order++) {
      const receiver = new Receiver(room.facts, lastWins);
      for (const event of shuffledOrder(room.events.values(), random)) {
        const held = event.pdu.prev_events.every((id) => receiver.states.has(id));
        if (held) receiver.receive(event);
      }
      prints.add(print(receiver.current()));
    }
    if (prints.size > 1) found = seed;
  }
  assert(found > 0);
});

/** Resolves once with a fault planted in the graph's facts; true where the naive resolver objects. */
function objects(seed: number, plant: (graph: AuthGraph) => void): boolean {
  const room = randomRoom(new Random(seed), STEPS);
  const naive = new NaiveResolver(room.events, room.facts);
  const graph = new AuthGraph(room.events, room.facts);
  plant(graph);
  for (const { pdu } of room.events.values()) {
    if (pdu.prev_events.length < 2) continue;
    const states = pdu.prev_events.flatMap((id) => room.states.get(id) ?? []);
    const resolution = resolve(states, { graph });
    assert(resolution.kind === "resolved");
    const plain = naive.resolve(states.map((state) => new Map(state.entries())));
    if (print(resolution.state) !== printPlain(plain)) return true;
  }
  return false;
}

function isFound(plant: (graph: AuthGraph) => void): boolean {
  for (let seed = 1001; seed <= 1120; seed++) if (objects(seed, plant)) return true;
  return false;
}

Deno.test("positive control: rank left out of urgency is found", () => {
  assert(isFound((graph) => graph.senderRankOf = () => 0));
});

Deno.test("positive control: origin_ts in place of eff_ts is found", () => {
  assert(isFound((graph) => graph.effTsOf = ({ pdu }) => pdu.origin_ts));
});

/**
 * Addresses that change in a guild whose events all know of each other when somebody adds one of
 * their own on the graph as it once was.
 */
function changedByOldBranches(seed: number, plant: (graph: AuthGraph) => void): string[] {
  const room = randomRoom(new Random(seed), STEPS, { inLine: true });
  const changed: string[] = [];
  const present = room.state;
  for (const [id, before] of [...room.states]) {
    const who = PEOPLE.find((each) => room.authority(before).isJoined(each));
    if (who === undefined) continue;
    const old = { type: "m.member.profile", sender: who, stateKey: who, prev: [id] };
    const { event } = room.build({ ...old, content: { nickname: "from before" } });
    room.events.set(event.id, event);
    const graph = new AuthGraph(room.events, room.facts);
    plant(graph);
    const resolution = resolve([present, before.with(event)], { graph });
    room.events.delete(event.id);
    assert(resolution.kind === "resolved");
    for (const [type, key] of present.differing(resolution.state)) {
      if (type !== event.pdu.type || key !== who) changed.push(`seed ${seed}: ${type} ${key}`);
    }
  }
  return changed;
}

Deno.test("G7: a branch from before changes nothing but what it says itself", () => {
  for (let seed = 1; seed <= casesOf("OLD_BRANCH_ROOMS", 60); seed++) {
    assert.deepEqual(changedByOldBranches(seed, () => {}), []);
  }
});

Deno.test("positive control: without knowledge of what came first, old branches undo things", () => {
  let found = 0;
  for (let seed = 1; seed <= 30 && found === 0; seed++) {
    found = changedByOldBranches(seed, (graph) => graph.order.parentsAt = () => []).length;
  }
  assert(found > 0);
});
