import assert from "node:assert/strict";
import { channelId, openGuild, T0, TestRoom, user } from "../../tests/state/room.ts";
import type { JsonObject } from "../event/json.ts";
import type { UserId } from "../ids/user_id.ts";
import { bitsOf, formatBits, type Right } from "../permissions/bits.ts";
import { byJoining, groupPeople } from "../permissions/group_people.ts";

/** The transitions of Matrix room version 12 as PROTOCOL.md 4 words them, one fixture each. */

const owner = user("owner");
const mod = user("mod");
const peer = user("peer");
const ann = user("ann");
const bob = user("bob", "two.example");
const cat = user("cat", "two.example");

const hex = (...rights: Right[]) => formatBits(bitsOf(...rights));

/** mod and peer (position 10: KICK, BAN, CREATE_INVITE), ann joined without roles, bob outside. */
function guild(rule = "public"): TestRoom {
  const room = openGuild(
    { mod: { position: 10, bits: hex("VIEW_CHANNEL", "KICK", "BAN", "CREATE_INVITE") } },
    { everyone: hex("VIEW_CHANNEL"), members: [mod, peer, ann] },
  );
  room.add(room.give(owner, mod, ["mod"]));
  room.add(room.give(owner, peer, ["mod"]));
  const content = { rule };
  if (rule !== "public") {
    room.add({ type: "m.room.join_rules", sender: owner, stateKey: "", content });
  }
  return room;
}

interface Case {
  readonly name: string;
  /** The rule that refuses; absent: allowed. */
  readonly refusedBy?: string;
  readonly rule?: string;
  readonly before?: (room: TestRoom) => void;
  readonly by: UserId;
  readonly of: UserId;
  readonly content: JsonObject;
  readonly ts?: number;
}

const ban: JsonObject = { membership: "ban" };
const join: JsonObject = { membership: "join" };
const leave: JsonObject = { membership: "leave" };
const invite: JsonObject = { membership: "invite" };
const knock: JsonObject = { membership: "knock" };
const webhook = (channel: number): JsonObject => ({
  membership: "invite",
  kind: "webhook",
  channel: channelId(channel) as string,
});
const LATER = T0 + 1_000_000;

const banned = (content: JsonObject = ban) => (room: TestRoom) => {
  room.add(room.member(mod, bob, content));
};
const invited = (content: JsonObject = invite) => (room: TestRoom) => {
  room.add(room.member(mod, bob, content));
};

