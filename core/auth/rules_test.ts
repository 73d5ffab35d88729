import assert from "node:assert/strict";
import {
  channelId,
  type Draft,
  openGuild,
  T0,
  type TestRoom,
  user,
} from "../../tests/state/room.ts";
import { KINDS } from "../event/kinds.ts";
import type { JsonObject } from "../event/json.ts";
import type { ChannelId } from "../ids/channel_id.ts";
import { BIT, bitsOf, formatBits, type Right } from "../permissions/bits.ts";
import { authorise, CONTROL_TYPES } from "./authorise.ts";
import type { JudgedTimeline } from "./judged.ts";

const owner = user("owner");
const admin = user("admin");
const mod = user("mod");
const ann = user("ann");
const bob = user("bob", "two.example");
const CHANNEL = channelId(1) as ChannelId;
const DAY = 86_400_000;

const hex = (...rights: Right[]) => formatBits(bitsOf(...rights));
const MOD = bitsOf(
  "MANAGE_ROLES",
  "MANAGE_CHANNELS",
  "MODERATE_MEMBERS",
  "MANAGE_NICKNAMES",
  "KICK",
);

function guild(): TestRoom {
  const room = openGuild({
    admin: { position: 50, bits: hex("ADMINISTRATOR") },
    mod: { position: 10, bits: formatBits(MOD) },
    deco: { position: 5, bits: "0" },
  }, {
    everyone: hex("VIEW_CHANNEL", "SEND", "CHANGE_NICKNAME"),
    members: [admin, mod, ann, bob],
  });
  room.add(room.give(owner, admin, ["admin"]));
  room.add(room.give(owner, mod, ["mod"]));
  room.add(policy(owner, []));
  return room;
}

function policy(sender: Draft["sender"], entries: JsonObject[], more: JsonObject = {}): Draft {
  const content = { kind: "text", closed: false, entries, ...more };
  return { type: "m.channel.policy", sender, stateKey: CHANNEL, content };
}

function table(change: JsonObject, everyone = hex("VIEW_CHANNEL", "SEND", "CHANGE_NICKNAME")) {
  const roles: JsonObject = {
    admin: { position: 50, bits: hex("ADMINISTRATOR") },
    mod: { position: 10, bits: formatBits(MOD) },
    deco: { position: 5, bits: "0" },
    ...change,
  };
  const kept = Object.entries(roles).filter(([, role]) => role !== null);
  return {
    type: "m.guild.roles",
    stateKey: "",
    content: { everyone, roles: Object.fromEntries(kept) },
  };
}

interface Case {
  readonly name: string;
  readonly draft: (room: TestRoom) => Draft;
  readonly before?: (room: TestRoom) => void;
  readonly refusedBy?: string;
}

const timeout = (sender: Draft["sender"], target: string, until: number): Draft => ({
  type: "m.room.timeout",
  sender,
  stateKey: target,
  content: { until },
});

const stay = (sender: Draft["sender"], target: string): Draft => ({
  type: "m.member.stay",
  sender,
  stateKey: target,
  content: { until: T0 + DAY },
});

