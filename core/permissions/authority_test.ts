import assert from "node:assert/strict";
import { Random } from "../../tests/state/random.ts";
import { PEOPLE, randomRoom } from "../../tests/state/random_room.ts";
import { channelId, openGuild, T0, TestRoom, user } from "../../tests/state/room.ts";
import type { ChannelId } from "../ids/channel_id.ts";
import type { StateMap } from "../state/state_map.ts";
import { Authority } from "./authority.ts";
import { bitsOf, formatBits, holds, type Right, WEBHOOK_BITS } from "./bits.ts";
import { explain } from "./explain.ts";

const owner = user("owner");
const mod = user("mod");
const ann = user("ann");
const hook = user("hook");
const CHANNEL = channelId(1) as ChannelId;
const hex = (...rights: Right[]) => formatBits(bitsOf(...rights));

function guild(): TestRoom {
  const room = openGuild({
    admin: { position: 50, bits: hex("ADMINISTRATOR") },
    mod: { position: 10, bits: hex("SEND", "KICK") },
    muted: { position: 1, bits: "0" },
  }, { everyone: hex("VIEW_CHANNEL", "READ_HISTORY", "SEND"), members: [mod, ann] });
  room.add(room.give(owner, mod, ["mod"]));
  setPolicy(room, []);
  return room;
}

function setPolicy(room: TestRoom, entries: { target: string; allow: string; deny: string }[]) {
  const content = { kind: "text", closed: false, entries };
  room.add({ type: "m.channel.policy", sender: owner, stateKey: CHANNEL, content });
}

/** What two authorities say about everybody, in full. */
function everything(authority: Authority, at: number): unknown {
  return {
    owner: authority.owner(),
    joined: [...authority.joinedUsers()].sort(),
    count: authority.memberCount(),
    viewers: [...authority.viewersOf(CHANNEL)].sort(),
    servers: [...authority.viewingServers(CHANNEL)].sort(),
    people: PEOPLE.map((who) => [
      authority.rolesOf(who),
      authority.rank(who),
      authority.base(who, at),
      authority.rights(who, CHANNEL, at),
      authority.membership(who, at),
    ]),
  };
}

Deno.test("authority: handed on from state to state, also across merges, it equals one made anew", () => {
  for (let seed = 1; seed <= 40; seed++) {
    const room = randomRoom(new Random(seed), 20);
    const states = [...room.states.values()];
    let state = states[0] as StateMap;
    let kept = new Authority(state, room.facts);
    for (const next of states.slice(1)) {
      kept = kept.next(next, state.differing(next));
      state = next;
      const anew = new Authority(next, room.facts);
      assert.deepEqual(everything(kept, room.ts), everything(anew, room.ts));
      const viewing = PEOPLE.filter((who) =>
        holds(anew.rights(who, CHANNEL, room.ts), "VIEW_CHANNEL")
      );
      assert.deepEqual([...kept.viewersOf(CHANNEL)].sort(), viewing.sort());
    }
  }
});

Deno.test("authority: viewers follow roles, entries and membership", () => {
  const room = guild();
  assert.deepEqual([...room.authority().viewersOf(CHANNEL)].sort(), [ann, mod, owner]);
  setPolicy(room, [
    { target: "everyone", allow: "0", deny: hex("VIEW_CHANNEL") },
    { target: "mod", allow: hex("VIEW_CHANNEL"), deny: "0" },
  ]);
  assert.deepEqual([...room.authority().viewersOf(CHANNEL)].sort(), [mod, owner]);
  room.add(room.member(mod, mod, { membership: "leave" }));
  assert.deepEqual([...room.authority().viewersOf(CHANNEL)], [owner]);
});

Deno.test("authority: viewers read by sets of roles are those with the right, entries of single people, webhooks and the owner too", () => {
  const everybody = [owner, mod, ann, hook, user("zoe"), user("yan", "two.example")];
  const hide = hex("VIEW_CHANNEL");
  for (let seed = 1; seed <= 60; seed++) {
    const random = new Random(seed);
    const room = guild();
    room.add(room.member(owner, hook, { membership: "invite", kind: "webhook", channel: CHANNEL }));
    let kept = room.authority();
    let { state } = room;
    for (let step = 0; step < 40; step++) {
      const who = random.pick(everybody);
      const webhook = who === hook ? { kind: "webhook", channel: CHANNEL } : {};
      const targets = random.some(["everyone", "admin", "mod", "muted", ...everybody], 0.3).sort();
      const drafts = [
        room.give(owner, who, random.some(["admin", "mod", "muted"], 0.4)),
        room.member(who, who, { membership: random.chance(0.7) ? "join" : "leave", ...webhook }),
        room.roles(owner, random.chance(0.7) ? hex("VIEW_CHANNEL", "SEND") : "0", {
          admin: { position: 50, bits: hex("ADMINISTRATOR") },
          mod: { position: 10, bits: random.chance(0.5) ? hide : "0" },
          muted: { position: 1, bits: "0" },
        }),
        {
          type: "m.channel.policy",
          sender: owner,
          stateKey: CHANNEL,
          content: {
            kind: "text",
            closed: random.chance(0.1),
            entries: targets.map((target) =>
              random.chance(0.5)
                ? { target, allow: hide, deny: "0" }
                : { target, allow: "0", deny: hide }
            ),
          },
        },
      ];
      room.try(random.pick(drafts));
      kept = kept.next(room.state, state.differing(room.state));
      state = room.state;
      // Asked now and then: what is handed on gathers several changes.
      if (random.chance(0.5)) continue;
      const viewing = everybody.filter((each) =>
        holds(room.authority().rights(each, CHANNEL, T0), "VIEW_CHANNEL")
      );
      assert.deepEqual([...kept.viewersOf(CHANNEL)].sort(), viewing.sort(), `seed ${seed}`);
    }
  }
});

