import assert from "node:assert/strict";
import { checkCited, type Cited } from "../../core/auth/check_cited.ts";
import { judgeCurrent } from "../../core/auth/judge_current.ts";
import type { ControlEvent } from "../../core/event/event.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import { Authority } from "../../core/permissions/authority.ts";
import { bitsOf, formatBits, type Right } from "../../core/permissions/bits.ts";
import { resolve } from "../../core/state/resolve.ts";
import { stateKeyOf, type StateMap } from "../../core/state/state_map.ts";
import { NaiveResolver } from "./naive_resolve.ts";
import { channelId, type Draft, openGuild, T0, TestRoom, user } from "./room.ts";

/** Known attacks on state, by class (A1 to A36) and by the names of Matrix's suites. PROTOCOL.md 4, 5, 7. */

const owner = user("owner");
const admin = user("admin");
const mod = user("mod");
const mallory = user("mallory", "evil.example");
const bob = user("bob", "two.example");

const hex = (...rights: Right[]) => formatBits(bitsOf(...rights));
const POWERS = hex(
  "VIEW_CHANNEL",
  "SEND",
  "KICK",
  "BAN",
  "MANAGE_ROLES",
  "MANAGE_CHANNELS",
  "MANAGE_GUILD",
  "CREATE_INVITE",
);
const EVERYONE = hex("VIEW_CHANNEL", "SEND");

function guild({ everyone = EVERYONE, more = [] as (typeof bob)[] } = {}): TestRoom {
  const room = openGuild({
    admin: { position: 50, bits: POWERS },
    mod: { position: 10, bits: POWERS },
  }, { everyone, members: [admin, mod, mallory, bob, ...more] });
  room.add(room.give(owner, admin, ["admin"]));
  room.add(room.give(owner, mod, ["mod"]));
  return room;
}

function merge(room: TestRoom, ...parents: ControlEvent[]): Authority {
  return room.authority(room.stateAfter(parents.map(({ id }) => id)));
}

function look(room: TestRoom, rejected: ReadonlySet<EventId> = new Set()) {
  return (id: EventId): Cited => {
    const event = room.events.get(id);
    if (rejected.has(id)) return { kind: "rejected" };
    return event === undefined ? { kind: "unknown" } : { kind: "held", event };
  };
}

Deno.test("A7: auth events of another room are refused before any rule is asked", () => {
  const room = guild();
  const other = openGuild({}, { members: [mallory] });
  const theirs = other.add({
    type: "m.guild.owner",
    sender: owner,
    stateKey: "",
    content: { user: mallory },
  });
  const { event } = room.build({
    ...room.member(mallory, bob, { membership: "ban" }),
    auth: [...room.stateAfter(room.heads).events()].map(({ id }) => id).slice(0, 3).concat(
      theirs.id,
    ),
  });
  const held = (id: EventId): Cited => {
    const mine = room.events.get(id) ?? other.events.get(id);
    return mine === undefined ? { kind: "unknown" } : { kind: "held", event: mine };
  };
  assert.equal(checkCited(event, held).kind, "reject");
});

Deno.test("A10: an event that cites a rejected one is rejected, whatever comes later", () => {
  const room = guild();
  const { event: forged, verdict } = room.try(room.give(mallory, mallory, ["admin"]));
  assert(!verdict.ok);
  const { event } = room.build(room.member(mallory, bob, { membership: "leave" }));
  const citing: ControlEvent = {
    ...event,
    pdu: { ...event.pdu, auth_events: [...event.pdu.auth_events, forged.id] },
  };
  assert.equal(checkCited(citing, look(room, new Set([forged.id]))).kind, "reject");
});

Deno.test("A21: auth events of a type on which the rule does not rest are refused", () => {
  const room = guild();
  const policy = room.add({
    type: "m.channel.policy",
    sender: owner,
    stateKey: channelId(1) as string,
    content: { kind: "text", closed: false, entries: [] },
  });
  const { event } = room.build({
    ...room.member(mod, bob, { membership: "leave" }),
    auth: [policy.id],
  });
  assert.equal(checkCited(event, look(room)).kind, "reject");
});