const CASES: readonly Case[] = [
  {
    name: "roles: a role below with bits one has",
    draft: () => ({ ...table({ helper: { position: 9, bits: hex("KICK") } }), sender: mod }),
  },
  {
    name: "roles: a role at the own position",
    draft: () => ({ ...table({ helper: { position: 10, bits: "0" } }), sender: mod }),
    refusedBy: "roles",
  },
  {
    name: "roles: a bit one lacks",
    draft: () => ({ ...table({ helper: { position: 9, bits: hex("BAN") } }), sender: mod }),
    refusedBy: "roles",
  },
  {
    name: "roles: a bit one lacks, for everyone",
    draft: () => ({
      ...table({}, hex("VIEW_CHANNEL", "SEND", "CHANGE_NICKNAME", "BAN")),
      sender: mod,
    }),
    refusedBy: "roles",
  },
  {
    name: "roles: taking a bit from everyone that one has oneself",
    draft: () => ({ ...table({}, hex("VIEW_CHANNEL", "SEND")), sender: mod }),
  },
  {
    name: "roles: removing a stronger role",
    draft: () => ({ ...table({ admin: null }), sender: mod }),
    refusedBy: "roles",
  },
  {
    name: "roles: lifting a role below above oneself",
    draft: () => ({ ...table({ deco: { position: 20, bits: "0" } }), sender: mod }),
    refusedBy: "roles",
  },
  {
    name: "roles: removing a role whose bits one lacks",
    before: (room) => {
      room.add({ ...table({ seer: { position: 3, bits: hex("VIEW_AUDIT_LOG") } }), sender: owner });
    },
    draft: () => ({ ...table({}), sender: mod }),
    refusedBy: "roles",
  },
  {
    name: "roles: without MANAGE_ROLES",
    draft: () => ({ ...table({}), sender: ann }),
    refusedBy: "roles",
  },
  {
    name: "roles: timed out, though one is administrator",
    before: (room) => room.add(timeout(owner, admin, T0 + DAY)),
    draft: () => ({ ...table({}), sender: admin }),
    refusedBy: "roles",
  },
  { name: "member_roles: a role below", draft: (room) => room.give(mod, ann, ["deco"]) },
  {
    name: "member_roles: to somebody stronger, a role below (no test of the target's rank)",
    draft: (room) => room.give(mod, admin, ["admin", "deco"]),
  },
  {
    name: "member_roles: the own role to another",
    draft: (room) => room.give(mod, ann, ["mod"]),
    refusedBy: "member_roles",
  },
  {
    name: "member_roles: taking a role from somebody stronger",
    draft: (room) => room.give(mod, admin, []),
    refusedBy: "member_roles",
  },
  {
    name: "member_roles: a role that does not exist",
    draft: (room) => room.give(owner, ann, ["zz"]),
    refusedBy: "member_roles",
  },
  { name: "member_roles: dropping one's own", draft: (room) => room.give(mod, mod, []) },
  {
    name: "member_roles: adding to one's own without the right",
    draft: (room) => room.give(ann, ann, ["deco"]),
    refusedBy: "member_roles",
  },
  {
    name: "member_roles: of somebody who is not joined",
    draft: (room) => room.give(owner, user("gone"), []),
    refusedBy: "member_roles",
  },
  {
    name: "member_roles: a role held again after a rejoin counts as added",
    before: (room) => {
      room.add(room.member(mod, mod, { membership: "leave" }));
      room.join(mod);
    },
    draft: (room) => room.give(mod, mod, ["mod"]),
    refusedBy: "member_roles",
  },
  { name: "timeout: 28 days", draft: (room) => timeout(mod, ann, room.ts + 28 * DAY) },
  {
    name: "timeout: longer",
    draft: (room) => timeout(mod, ann, room.ts + 29 * DAY),
    refusedBy: "timeout",
  },
  { name: "stay: of a member below", draft: () => stay(mod, ann) },
  { name: "stay: of the stronger", draft: () => stay(mod, admin), refusedBy: "stay" },
  { name: "stay: one's own", draft: () => stay(mod, mod), refusedBy: "stay" },
  { name: "stay: of nobody here", draft: () => stay(mod, user("nobody")), refusedBy: "stay" },
  { name: "stay: without the right", draft: () => stay(ann, mod), refusedBy: "stay" },
  { name: "timeout: of the stronger", draft: () => timeout(mod, admin, 0), refusedBy: "timeout" },
  { name: "timeout: without the right", draft: () => timeout(ann, bob, 0), refusedBy: "timeout" },
  {
    name: "profile: one's own",
    draft: () => ({ type: "m.member.profile", sender: ann, stateKey: ann, content: {} }),
  },
  {
    name: "profile: of one below",
    draft: () => ({ type: "m.member.profile", sender: mod, stateKey: ann, content: {} }),
  },
  {
    name: "profile: of the stronger",
    draft: () => ({ type: "m.member.profile", sender: mod, stateKey: admin, content: {} }),
    refusedBy: "member_profile",
  },
  {
    name: "policy: an entry with a bit one has",
    draft: () => policy(mod, [entry("everyone", "KICK")]),
  },
  {
    name: "policy: an entry with a bit one lacks",
    draft: () => policy(mod, [entry("everyone", "PIN")]),
    refusedBy: "channel_policy",
  },
  {
    name: "policy: denying a bit one lacks",
    draft: () => policy(mod, [{ target: "everyone", allow: "0", deny: hex("PIN") }]),
    refusedBy: "channel_policy",
  },
  { name: "policy: closing", draft: () => policy(mod, [], { closed: true }) },
  {
    name: "policy: by a member",
    draft: () => policy(ann, [], { closed: true }),
    refusedBy: "channel_policy",
  },
  {
    name: "policy: entries by one who has MANAGE_CHANNELS there, not MANAGE_ROLES",
    before: (room) => room.add(policy(owner, [entry(ann, "MANAGE_CHANNELS")])),
    draft: () => policy(ann, [entry(ann, "MANAGE_CHANNELS", "VIEW_CHANNEL")]),
    refusedBy: "channel_policy",
  },
  {
    name: "policy: a new channel",
    draft: () => ({ ...policy(mod, []), stateKey: channelId(2) as string }),
  },
  {
    name: "policy: `main` in a guild",
    draft: () => ({ ...policy(mod, []), stateKey: "main" }),
    refusedBy: "channel_policy",
  },
  {
    name: "policy: opening a closed channel by base rights",
    before: (room) => room.add(policy(owner, [], { closed: true })),
    draft: () => policy(mod, []),
  },
  {
    name: "channel.meta: of a closed channel, by the owner",
    before: (room) => room.add(policy(owner, [], { closed: true })),
    draft: () => ({
      type: "m.channel.meta",
      sender: owner,
      stateKey: CHANNEL,
      content: { name: "x" },
    }),
    refusedBy: "channel_meta",
  },
  {
    name: "channel.meta: with MANAGE_CHANNELS",
    draft: () => ({
      type: "m.channel.meta",
      sender: mod,
      stateKey: CHANNEL,
      content: { name: "x" },
    }),
  },
  {
    name: "role look: below",
    draft: () => ({ type: "m.guild.role", sender: mod, stateKey: "deco", content: { name: "x" } }),
  },
  {
    name: "role look: not below",
    draft: () => ({ type: "m.guild.role", sender: mod, stateKey: "mod", content: { name: "x" } }),
    refusedBy: "role_look",
  },
  {
    name: "unknown state: by an administrator",
    draft: () => ({ type: "org.example.x", sender: admin, stateKey: "k", content: {} }),
  },
  {
    name: "unknown state: by a moderator",
    draft: () => ({ type: "org.example.x", sender: mod, stateKey: "k", content: {} }),
    refusedBy: "right",
  },
  {
    name: "unknown state about a user",
    draft: () => ({ type: "org.example.x", sender: admin, stateKey: ann, content: {} }),
    refusedBy: "state_key",
  },
  {
    name: "purge: one's own",
    draft: () => ({ type: "m.purge", sender: ann, content: { user: ann, from_ts: T0, to_ts: T0 } }),
  },
  {
    name: "purge: beyond its own time",
    draft: () => ({
      type: "m.purge",
      sender: ann,
      content: { user: ann, from_ts: T0, to_ts: T0 + DAY },
    }),
    refusedBy: "purge",
  },
  {
    name: "purge: of another without the right",
    draft: () => ({ type: "m.purge", sender: mod, content: { user: ann, from_ts: T0, to_ts: T0 } }),
    refusedBy: "purge",
  },
  {
    name: "purge: of one below",
    draft: () => ({
      type: "m.purge",
      sender: admin,
      content: { user: ann, from_ts: T0, to_ts: T0 },
    }),
  },
  {
    name: "purge: of the stronger",
    draft: () => ({
      type: "m.purge",
      sender: admin,
      content: { user: owner, from_ts: T0, to_ts: T0 },
    }),
    refusedBy: "purge",
  },
  {
    name: "tombstone: by an administrator",
    draft: (room) => ({
      type: "m.room.tombstone",
      sender: admin,
      stateKey: "",
      content: { closed: true, replacement: room.roomId },
    }),
    refusedBy: "tombstone",
  },
  {
    name: "join rules of no known kind",
    draft: () => ({
      type: "m.room.join_rules",
      sender: owner,
      stateKey: "",
      content: { rule: "odd" },
    }),
    refusedBy: "content",
  },
];

