import assert from "node:assert/strict";
import { channelId, openGuild, T0, TestRoom, user } from "../../tests/state/room.ts";
import type { ControlEvent, TimelineEvent } from "../event/event.ts";
import type { JsonObject } from "../event/json.ts";
import type { ChannelId } from "../ids/channel_id.ts";
import type { UserId } from "../ids/user_id.ts";
import { bitsOf, formatBits, type Right } from "../permissions/bits.ts";
import { authorityFor, judgeCurrent, type Present } from "./judge_current.ts";
import { allows, matchesGlob, parseServerAcl } from "./server_acl.ts";

const owner = user("owner");
const mod = user("mod");
const ann = user("ann");
const bob = user("bob", "two.example");
const CHANNEL = channelId(1) as ChannelId;
const hex = (...rights: Right[]) => formatBits(bitsOf(...rights));

function guild(): TestRoom {
  const room = openGuild({
    mod: { position: 10, bits: hex("KICK", "MANAGE_MESSAGES", "MANAGE_THREADS", "PIN") },
  }, {
    everyone: hex("VIEW_CHANNEL", "SEND", "SEND_IN_THREADS", "PIN"),
    members: [mod, ann, bob],
  });
  room.add(room.give(owner, mod, ["mod"]));
  const content = { kind: "text", closed: false, entries: [] };
  room.add({ type: "m.channel.policy", sender: owner, stateKey: CHANNEL, content });
  return room;
}

function post(room: TestRoom, sender: UserId, more: { ts?: number; type?: string } = {}) {
  const template = room.events.get(room.heads[0] as never) as ControlEvent;
  const event: TimelineEvent = {
    ...template,
    pdu: {
      type: more.type ?? "m.room.message",
      room_id: room.roomId,
      sender,
      origin_server: template.pdu.origin_server,
      origin_ts: more.ts ?? room.ts,
      content: {},
      content_hash: "",
      prev_events: [],
      signatures: {},
      channel_id: CHANNEL,
      state_refs: room.heads,
    },
  };
  return event;
}

function judge(room: TestRoom, event: TimelineEvent, more: Partial<Present> = {}): string {
  const verdict = judgeCurrent(event, {
    current: room.authority(),
    stateBefore: room.state,
    nowMs: event.pdu.origin_ts,
    ...more,
  });
  return verdict.ok ? "accept" : verdict.rule;
}

Deno.test("step 6: up to five minutes ahead of the clock, and no more", () => {
  const room = guild();
  const event = post(room, ann);
  const ts = event.pdu.origin_ts;
  assert.equal(judge(room, event, { nowMs: ts - 300_000 }), "accept");
  assert.equal(judge(room, event, { nowMs: ts - 300_001 }), "now.future");
});

Deno.test("step 6: a key that no longer counts", () => {
  const room = guild();
  assert.equal(judge(room, post(room, ann), { keyRefusal: "revoked" }), "now.key");
});

Deno.test("step 6: the server ACL, which steps 4 and 5 never ask", () => {
  const room = guild();
  const content = { allow: ["*"], deny: ["two.*"], allow_ip_literals: false };
  room.add({ type: "m.room.server_acl", sender: owner, stateKey: "", content });
  assert.equal(judge(room, post(room, bob)), "now.acl");
  assert.equal(judge(room, post(room, ann)), "accept");
});

Deno.test("step 6: what was said before a voluntary leave counts, after it not", () => {
  const room = guild();
  const before = room.state;
  const said = post(room, ann);
  const leave = room.add(room.member(ann, ann, { membership: "leave" }));
  assert.equal(judge(room, said, { stateBefore: before }), "accept");
  const later = post(room, ann, { ts: leave.pdu.origin_ts + 1 });
  assert.equal(judge(room, later, { stateBefore: before }), "timeline.right");
});

Deno.test("step 6: after a kick the same message is soft-failed", () => {
  const room = guild();
  const before = room.state;
  const said = post(room, ann);
  room.add(room.member(mod, ann, { membership: "leave" }));
  assert.equal(judge(room, said, { stateBefore: before }), "timeline.right");
});

Deno.test("step 6: the leave must cite the very join of the event's state; timeouts of now count", () => {
  const room = guild();
  const before = room.state;
  const said = post(room, ann);
  room.add(room.member(ann, ann, { membership: "leave" }));
  room.join(ann);
  room.add(room.member(ann, ann, { membership: "leave" }));
  assert.equal(judge(room, said, { stateBefore: before }), "timeline.right");

  const other = guild();
  const then = other.state;
  const words = post(other, ann);
  other.add({
    type: "m.room.timeout",
    sender: owner,
    stateKey: ann,
    content: { until: words.pdu.origin_ts + 60_000 },
  });
  other.add(other.member(ann, ann, { membership: "leave" }));
  assert.equal(judge(other, words, { stateBefore: then }), "timeline.right");
});

Deno.test("step 6: with the join in place of the leave, roles given in that join are back", () => {
  const room = guild();
  const before = room.state;
  const said = post(room, mod);
  room.add(room.member(mod, mod, { membership: "leave" }));
  const current = room.authority();
  assert.equal(current.rank(mod), 0);
  assert.equal(authorityFor(said, { current, stateBefore: before }).rank(mod), 10);
});