Deno.test("missing prev events: wait for them, do not guess", () => {
  const room = guild();
  const { event } = room.build(room.member(bob, bob, { membership: "leave" }));
  const lacking = checkCited(
    event,
    (id) => id === room.heads[0] ? { kind: "unknown" } : look(room)(id),
  );
  assert.deepEqual(lacking, { kind: "wait", missing: [room.heads[0]] });
});

Deno.test("auth_events must be exact: leaving one's ban out does not help", () => {
  const room = guild();
  room.add(room.member(mod, mallory, { membership: "ban" }));
  const state = room.stateAfter(room.heads);
  const banned = state.get("m.room.member", mallory);
  const { event } = room.build(room.member(mallory, mallory, { membership: "join" }));
  const cut = event.pdu.auth_events.filter((id) => id !== banned?.id);
  const { verdict } = room.try({
    ...room.member(mallory, mallory, { membership: "join" }),
    auth: cut,
  });
  assert(!verdict.ok && verdict.rule === "auth_events.exact");
});

Deno.test("A13: no roles table in sight: nobody but the owner may do anything", () => {
  const room = new TestRoom({ creator: owner });
  room.add({ type: "m.guild.owner", sender: owner, stateKey: "", content: { user: owner } });
  room.join(owner);
  room.add({ type: "m.room.join_rules", sender: owner, stateKey: "", content: { rule: "public" } });
  room.join(mallory);
  assert.equal(room.authority().base(mallory, T0), 0n);
  assert(!room.try(room.roles(mallory, "0", {})).verdict.ok);
  assert(!room.try(room.member(mallory, bob, { membership: "ban" })).verdict.ok);
});

Deno.test("A13: pretending that there is no roles table (building on an old head) wins nothing", () => {
  const room = new TestRoom({ creator: owner });
  const zero = room.add({
    type: "m.guild.owner",
    sender: owner,
    stateKey: "",
    content: { user: owner },
  });
  const takeover = room.try({
    ...room.roles(mallory, POWERS, {}),
    prev: [zero.id],
    auth: [zero.id],
  });
  assert(!takeover.verdict.ok);
});

Deno.test("a second owner-zero never replaces the first, nor a hand-over", () => {
  const room = guild();
  const before = room.heads;
  const zero = room.try({
    type: "m.guild.owner",
    sender: owner,
    stateKey: "",
    content: { user: owner },
    prev: [room.create.id],
    ts: T0 - 1_000,
  });
  assert(zero.verdict.ok, "on the create event alone it is valid");
  room.heads = [...before];
  const handOver = room.add({
    type: "m.guild.owner",
    sender: owner,
    stateKey: "",
    content: { user: admin },
  });
  assert.equal(merge(room, handOver, zero.event).owner(), admin);
});

Deno.test("A11: state reset: an old join on a stale branch does not undo a later ban", () => {
  const room = guild();
  const fork = room.heads;
  const leave = room.add(room.member(mallory, mallory, { membership: "leave" }, { prev: fork }));
  const rejoin = room.add(
    room.member(mallory, mallory, { membership: "join" }, { prev: [leave.id], ts: T0 }),
  );
  const ban = room.add(
    room.member(mod, mallory, { membership: "ban" }, { prev: fork, ts: room.ts + 9 }),
  );
  for (const parents of [[rejoin, ban], [ban, rejoin]]) {
    assert.equal(
      merge(room, ...parents as [ControlEvent, ControlEvent]).membership(mallory),
      "ban",
    );
  }
});

Deno.test("MSC4297 (starts from the empty set): a join is not judged by rules that came after it", () => {
  // bob joined while the guild was public; it was closed since, which both branches know. One
  // branch kicks bob, the other takes the kicker's role. The kick fails, and bob is still there,
  // though the rules of today would not let him in.
  const room = guild();
  room.add({ type: "m.room.join_rules", sender: owner, stateKey: "", content: { rule: "invite" } });
  const fork = room.heads;
  const kick = room.add(room.member(mod, bob, { membership: "leave" }, { prev: fork, ts: T0 }));
  const demote = room.add(room.give(owner, mod, [], { prev: fork }));
  const authority = merge(room, kick, demote);
  assert.deepEqual(authority.rolesOf(mod), []);
  assert.equal(authority.membership(bob), "join");
});