const CASES: readonly Case[] = [
  { name: "join: public", by: bob, of: bob, content: join },
  { name: "join: of another", by: mod, of: bob, content: join, refusedBy: "member.join" },
  { name: "join: while joined", by: ann, of: ann, content: join, refusedBy: "member.join" },
  {
    name: "join: banned",
    before: banned(),
    by: bob,
    of: bob,
    content: join,
    refusedBy: "member.join",
  },
  {
    name: "join: a ban before its end",
    before: banned({ membership: "ban", until: LATER }),
    by: bob,
    of: bob,
    content: join,
    ts: LATER - 1,
    refusedBy: "member.join",
  },
  {
    name: "join: a ban at its end",
    before: banned({ membership: "ban", until: LATER }),
    by: bob,
    of: bob,
    content: join,
    ts: LATER,
  },
  {
    name: "join: invite rule, not invited",
    rule: "invite",
    by: bob,
    of: bob,
    content: join,
    refusedBy: "member.join",
  },
  { name: "join: invited", rule: "invite", before: invited(), by: bob, of: bob, content: join },
  {
    name: "join: invite at its last moment",
    rule: "invite",
    before: invited({ membership: "invite", expires: LATER }),
    by: bob,
    of: bob,
    content: join,
    ts: LATER,
  },
  {
    name: "join: expired invite",
    rule: "invite",
    before: invited({ membership: "invite", expires: LATER }),
    by: bob,
    of: bob,
    content: join,
    ts: LATER + 1,
    refusedBy: "member.join",
  },
  {
    name: "join: knock rule, not invited",
    rule: "knock",
    by: bob,
    of: bob,
    content: join,
    refusedBy: "member.join",
  },
  {
    name: "join: restricted, nobody vouches",
    rule: "restricted",
    by: bob,
    of: bob,
    content: join,
    refusedBy: "member.join",
  },
  {
    name: "join: restricted, vouched",
    rule: "restricted",
    by: bob,
    of: bob,
    content: { membership: "join", authorised_via: mod },
  },
  {
    name: "join: restricted, vouched by one without CREATE_INVITE",
    rule: "restricted",
    by: bob,
    of: bob,
    content: { membership: "join", authorised_via: ann },
    refusedBy: "member.join",
  },
  {
    name: "join: restricted, vouched by one who is not joined",
    rule: "restricted",
    by: bob,
    of: bob,
    content: { membership: "join", authorised_via: user("gone") },
    refusedBy: "member.join",
  },
  {
    name: "join: restricted, invited",
    rule: "restricted",
    before: invited(),
    by: bob,
    of: bob,
    content: join,
  },
  {
    name: "join: the owner always may",
    rule: "invite",
    before: (room) => room.add(room.member(owner, owner, leave)),
    by: owner,
    of: owner,
    content: join,
  },
  {
    name: "join: as a bot without invite",
    by: bob,
    of: bob,
    content: { membership: "join", kind: "bot" },
    refusedBy: "member.join",
  },
  {
    name: "join: as the bot it was invited as",
    before: (room) => room.add(room.member(owner, bob, { membership: "invite", kind: "bot" })),
    by: bob,
    of: bob,
    content: { membership: "join", kind: "bot" },
  },
  {
    name: "join: a webhook in another channel than invited to",
    before: (room) =>
      room.add(room.member(owner, bob, {
        membership: "invite",
        kind: "webhook",
        channel: channelId(1) as string,
      })),
    by: bob,
    of: bob,
    content: { membership: "join", kind: "webhook", channel: channelId(2) as string },
    refusedBy: "member.join",
  },
  { name: "invite: with CREATE_INVITE", by: mod, of: bob, content: invite },
  { name: "invite: without", by: ann, of: bob, content: invite, refusedBy: "member.invite" },
  { name: "invite: again", before: invited(), by: mod, of: bob, content: invite },
  { name: "invite: of a member", by: mod, of: ann, content: invite, refusedBy: "member.invite" },
  {
    name: "invite: of somebody banned",
    before: banned(),
    by: mod,
    of: bob,
    content: invite,
    refusedBy: "member.invite",
  },
  {
    name: "invite: after the ban's end",
    before: banned({ membership: "ban", until: LATER }),
    by: mod,
    of: bob,
    content: invite,
    ts: LATER,
  },
  {
    name: "invite: by somebody who is not joined",
    by: bob,
    of: user("x"),
    content: invite,
    refusedBy: "member.invite",
  },
  {
    name: "invite: a bot needs MANAGE_GUILD",
    by: mod,
    of: bob,
    content: { membership: "invite", kind: "bot" },
    refusedBy: "member.invite",
  },
  {
    name: "invite: a webhook without channel",
    by: owner,
    of: bob,
    content: { membership: "invite", kind: "webhook" },
    refusedBy: "member.invite",
  },
  { name: "leave: one's own", by: ann, of: ann, content: leave },
  {
    name: "leave: as a webhook, by who is none",
    by: ann,
    of: ann,
    content: { ...leave, kind: "webhook", channel: channelId(1) as string },
    refusedBy: "member.kind",
  },
  {
    name: "leave: with a channel, by who has none",
    by: ann,
    of: ann,
    content: { ...leave, channel: channelId(1) as string },
    refusedBy: "member.kind",
  },
  {
    name: "kick: a webhook, said so",
    before: (room) => room.add(room.member(owner, bob, webhook(1))),
    by: owner,
    of: bob,
    content: { ...webhook(1), ...leave },
  },
  {
    name: "ban: a webhook that was moved meanwhile",
    before: (room) => room.add(room.member(owner, bob, webhook(1))),
    by: owner,
    of: bob,
    content: { ...webhook(2), ...ban },
  },
  {
    name: "ban: of somebody unknown as a bot",
    by: owner,
    of: bob,
    content: { ...ban, kind: "bot" },
    refusedBy: "member.kind",
  },
  { name: "leave: an invite declined", before: invited(), by: bob, of: bob, content: leave },
  {
    name: "leave: a knock taken back",
    rule: "knock",
    before: (room) => room.add(room.member(bob, bob, knock)),
    by: bob,
    of: bob,
    content: leave,
  },
  { name: "leave: not there", by: bob, of: bob, content: leave, refusedBy: "member.leave" },
  {
    name: "leave: banned",
    before: banned(),
    by: bob,
    of: bob,
    content: leave,
    refusedBy: "member.leave",
  },
  { name: "kick: a member below", by: mod, of: ann, content: leave },
  { name: "kick: an invited user", before: invited(), by: mod, of: bob, content: leave },
  {
    name: "kick: a knocking user",
    rule: "knock",
    before: (room) => room.add(room.member(bob, bob, knock)),
    by: mod,
    of: bob,
    content: leave,
  },
  { name: "kick: equal rank", by: mod, of: peer, content: leave, refusedBy: "member.kick" },
  { name: "kick: the owner", by: mod, of: owner, content: leave, refusedBy: "member.kick" },
  { name: "kick: without KICK", by: ann, of: bob, content: leave, refusedBy: "member.kick" },
  {
    name: "kick: somebody who is not there",
    by: mod,
    of: bob,
    content: leave,
    refusedBy: "member.kick",
  },
  {
    name: "kick: by somebody who is not joined",
    by: bob,
    of: ann,
    content: leave,
    refusedBy: "member.kick",
  },
  { name: "unban: with BAN", before: banned(), by: peer, of: bob, content: leave },
  {
    name: "unban: without",
    before: banned(),
    by: ann,
    of: bob,
    content: leave,
    refusedBy: "member.unban",
  },
  {
    name: "unban: needs no rank above the target",
    before: (room) => {
      room.add(room.member(owner, peer, ban));
      room.add({
        type: "m.guild.owner",
        sender: owner,
        stateKey: "",
        content: { user: peer },
      });
    },
    by: mod,
    of: peer,
    content: leave,
  },
  { name: "ban: a member below", by: mod, of: ann, content: ban },
  { name: "ban: a stranger", by: mod, of: bob, content: ban },
  { name: "ban: again, with an end", before: banned(), by: mod, of: bob, content: ban },
  { name: "ban: equal rank", by: mod, of: peer, content: ban, refusedBy: "member.ban" },
  { name: "ban: oneself", by: mod, of: mod, content: ban, refusedBy: "member.ban" },
  { name: "ban: without BAN", by: ann, of: bob, content: ban, refusedBy: "member.ban" },
  { name: "knock: where the rule has it", rule: "knock", by: bob, of: bob, content: knock },
  { name: "knock: where it has not", by: bob, of: bob, content: knock, refusedBy: "member.knock" },
  {
    name: "knock: for another",
    rule: "knock",
    by: mod,
    of: bob,
    content: knock,
    refusedBy: "member.knock",
  },
  {
    name: "knock: joined",
    rule: "knock",
    by: ann,
    of: ann,
    content: knock,
    refusedBy: "member.knock",
  },
  {
    name: "knock: invited",
    rule: "knock",
    before: invited(),
    by: bob,
    of: bob,
    content: knock,
    refusedBy: "member.knock",
  },
  {
    name: "knock: banned",
    rule: "knock",
    before: banned(),
    by: bob,
    of: bob,
    content: knock,
    refusedBy: "member.knock",
  },
  {
    name: "no membership of that name",
    by: bob,
    of: bob,
    content: { membership: "visit" },
    refusedBy: "content",
  },
];