Deno.test("step 6: slow mode, its exemptions and what it does not concern", () => {
  const room = guild();
  const content: JsonObject = { name: "slow", slow_mode_s: 10 };
  room.add({ type: "m.channel.meta", sender: owner, stateKey: CHANNEL, content });
  const event = post(room, ann);
  const lastPostTs = event.pdu.origin_ts - 9_999;
  assert.equal(judge(room, event, { lastPostTs }), "now.slow_mode");
  assert.equal(judge(room, event, { lastPostTs: lastPostTs - 1 }), "accept");
  assert.equal(judge(room, event), "accept");
  assert.equal(judge(room, post(room, mod), { lastPostTs }), "accept");
  assert.equal(judge(room, post(room, ann, { type: "m.pin" }), { lastPostTs }), "accept");
});

Deno.test("step 6: a locked thread holds posts of all but its managers", () => {
  const room = guild();
  assert.equal(judge(room, post(room, ann), { threadLocked: true }), "now.locked");
  assert.equal(judge(room, post(room, mod), { threadLocked: true }), "accept");
});

Deno.test("step 6: one merge a minute and server; a rival hand-over after an hour; 500 channels", () => {
  const room = guild();
  const present = { current: room.authority(), stateBefore: room.state, nowMs: room.ts };
  const merge = room.build({
    type: "m.merge",
    sender: ann,
    prev: [...room.events.keys()].slice(-2),
  });
  const ts = merge.event.pdu.origin_ts;
  const rule = (verdict: ReturnType<typeof judgeCurrent>) => verdict.ok ? "accept" : verdict.rule;
  assert.equal(
    rule(judgeCurrent(merge.event, { ...present, lastMergeTs: ts - 59_999 })),
    "now.merge_rate",
  );
  assert.equal(rule(judgeCurrent(merge.event, { ...present, lastMergeTs: ts - 60_000 })), "accept");
  const rival = room.build({
    type: "m.guild.owner",
    sender: owner,
    stateKey: "",
    content: { user: ann },
  }).event;
  const nowMs = room.ts;
  const early = { ...present, nowMs, rivalOwnerAcceptedMs: nowMs - 3_600_000 };
  assert.equal(rule(judgeCurrent(rival, early)), "accept");
  const late = { ...early, rivalOwnerAcceptedMs: nowMs - 3_600_001 };
  assert.equal(rule(judgeCurrent(rival, late)), "now.rival_owner");
});

Deno.test("step 6: the 501st channel is soft-failed, closing one is not", () => {
  const room = guild();
  const policy = room.state.get("m.channel.policy", CHANNEL);
  assert(policy !== undefined);
  let state = room.state;
  for (let at = 1; at < 500; at++) {
    state = state.with({ ...policy, pdu: { ...policy.pdu, state_key: `c${at}` } });
  }
  const open = { kind: "text", closed: false, entries: [] };
  const draft = { type: "m.channel.policy", sender: owner, stateKey: channelId(2) as string };
  const present = { current: room.authority(state), stateBefore: room.state, nowMs: T0 + 1_000 };
  const next = judgeCurrent(room.build({ ...draft, content: open }).event, present);
  assert(!next.ok && next.rule === "now.channels");
  const closing = { ...draft, content: { ...open, closed: true } };
  assert(judgeCurrent(room.build(closing).event, present).ok);
});

Deno.test("step 6: a group DM of fifty people takes no further invite, and every join of an invited one", () => {
  const room = new TestRoom({ kind: "group_dm", creator: ann });
  room.add({ type: "m.guild.owner", sender: ann, stateKey: "", content: { user: ann } });
  room.join(ann);
  const invite = room.add(room.member(ann, bob, { membership: "invite" }));
  let state = room.state;
  for (let at = 2; at < 50; at++) {
    const pdu = { ...invite.pdu, state_key: user(`guest${at}`) };
    state = state.with({ ...invite, pdu } as ControlEvent);
  }
  const present = { current: room.authority(state), stateBefore: room.state, nowMs: T0 + 1_000 };
  const judged = (draft: Parameters<TestRoom["build"]>[0]) =>
    judgeCurrent(room.build(draft).event, present);
  const next = judged(room.member(ann, mod, { membership: "invite" }));
  assert(!next.ok && next.rule === "now.people");
  assert(judged(room.member(ann, bob, { membership: "invite" })).ok, "one that is renewed");
  assert(judged(room.member(bob, bob, { membership: "join" })).ok);
  assert(judged(room.member(ann, bob, { membership: "leave" })).ok);
});

Deno.test("server ACL: letter case, ports, trailing dots, address literals, pathological globs (A20)", () => {
  const acl = { allow: ["*"], deny: ["*.Evil.example", "evil.example"], allowIpLiterals: false };
  for (
    const name of [
      "evil.example",
      "EVIL.example",
      "evil.example:8448",
      "a.evil.example",
      "evil.example.",
    ]
  ) {
    assert.equal(allows(acl, name), false, name);
  }
  for (const name of ["192.0.2.7", "192.0.2.7:8448", "[2001:db8::1]", "[2001:db8::1]:8448"]) {
    assert.equal(allows(acl, name), false, name);
    assert.equal(allows({ ...acl, allowIpLiterals: true }, name), true, name);
  }
  assert.equal(allows(acl, "notevil.example"), true);
  assert.equal(allows({ ...acl, allow: [] }, "good.example"), false);
  assert.equal(matchesGlob("a?c*", "abcdef"), true);
  assert.equal(matchesGlob("*a".repeat(60) + "b", "a".repeat(250)), false);
  assert.equal(parseServerAcl({ allow: "*", deny: [], allow_ip_literals: true }), undefined);
});