Deno.test("state reset: where every change of a channel fails, the channel stays", () => {
  const { room, ends, made } = changedTwice();
  const { view } = merge(room, ...ends);
  assert.equal(view.get("m.channel.policy", channelId(1) as string)?.id, made.id);
});

Deno.test("positive control: without the base, what was there before is gone", () => {
  const { room, ends } = changedTwice();
  const states = ends.map(({ id }) => new Map(room.stateAfter([id]).entries()));
  const without = new NaiveResolver(room.events, room.facts, { withBase: false }).resolve(states);
  assert.equal(without.get(stateKeyOf("m.channel.policy", channelId(1) as string)), undefined);
});

/** Two moderators change a channel, each on a branch on which the other is kicked: both fail. */
function changedTwice() {
  const room = guild();
  room.add(room.give(owner, bob, ["mod"]));
  const change = (sender: typeof bob, rest: Partial<Draft> = {}) =>
    room.add({
      type: "m.channel.policy",
      sender,
      stateKey: channelId(1) as string,
      content: { kind: "text", closed: false, entries: [] },
      ...rest,
    });
  const made = change(owner);
  const ends = [[mod, bob] as const, [bob, mod] as const].map(([who, other], at) => {
    const { id } = change(who, { prev: [made.id], ts: T0 + at });
    return room.add(room.member(admin, other, { membership: "leave" }, { prev: [id] }));
  });
  return { room, ends, made };
}

Deno.test("state reset: where every ban of a member fails, the member is in as before", () => {
  const room = guild();
  const fork = room.heads;
  const left = room.add(room.member(mod, bob, { membership: "ban" }, { prev: fork, ts: T0 }));
  const right = room.add(room.member(mod, bob, { membership: "ban" }, { prev: fork, ts: T0 + 1 }));
  const kick = room.add(room.member(admin, mod, { membership: "leave" }, { prev: fork }));
  assert.equal(merge(room, left, right, kick).membership(bob), "join");
});

Deno.test("a kick voids what its target did apart from it, and nothing that its sender knew of", () => {
  const room = guild();
  const fork = room.heads;
  const known = room.add(room.member(mod, bob, { membership: "ban" }, { prev: fork }));
  const kick = room.add(room.member(admin, mod, { membership: "leave" }, { prev: [known.id] }));
  const apart = room.add(room.member(mod, mallory, { membership: "ban" }, { prev: fork, ts: T0 }));
  const authority = merge(room, kick, apart);
  assert.equal(authority.membership(bob), "ban");
  assert.equal(authority.membership(mallory), "join");
});

const TALKERS = hex("VIEW_CHANNEL", "SEND", "CHANGE_NICKNAME");

/** An event that harms nobody, by who need not know what came after `prev`. */
function aside(room: TestRoom, who: typeof bob, prev: readonly EventId[]): ControlEvent {
  return room.add({ type: "m.member.profile", sender: who, stateKey: who, prev });
}

Deno.test("a branch from before does not put out who joined before the guild was closed", () => {
  const room = guild({ everyone: TALKERS });
  const fork = room.heads;
  const join = room.join(user("cat"), { prev: fork });
  const closed = room.add({
    type: "m.room.join_rules",
    sender: owner,
    stateKey: "",
    content: { rule: "invite" },
    prev: [join.id],
  });
  const late = room.join(user("dan"), { prev: fork });
  const authority = merge(room, closed, aside(room, bob, fork));
  assert.equal(authority.membership(user("cat")), "join");
  // Whoever joins on the branch itself is judged by the rules that won.
  assert.equal(merge(room, closed, late).membership(user("dan")), "leave");
});

Deno.test("G7, seed 227: a branch from before does not undo what a former owner had set", () => {
  const room = guild({ everyone: TALKERS });
  const fork = room.heads;
  const channel = room.add({
    type: "m.channel.policy",
    sender: owner,
    stateKey: channelId(2) as string,
    content: { kind: "text", closed: false, entries: [] },
  });
  const given = room.add(room.give(owner, bob, ["mod"], { prev: [channel.id] }));
  const handOver = room.add({
    type: "m.guild.owner",
    sender: owner,
    stateKey: "",
    content: { user: admin },
    prev: [given.id],
  });
  const merged = merge(room, handOver, aside(room, mallory, fork));
  assert.equal(merged.owner(), admin);
  assert.deepEqual(merged.rolesOf(bob), ["mod"]);
  assert.equal(merged.view.get("m.channel.policy", channelId(2) as string)?.id, channel.id);
});