Deno.test("authority: a webhook may send in its one channel while joined, and nothing else", () => {
  const room = guild();
  room.add({
    ...room.member(owner, hook, { membership: "invite", kind: "webhook", channel: CHANNEL }),
  });
  const rights = () => room.authority().rights(hook, CHANNEL, T0);
  assert.equal(rights(), 0n, "invited only");
  room.add(room.member(hook, hook, { membership: "join", kind: "webhook", channel: CHANNEL }));
  assert.equal(rights(), WEBHOOK_BITS);
  assert.equal(room.authority().base(hook, T0), 0n);
  assert.equal(room.authority().rights(hook, channelId(2) as ChannelId, T0), 0n);
  room.add(room.give(owner, hook, ["admin"]));
  assert.equal(rights(), WEBHOOK_BITS, "roles count for nothing");
  assert(!room.authority().viewersOf(CHANNEL).has(hook));
  room.add(room.member(owner, hook, { membership: "leave" }));
  assert.equal(rights(), 0n, "a webhook that was removed");
});

Deno.test("authority: a private room's main is open without a policy, and obeys one", () => {
  const room = new TestRoom({ kind: "private", creator: owner });
  const main = "main" as ChannelId;
  room.add({ type: "m.guild.owner", sender: owner, stateKey: "", content: { user: owner } });
  room.join(owner);
  room.add(room.roles(owner, hex("VIEW_CHANNEL", "SEND"), {}));
  room.add({ type: "m.room.join_rules", sender: owner, stateKey: "", content: { rule: "public" } });
  room.join(ann);
  assert(holds(room.authority().rights(ann, main, T0), "SEND"));
  const content = { kind: "text", closed: true, entries: [] };
  room.add({ type: "m.channel.policy", sender: owner, stateKey: "main", content });
  assert.equal(room.authority().rights(owner, main, T0), 0n);
  assert.deepEqual([...room.authority().channels().keys()], [main]);
});

function why(room: TestRoom, right: Right, who = ann, atTs = T0) {
  return explain(room.authority(), { user: who, right, channelId: CHANNEL, atTs });
}

Deno.test("explain: names the role, the entry and the event that decided", () => {
  const room = guild();
  const roles = room.state.get("m.guild.roles", "")?.id;
  assert.deepEqual(why(room, "SEND").deciding, {
    effect: "allow",
    cause: "role",
    role: "everyone",
    eventId: roles,
  });
  assert.deepEqual(why(room, "KICK").deciding, {
    effect: "deny",
    cause: "not_granted",
    eventId: roles,
  });
  assert.equal(why(room, "SEND", mod).deciding.role, "mod");
  assert.equal(why(room, "BAN", owner).deciding.cause, "owner");
  assert.equal(why(room, "SEND", user("gone")).deciding.cause, "not_joined");

  setPolicy(room, [
    { target: "everyone", allow: "0", deny: hex("SEND") },
    { target: "mod", allow: hex("SEND"), deny: "0" },
  ]);
  const policy = room.state.get("m.channel.policy", CHANNEL)?.id;
  assert.deepEqual(why(room, "SEND").deciding, {
    effect: "deny",
    cause: "entry",
    entry: "everyone",
    eventId: policy,
  });
  assert.deepEqual(why(room, "SEND", mod).deciding, {
    effect: "allow",
    cause: "entry",
    entry: "mod",
    eventId: policy,
  });
  assert.equal(
    why(room, "SEND", mod).steps.length,
    3,
    "granted, denied to everyone, allowed to mod",
  );
});

Deno.test("explain: hidden channels, timeouts, administrators, closed and unknown channels", () => {
  const room = guild();
  setPolicy(room, [{ target: ann, allow: "0", deny: hex("VIEW_CHANNEL") }]);
  const hidden = why(room, "SEND").deciding;
  assert.deepEqual([hidden.effect, hidden.cause, hidden.entry], ["deny", "hidden", ann]);
  const until = T0 + 1_000;
  room.add({ type: "m.room.timeout", sender: owner, stateKey: mod, content: { until } });
  assert.equal(why(room, "SEND", mod, until - 1).deciding.cause, "timeout");
  assert.equal(why(room, "READ_HISTORY", mod, until - 1).allowed, true);
  assert.equal(why(room, "SEND", mod, until).allowed, true);
  room.add(room.give(owner, ann, ["admin"]));
  assert.equal(why(room, "SEND").deciding.cause, "administrator");
  const nowhere = {
    user: ann,
    right: "SEND" as const,
    channelId: channelId(3) as ChannelId,
    atTs: T0,
  };
  assert.equal(explain(room.authority(), nowhere).deciding.cause, "unknown_channel");
  const content = { kind: "text", closed: true, entries: [] };
  room.add({ type: "m.channel.policy", sender: owner, stateKey: CHANNEL, content });
  assert.equal(why(room, "SEND", owner).deciding.cause, "closed_channel");
});

Deno.test("bits: hex as the specification writes it, and nothing else", async () => {
  const { parseBits } = await import("./bits.ts");
  assert.equal(parseBits("0"), 0n);
  assert.equal(parseBits("f".repeat(32)), (1n << 128n) - 1n);
  for (const bad of ["", "00", "01", "A", "0x1", "g", "f".repeat(33), 1, null, undefined, " 1"]) {
    assert.equal(parseBits(bad), undefined, String(bad));
  }
});
