import assert from "node:assert/strict";
import type { ControlEvent } from "../../core/event/event.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { Authority } from "../../core/permissions/authority.ts";
import { casesOf } from "../harness/cases.ts";
import {
  actsAfterTheFall,
  admin,
  bob,
  CHANNEL,
  fallenGuild,
  mod,
  owner,
  zed,
} from "./fallen_moderator.ts";
import { NaiveResolver } from "./naive_resolve.ts";
import { T0, type TestRoom, user } from "./room.ts";

/**
 * What a moderator does on the graph from before his fall is void, whatever a friend of his,
 * zed, adds: both are on a server that chooses parents and dates as it likes. PROTOCOL.md 7
 * (descendants). Events: `fall` takes his rights, `gift` is his void gift of a role to zed.
 */

const LATE = T0 + 10_000_000;

function after(room: TestRoom, ...parents: readonly ControlEvent[]): Authority {
  return room.authority(room.stateAfter(parents.map(({ id }) => id)));
}

/** An event of zed that harms nobody. */
function nickname(room: TestRoom, prev: readonly EventId[], ts?: number): ControlEvent {
  const draft = { type: "m.member.profile", sender: zed, stateKey: zed, prev };
  return room.add(ts === undefined ? draft : { ...draft, ts });
}

/** Names an event as a parent of the present, so that all that comes later descends from it. */
function vouch(room: TestRoom, { fall, gift }: Record<"fall" | "gift", ControlEvent>) {
  const witness = nickname(room, [gift.id]);
  return nickname(room, [fall.id, witness.id]);
}

/**
 * Two acts of zed that change nothing and fail where the gift is void, one of them on an event
 * that wins over the one which cites the gift: only one branch has the gift in its chain.
 */
function changeNothing(
  room: TestRoom,
  { fork, on }: { readonly fork: readonly EventId[]; readonly on: readonly EventId[] },
): [ControlEvent, ControlEvent] {
  const old = nickname(room, fork, LATE);
  const same = (prev: readonly EventId[]) => room.add(room.give(zed, zed, ["color"], { prev }));
  return [same(on), same([...on, old.id])];
}

type Fall = "demoted" | "kicked";

function fallOf(room: TestRoom, how: Fall, prev: readonly EventId[]): ControlEvent {
  return room.add(
    how === "demoted"
      ? room.give(admin, mod, [], { prev })
      : room.member(admin, mod, { membership: "leave" }, { prev }),
  );
}

/** What a moderator may do about himself afterwards, which takes the place of his fall. */
function ownSuccessor(room: TestRoom, how: Fall, prev: readonly EventId[]): ControlEvent {
  return room.add(
    how === "demoted"
      ? room.give(mod, mod, [], { prev })
      : room.member(mod, mod, { membership: "join" }, { prev }),
  );
}

for (const how of ["demoted", "kicked"] as const) {
  Deno.test(`a moderator who was ${how} brings no void gift to life by replacing his fall himself`, () => {
    const room = fallenGuild();
    const fork = room.heads;
    const fall = fallOf(room, how, fork);
    const gift = room.add(room.give(mod, zed, ["low"], { prev: fork }));
    const vouched = vouch(room, { fall, gift });
    const replaced = ownSuccessor(room, how, [vouched.id]);
    const ends = changeNothing(room, { fork, on: [replaced.id] });
    assert.deepEqual(after(room, ...ends).rolesOf(zed), ["color"]);
  });

  Deno.test(`nor where his own address is in conflict too (${how})`, () => {
    const room = fallenGuild();
    const fork = room.heads;
    const fall = fallOf(room, how, fork);
    const gift = room.add(room.give(mod, zed, ["low"], { prev: fork }));
    const replaced = ownSuccessor(room, how, [vouch(room, { fall, gift }).id]);
    const old = nickname(room, fork, LATE);
    const ends = [[replaced.id], [replaced.id, old.id]].map((prev) => {
      const own = how === "demoted"
        ? room.give(mod, mod, [], { prev })
        : room.member(mod, mod, { membership: "leave" }, { prev });
      return room.add(room.give(zed, zed, ["color"], { prev: [room.add(own).id] }));
    });
    assert.deepEqual(after(room, ...ends).rolesOf(zed), ["color"]);
  });
}