Deno.test("a branch from before a ban does not lift it, though its moderator is one no more", () => {
  const room = guild({ everyone: TALKERS });
  const fork = room.heads;
  room.add(room.member(mod, mallory, { membership: "ban" }));
  room.add(room.give(owner, mod, []));
  const [head] = room.heads.map((id) => room.events.get(id) as ControlEvent);
  const authority = merge(room, head as ControlEvent, aside(room, bob, fork));
  assert.equal(authority.membership(mallory), "ban");
  assert.deepEqual(authority.rolesOf(mod), []);
});

Deno.test("A15: what was void stays so, also once it is vouched for and its branch comes again", () => {
  // mod is banned; on a branch that knows nothing of it mod bans cat. A friend's event cites
  // both, so that all that comes later descends from the void ban too.
  const cat = user("cat");
  for (const again of [false, true]) {
    const room = guild({ everyone: TALKERS, more: [cat] });
    const fork = room.heads;
    const ban = room.add(room.member(admin, mod, { membership: "ban" }, { prev: fork }));
    const revenge = room.add(
      room.member(mod, cat, { membership: "ban" }, { prev: fork, ts: T0 }),
    );
    let head = aside(room, bob, [ban.id, revenge.id]);
    assert.equal(merge(room, head).membership(cat), "join");
    if (again) {
      // Later events, which descend from the void one, take the place of the ban.
      for (const membership of ["leave", "ban"]) {
        head = room.add(room.member(owner, mod, { membership }, { prev: [head.id] }));
      }
      head = room.add(room.give(owner, admin, [], { prev: [head.id] }));
    }
    const authority = merge(room, head, aside(room, mallory, [revenge.id]));
    assert.equal(authority.membership(cat), "join");
    assert.equal(authority.membership(mod), "ban");
  }
});

Deno.test("MSC4297 (conflicted subgraph): what lies between two conflicted events is replayed with them", () => {
  // mod gets admin's trust on one branch and uses it; the other branch never saw it.
  const room = guild();
  const fork = room.heads;
  const promote = room.add(room.give(owner, mod, ["admin", "mod"], { prev: fork }));
  const demote = room.add(room.give(owner, mod, [], { prev: [promote.id] }));
  const again = room.add(room.give(owner, mod, ["mod"], { prev: [demote.id] }));
  const other = room.add(room.give(owner, mod, ["mod"], { prev: fork, ts: T0 }));
  const forwards = merge(room, again, other).rolesOf(mod);
  const backwards = merge(room, other, again).rolesOf(mod);
  assert.deepEqual(forwards, backwards);
  assert.deepEqual(forwards, ["mod"]);
});

Deno.test("A15: building on a branch from before one's ban brings nothing into the merged state", () => {
  const room = guild();
  const fork = room.heads;
  const ban = room.add(room.member(admin, mod, { membership: "ban" }, { prev: fork }));
  const branch: ControlEvent[] = [];
  let prev = fork;
  for (let turn = 0; turn < 5; turn++) {
    const event = room.add({ ...room.give(mod, mallory, turn % 2 ? [] : []), prev, ts: T0 - turn });
    branch.push(event);
    prev = [event.id];
  }
  const kick = room.add(room.member(mod, bob, { membership: "leave" }, { prev, ts: T0 }));
  const authority = merge(room, ban, kick);
  assert.equal(authority.membership(mod), "ban");
  assert.equal(authority.membership(bob), "join", "the banned moderator's kick is undone");
});

Deno.test("A15: live events of a banned user on an old branch are soft-failed", () => {
  const room = guild();
  const fork = room.heads;
  room.add(room.member(mod, mallory, { membership: "ban" }, { prev: fork }));
  const { event, before } = room.build({
    type: "m.member.profile",
    sender: mallory,
    stateKey: mallory,
    prev: fork,
  });
  const verdict = judgeCurrent(event, {
    current: room.authority(),
    stateBefore: before,
    nowMs: room.ts,
  });
  assert(!verdict.ok);
});