for (const fixture of CASES) {
  Deno.test(`member: ${fixture.name}`, () => {
    const room = guild(fixture.rule);
    fixture.before?.(room);
    const draft = room.member(fixture.by, fixture.of, fixture.content);
    const { verdict } = room.try({ ...draft, ...(fixture.ts ? { ts: fixture.ts } : {}) });
    const refusedBy = verdict.ok ? undefined : verdict.rule;
    assert.equal(refusedBy, fixture.refusedBy, verdict.ok ? "allowed" : verdict.reason);
  });
}

Deno.test("member: roles end with the join they were given in", () => {
  const room = guild();
  room.add(room.member(mod, mod, leave));
  assert.deepEqual(room.authority().rolesOf(mod), []);
  room.join(mod);
  assert.deepEqual(room.authority().rolesOf(mod), [], "a new join has no roles");
  assert.equal(room.authority().rank(mod), 0);
  room.add(room.give(owner, mod, ["mod"]));
  assert.deepEqual(room.authority().rolesOf(mod), ["mod"]);
});

Deno.test("dm: only the two, both may always join, nobody kicks, bans or owns", () => {
  const room = new TestRoom({ kind: "dm", creator: ann, users: [ann, bob] });
  room.join(ann);
  room.add(room.member(ann, bob, invite));
  room.join(bob);
  const refused = (draft: Parameters<TestRoom["try"]>[0]) => assert(!room.try(draft).verdict.ok);
  refused(room.member(ann, mod, invite));
  refused(room.member(mod, mod, join));
  refused(room.member(ann, bob, leave));
  refused(room.member(ann, bob, ban));
  refused({ type: "m.guild.owner", sender: ann, stateKey: "", content: { user: ann } });
  refused(room.roles(ann, "0", {}));
  refused({ type: "m.room.join_rules", sender: ann, stateKey: "", content: { rule: "public" } });
  room.add(room.member(bob, bob, leave));
  room.join(bob);
});