Deno.test("a former owner's void gift stays void when the new owner hands on", () => {
  const newer = user("newer");
  const room = fallenGuild({ members: [newer] });
  const fork = room.heads;
  const handOver = (from: typeof owner, to: typeof owner, prev: readonly EventId[]) =>
    room.add({ type: "m.guild.owner", sender: from, stateKey: "", content: { user: to }, prev });
  const fall = handOver(owner, admin, fork);
  const gift = room.add(room.give(owner, zed, ["admin"], { prev: fork }));
  const handedOn = handOver(admin, newer, [vouch(room, { fall, gift }).id]);
  const ends = changeNothing(room, { fork, on: [handedOn.id] });
  assert.equal(after(room, ...ends).owner(), newer);
  assert.deepEqual(after(room, ...ends).rolesOf(zed), ["color"]);
});

Deno.test("a banned moderator's void gift stays void when the ban gets a reason later", () => {
  const room = fallenGuild();
  const fork = room.heads;
  const fall = room.add(room.member(admin, mod, { membership: "ban" }, { prev: fork }));
  const gift = room.add(room.give(mod, zed, ["low"], { prev: fork }));
  const reason = room.add(
    room.member(admin, mod, { membership: "ban", reason: "spam" }, {
      prev: [vouch(room, { fall, gift }).id],
    }),
  );
  const ends = changeNothing(room, { fork, on: [reason.id] });
  assert.equal(after(room, ...ends).membership(mod), "ban");
  assert.deepEqual(after(room, ...ends).rolesOf(zed), ["color"]);
});

for (
  const { roles, own } of [
    { roles: null, own: false },
    { roles: null, own: true },
    { roles: ["color"], own: true },
  ]
) {
  const how = `${roles ?? "none"}${own ? ", and a change of nothing on the other branch" : ""}`;
  Deno.test(`what rests on a void gift is void; roles before: ${how}`, () => {
    const room = fallenGuild({ roles });
    const fork = room.heads;
    const fall = room.add(room.give(admin, mod, [], { prev: fork }));
    const gift = room.add(room.give(mod, zed, ["low"], { prev: fork }));
    const closed = room.add({
      type: "m.channel.policy",
      sender: zed,
      stateKey: CHANNEL,
      content: { kind: "text", closed: true, entries: [] },
      prev: [gift.id],
    });
    const ban = room.add(room.member(zed, bob, { membership: "ban" }, { prev: [closed.id] }));
    const head = own ? room.add(room.give(zed, zed, [], { prev: [fall.id] })) : fall;
    const merged = after(room, head, ban);
    assert.equal(merged.membership(bob), "join");
    assert.equal(merged.view.get("m.channel.policy", CHANNEL)?.pdu.content["closed"], false);
  });
}

for (const rest of [[], ["color"]]) {
  Deno.test(`a ban on a merge that held a gift void voids it, though the demotion to [${rest}] is gone`, () => {
    const room = fallenGuild({ moderator: ["mod", ...rest] });
    const fork = room.heads;
    const fall = room.add(room.give(admin, mod, rest, { prev: fork }));
    const gift = room.add(room.give(mod, zed, ["low"], { prev: fork }));
    // His own change wins the address in the merge and does not cite the demotion.
    const own = room.add(room.give(mod, mod, [], { prev: [gift.id] }));
    const merged = room.add({ type: "m.merge", sender: zed, prev: [fall.id, own.id] });
    assert.deepEqual(after(room, merged).rolesOf(zed), ["color"]);
    const ban = room.add(room.member(owner, mod, { membership: "ban" }, { prev: [merged.id] }));
    const again = nickname(room, [gift.id]);
    assert.equal(after(room, ban, again).membership(mod), "ban");
    assert.deepEqual(after(room, ban, again).rolesOf(zed), ["color"]);
  });
}

Deno.test("no state after a moderator's fall holds what he or his friend did afterwards", () => {
  let states = 0;
  for (let seed = 1; seed <= casesOf("FALLEN_MODERATORS", 300); seed++) {
    for (const { held, log } of actsAfterTheFall(seed)) {
      states++;
      assert.deepEqual(held, [], `seed ${seed}:\n${log.join("\n")}`);
    }
  }
  assert(states > 2_000, `only ${states} states: the histories are too tame`);
});

Deno.test("G8: two implementations of the resolver agree on histories of hostile people", () => {
  let merges = 0;
  for (let seed = 1; seed <= 40; seed++) {
    for (const { room, event: { pdu } } of actsAfterTheFall(seed)) {
      if (pdu.prev_events.length < 2) continue;
      merges++;
      const states = pdu.prev_events.map((id) => new Map(room.stateAfter([id]).entries()));
      const plain = new NaiveResolver(room.events, room.facts).resolve(states);
      const state = room.stateAfter(pdu.prev_events);
      assert.deepEqual(new Map(plain), new Map(state.entries()), `seed ${seed}`);
    }
  }
  assert(merges > 100, `only ${merges} merges: the histories are too tame`);
});