Deno.test("backdating below one's own authority is useless: eff_ts, and rank before time", () => {
  const room = guild();
  const fork = room.heads;
  const demote = room.add(room.give(admin, mod, [], { prev: fork }));
  const revenge = room.add(
    room.member(mod, bob, { membership: "ban" }, { prev: fork, ts: T0 - 1_000_000 }),
  );
  const authority = merge(room, demote, revenge);
  assert.deepEqual(authority.rolesOf(mod), []);
  assert.equal(authority.membership(bob), "join");
});

Deno.test("a hand-over beats the former owner's other concurrent acts", () => {
  const room = guild();
  const fork = room.heads;
  const handOver = room.add({
    type: "m.guild.owner",
    sender: owner,
    stateKey: "",
    content: { user: admin },
    prev: fork,
    ts: room.ts + 1_000,
  });
  const ban = room.add(room.member(owner, admin, { membership: "ban" }, { prev: fork, ts: T0 }));
  const authority = merge(room, ban, handOver);
  assert.equal(authority.owner(), admin);
  assert.equal(authority.membership(admin), "join", "the new owner is above the ban");
});

Deno.test("equal ranks ban each other: one answer, the earlier by eff_ts", () => {
  const room = guild();
  room.add(room.give(owner, bob, ["mod"]));
  const fork = room.heads;
  const high = room.add({
    ...room.roles(owner, EVERYONE, {
      admin: { position: 50, bits: POWERS },
      mod: { position: 10, bits: POWERS },
      peer: { position: 11, bits: POWERS },
    }),
    prev: fork,
  });
  room.add(room.give(owner, mallory, ["peer"], { prev: [high.id] }));
  const at = room.heads;
  const first = room.add(
    room.member(mallory, mod, { membership: "ban" }, { prev: at, ts: room.ts + 1 }),
  );
  const second = room.add(
    room.member(admin, mallory, { membership: "ban" }, { prev: at, ts: room.ts + 2 }),
  );
  const authority = merge(room, first, second);
  assert.equal(authority.membership(mallory), "ban");
  assert.equal(
    authority.membership(mod),
    "join",
    "the stronger act comes first and voids the weaker",
  );
});

Deno.test("a deleted role gives nothing, and its rid made anew gives its old holders nothing more", () => {
  const room = guild();
  room.add(room.roles(owner, EVERYONE, { admin: { position: 50, bits: POWERS } }));
  assert.equal(room.authority().rank(mod), 0);
  assert.equal(room.authority().base(mod, T0), bitsOf("VIEW_CHANNEL", "SEND"));
});

Deno.test("joins that two servers saw concurrently both stay", () => {
  const room = guild();
  const fork = room.heads;
  const cat = room.join(user("cat"), { prev: fork });
  const dan = room.join(user("dan", "two.example"), { prev: fork });
  const authority = merge(room, cat, dan);
  assert(authority.isJoined(user("cat")) && authority.isJoined(user("dan", "two.example")));
});

Deno.test("a resolution that is too large is a value, and a budget lets it through", () => {
  const room = guild();
  const fork = room.heads;
  const a = room.add(room.member(mod, bob, { membership: "leave" }, { prev: fork }));
  const b = room.add(room.member(admin, bob, { membership: "ban" }, { prev: fork }));
  const states: StateMap[] = [a, b].map(({ id }) => room.stateAfter([id]));
  const refused = resolve(states, { graph: room.graph, fullSetMax: 1 });
  assert.equal(refused.kind, "too_large");
  assert.equal(resolve(states, { graph: room.graph }).kind, "resolved");
});

Deno.test("one parent, or equal states: the state itself, nothing replayed", () => {
  const room = guild();
  const state = room.state;
  const one = resolve([state], { graph: room.graph });
  const same = resolve([state, state, state], { graph: room.graph });
  assert(one.kind === "resolved" && one.state === state && one.replayed === 0);
  assert(same.kind === "resolved" && same.state === state && same.replayed === 0);
});