Deno.test("encryption is begun by either of a DM once joined, in a group DM by its owner alone", () => {
  const content = { algorithm: "mls" };
  const begins = (sender: typeof ann) =>
    ({ type: "m.room.encryption", sender, stateKey: "", content }) as const;
  const dm = new TestRoom({ kind: "dm", creator: ann, users: [ann, bob] });
  dm.join(ann);
  dm.add(dm.member(ann, bob, invite));
  assert(!dm.try(begins(bob)).verdict.ok, "who is only invited has no say");
  assert(!dm.try(begins(mod)).verdict.ok);
  dm.join(bob);
  dm.add(begins(bob));
  // Whoever did not hear of that says it again.
  dm.add(begins(ann));
  dm.add(dm.member(bob, bob, leave));
  assert(!dm.try(begins(bob)).verdict.ok, "nor has who left");
  const group = new TestRoom({ kind: "group_dm", creator: ann });
  group.add({ type: "m.guild.owner", sender: ann, stateKey: "", content: { user: ann } });
  group.join(ann);
  group.add(group.member(ann, bob, invite));
  group.join(bob);
  assert(!group.try(begins(bob)).verdict.ok);
  group.add(begins(ann));
});

Deno.test("group dm: everybody invites, the owner alone kicks", () => {
  const room = new TestRoom({ kind: "group_dm", creator: ann });
  room.add({ type: "m.guild.owner", sender: ann, stateKey: "", content: { user: ann } });
  room.join(ann);
  room.add(room.member(ann, bob, invite));
  room.join(bob);
  room.add(room.member(bob, mod, invite));
  room.join(mod);
  assert(!room.try(room.member(bob, mod, leave)).verdict.ok);
  assert(!room.try(room.roles(ann, "0", {})).verdict.ok, "a group DM has no tables");
  const open = {
    type: "m.room.join_rules",
    sender: ann,
    stateKey: "",
    content: { rule: "public" },
  };
  assert(!room.try(open).verdict.ok, "and is entered by invitation alone");
  assert(!room.try(room.member(cat, cat, join)).verdict.ok);
  room.add({ type: "m.guild.meta", sender: bob, stateKey: "", content: { name: "Trip" } });
  room.add(room.member(ann, mod, leave));
});

Deno.test("group dm: the owner hands over, to whoever is there longest where nobody is named", () => {
  const room = new TestRoom({ kind: "group_dm", creator: ann });
  const owns = (sender: UserId, heir: UserId) => ({
    type: "m.guild.owner",
    sender,
    stateKey: "",
    content: { user: heir },
  });
  room.add(owns(ann, ann));
  room.join(ann);
  for (const each of [bob, mod]) {
    room.add(room.member(ann, each, invite));
    room.join(each);
  }
  assert.deepEqual(byJoining(room.authority()), [ann, bob, mod]);
  room.add(room.member(ann, cat, invite));
  assert.deepEqual(groupPeople(room.authority(), room.ts).sort(), [ann, bob, mod, cat].sort());
  assert(!room.try(owns(bob, bob)).verdict.ok, "nobody takes it");
  room.add(owns(ann, bob));
  assert(!room.try(room.member(ann, mod, leave)).verdict.ok, "the former owner removes nobody");
  room.add(room.member(ann, ann, leave));
  assert.deepEqual(byJoining(room.authority()), [bob, mod]);
  assert(!room.try(room.member(ann, ann, join)).verdict.ok, "nor comes back uninvited");
  room.add(room.member(bob, mod, leave));
});

Deno.test("federate false: nobody of another server is invited, joins or acts", () => {
  const room = new TestRoom({ federate: false });
  room.add({ type: "m.guild.owner", sender: owner, stateKey: "", content: { user: owner } });
  room.join(owner);
  room.add({ type: "m.room.join_rules", sender: owner, stateKey: "", content: { rule: "public" } });
  const invited = room.try(room.member(owner, bob, invite)).verdict;
  const joined = room.try(room.member(bob, bob, join)).verdict;
  assert(!invited.ok && invited.rule === "federate");
  assert(!joined.ok && joined.rule === "federate");
  room.join(ann);
});
