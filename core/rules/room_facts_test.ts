import assert from "node:assert/strict";
import { makeControl, T0, user } from "../../tests/state/room.ts";
import type { JsonObject } from "../event/json.ts";
import { serverOf } from "../ids/user_id.ts";
import { og1, roomVersionOf } from "./og1.ts";
import { roomFacts } from "./room_facts.ts";

const ann = user("ann");
const bob = user("bob", "two.example");

function create(content: JsonObject) {
  return makeControl({
    type: "m.room.create",
    sender: ann,
    origin_server: serverOf(ann),
    origin_ts: T0,
    state_key: "",
    content,
    prev_events: [],
    auth_events: [],
  });
}

Deno.test("room facts: what the create event fixes", () => {
  const facts = roomFacts(create({ kind: "guild", federate: false }));
  assert(facts !== undefined);
  assert.deepEqual([facts.kind, facts.creator, facts.federate], ["guild", ann, false]);
});

Deno.test("room facts: contents that make no room", () => {
  const bad: JsonObject[] = [
    {},
    { kind: "space" },
    { kind: "dm" },
    { kind: "dm", users: [ann] },
    { kind: "dm", users: [ann, ann] },
    { kind: "dm", users: [bob, ann] },
    { kind: "dm", users: [bob, user("cat")].sort() },
    { kind: "guild", users: [ann, bob] },
    { kind: "private" },
    { kind: "guild", guild: "!x" },
  ];
  for (const content of bad) {
    assert.equal(roomFacts(create(content)), undefined, JSON.stringify(content));
  }
  assert.deepEqual(
    roomFacts(create({ kind: "dm", users: [ann, bob].sort() }))?.users,
    [ann, bob].sort(),
  );
});

Deno.test("room versions: og1, and no other yet", () => {
  assert.equal(roomVersionOf("og1"), og1);
  assert.equal(roomVersionOf("og2"), undefined);
});