function entry(target: string, ...rights: Right[]): JsonObject {
  return { target, allow: hex(...rights), deny: "0" };
}

for (const fixture of CASES) {
  Deno.test(`rule: ${fixture.name}`, () => {
    const room = guild();
    fixture.before?.(room);
    const { verdict } = room.try(fixture.draft(room));
    assert.equal(verdict.ok ? undefined : verdict.rule, fixture.refusedBy, JSON.stringify(verdict));
  });
}

Deno.test("every control type of the specification has its rule, and no other", () => {
  const specified = KINDS.filter(({ plane, type }) =>
    plane !== "timeline" && type !== "m.room.create"
  );
  assert.deepEqual(
    [...CONTROL_TYPES.keys()].sort(),
    specified.map(({ type }) => type).sort(),
  );
});

Deno.test("owner: a hand-over, after which the former owner is one of many", () => {
  const room = guild();
  const handOver = { type: "m.guild.owner", stateKey: "", content: { user: ann } };
  assert(!room.try({ ...handOver, sender: admin }).verdict.ok);
  room.add({ ...handOver, sender: owner });
  assert.equal(room.authority().owner(), ann);
  assert(!room.try({ ...handOver, sender: owner }).verdict.ok);
  assert(room.try(room.member(ann, owner, { membership: "leave" })).verdict.ok);
});

const SOME_EVENT = `$${"1".repeat(32)}`;
const SAYS: readonly [JudgedTimeline["type"], JsonObject, Right][] = [
  ["m.room.message", {}, "SEND"],
  ["m.poll", {}, "SEND"],
  ["m.poll", { relates_to: { kind: "thread", event_id: SOME_EVENT } }, "SEND_IN_THREADS"],
  ["m.poll.vote", { relates_to: { kind: "vote", event_id: SOME_EVENT } }, "SEND"],
  ["m.poll.vote", { relates_to: { kind: "vote", event_id: SOME_EVENT } }, "SEND_IN_THREADS"],
  ["m.poll.end", { relates_to: { kind: "poll_end", event_id: SOME_EVENT } }, "SEND_IN_THREADS"],
  [
    "m.previews.off",
    { relates_to: { kind: "previews_off", event_id: SOME_EVENT } },
    "MANAGE_MESSAGES",
  ],
  ["org.example.x", {}, "SEND"],
  ["m.room.message", { relates_to: { kind: "thread", event_id: SOME_EVENT } }, "SEND_IN_THREADS"],
  ["m.room.message", { relates_to: { kind: "edit", event_id: SOME_EVENT } }, "SEND_IN_THREADS"],
  ["m.reaction", { relates_to: { kind: "reaction", event_id: SOME_EVENT } }, "ADD_REACTIONS"],
  ["m.pin", { event_id: SOME_EVENT, on: true }, "PIN"],
];

for (const [type, content, right] of SAYS) {
  Deno.test(`timeline: ${type} ${JSON.stringify(content)} needs ${right}`, () => {
    const room = guild();
    const event = { type, content, sender: ann, channel_id: CHANNEL, origin_ts: T0 };
    const say = (...rights: Right[]) => {
      room.add({ ...table({}, hex(...rights)), sender: owner });
      return authorise(event, room.authority()).ok;
    };
    assert.equal(say("VIEW_CHANNEL"), false);
    assert.equal(say("VIEW_CHANNEL", right), true);
    assert.equal(say(right), false, "a hidden channel");
    room.add(policy(owner, [{ target: "everyone", allow: "0", deny: formatBits(BIT[right]) }]));
    assert.equal(say("VIEW_CHANNEL", right), false, "denied by the channel");
  });
}

Deno.test("timeline: nothing is said in categories, closed and unknown channels, even by the owner", () => {
  const room = guild();
  const say = (channel: string) =>
    authorise({
      type: "m.room.message",
      content: {},
      sender: owner,
      channel_id: channel as ChannelId,
      origin_ts: T0,
    }, room.authority()).ok;
  assert.equal(say(CHANNEL), true);
  assert.equal(say(channelId(3) as string), false);
  room.add(policy(owner, [], { kind: "category" }));
  assert.equal(say(CHANNEL), false);
  room.add(policy(owner, [], { closed: true }));
  assert.equal(say(CHANNEL), false);
});
