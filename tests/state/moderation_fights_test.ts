import assert from "node:assert/strict";
import type { ControlEvent } from "../../core/event/event.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import type { Authority } from "../../core/permissions/authority.ts";
import { bitsOf, formatBits } from "../../core/permissions/bits.ts";
import { resolve } from "../../core/state/resolve.ts";
import { casesOf } from "../harness/cases.ts";
import { print, Receiver } from "./ingest.ts";
import { NaiveResolver } from "./naive_resolve.ts";
import { Random } from "./random.ts";
import { shuffledOrder } from "./random_room.ts";
import { channelId, type Draft, openGuild, T0, TestRoom, user } from "./room.ts";

/**
 * Fights in which servers that do not hear each other moderate against each other. Each is
 * healed in many ways: at once, or by a bystander who joins what he happens to see in between.
 * Whatever the way, the outcome is the one that the fight states, a receiver that gets the events
 * in any order comes to it, and so does the second implementation. PROTOCOL.md 7.
 */

const HEALINGS = casesOf("FIGHT_HEALINGS", 40);

const owner = user("owner");
const watch = user("watch", "five.example");
const amy = user("amy");
const ben = user("ben", "two.example");
const cas = user("cas", "three.example");
const dot = user("dot");
const eve = user("eve", "two.example");
const fay = user("fay", "three.example");
const CHANNEL = channelId(1) as string;

const TALK = formatBits(bitsOf("VIEW_CHANNEL", "SEND", "CREATE_INVITE"));
const POWERS = formatBits(bitsOf(
  "VIEW_CHANNEL",
  "SEND",
  "KICK",
  "BAN",
  "MANAGE_ROLES",
  "MANAGE_CHANNELS",
  "MANAGE_GUILD",
  "MODERATE_MEMBERS",
  "CREATE_INVITE",
));
const ROLES = {
  high: { position: 50, bits: POWERS },
  peer: { position: 30, bits: POWERS },
  low: { position: 10, bits: POWERS },
  color: { position: 1, bits: "0" },
};

type Side = readonly Draft[];

interface Fight {
  readonly name: string;
  /** Roles of people before the servers part. */
  readonly roles: Readonly<Record<string, string[]>>;
  readonly before?: (room: TestRoom) => void;
  /** What each server's people do, one after the other, on what only they see. */
  readonly sides: (room: TestRoom) => readonly Side[];
  readonly outcome: (authority: Authority) => void;
}

const at = (draft: Draft, second: number): Draft => ({ ...draft, ts: T0 + 1_000_000 + second });

function policy(sender: UserId, closed: boolean): Draft {
  const content = { kind: "text", closed, entries: [] };
  return { type: "m.channel.policy", sender, stateKey: CHANNEL, content };
}

function handOver(sender: UserId, to: UserId): Draft {
  return { type: "m.guild.owner", sender, stateKey: "", content: { user: to } };
}

function timeout(sender: UserId, who: UserId): Draft {
  return {
    type: "m.room.timeout",
    sender,
    stateKey: who,
    content: { until: T0 + 1_000_000 + 86_400_000 },
  };
}

function joinRule(sender: UserId, rule: string): Draft {
  return { type: "m.room.join_rules", sender, stateKey: "", content: { rule } };
}

const ban = (room: TestRoom, by: UserId, who: UserId) =>
  room.member(by, who, { membership: "ban" });
const kick = (room: TestRoom, by: UserId, who: UserId) =>
  room.member(by, who, { membership: "leave" });

const FIGHTS: readonly Fight[] = [
  {
    name: "two moderators of one rank shut out each other's friends, and a higher one the first",
    roles: { [amy]: ["peer"], [ben]: ["high"], [cas]: ["peer"] },
    sides: (room) => [
      [
        at(ban(room, amy, fay), 2),
        at(policy(amy, true), 3),
      ],
      [
        at(ban(room, cas, dot), 0),
        at(policy(cas, true), 0),
        at(ban(room, ben, amy), 9),
        at(ban(room, cas, eve), 10),
      ],
    ],
    // Ben stands above both: amy's acts apart from his ban are void, and what cas did holds.
    outcome(authority) {
      assert.equal(authority.membership(amy), "ban");
      assert.equal(authority.membership(fay), "join");
      assert.equal(authority.membership(dot), "ban");
      assert.equal(authority.membership(eve), "ban");
    },
  },
  {
    name: "a chain of bans on three servers: each voids the next below it",
    roles: { [amy]: ["high"], [ben]: ["peer"], [cas]: ["low"] },
    sides: (room) => [
      [at(ban(room, amy, ben), 5)],
      [at(ban(room, ben, cas), 1)],
      [at(ban(room, owner, amy), 9)],
    ],
    // Whether the ban of cas holds is the bystander's to see: who joins the first two sides before
    // he hears of the third finds it void, and a merge does not bring back what one left out.
    outcome(authority) {
      assert.equal(authority.membership(amy), "ban");
      assert.equal(authority.membership(ben), "join");
    },
  },
  {
    name: "a former owner fights the hand-over that he made himself",
    roles: { [amy]: ["high"], [ben]: ["high"] },
    sides: (room) => [
      [
        at(handOver(owner, amy), 50),
        at(ban(room, amy, owner), 51),
        at(room.give(amy, ben, []), 52),
      ],
      [
        at(ban(room, owner, amy), 0),
        at(room.roles(owner, TALK, { high: ROLES.high }), 1),
        at(ban(room, ben, dot), 2),
        at(policy(owner, true), 3),
      ],
    ],
    outcome(authority) {
      assert.equal(authority.owner(), amy);
      assert.equal(authority.membership(amy), "join");
      assert.equal(authority.membership(owner), "ban");
      assert.deepEqual(authority.rolesOf(ben), []);
      assert.equal(authority.membership(dot), "join");
    },
  },
  {
    name: "a role is taken out of the table while its holder gives it on",
    roles: { [amy]: ["high"], [ben]: ["peer"] },
    sides: (room) => [
      [at(room.roles(amy, TALK, { high: ROLES.high, color: ROLES.color }), 30)],
      [
        at(room.give(ben, eve, ["low"]), 0),
        at(ban(room, eve, dot), 1),
        at(policy(eve, true), 2),
      ],
    ],
    outcome(authority) {
      assert.deepEqual(authority.rolesOf(ben), []);
      assert.deepEqual(authority.rolesOf(eve), []);
      assert.equal(authority.membership(dot), "join");
    },
  },
  {
    name: "one server unbans and takes back in whom the other bans anew",
    roles: { [amy]: ["high"], [ben]: ["low"] },
    before: (room) => room.add(ban(room, ben, eve)),
    sides: (room) => [
      [at(room.member(amy, eve, { membership: "ban", reason: "spam" }), 40)],
      [
        at(kick(room, ben, eve), 0),
        at(room.member(eve, eve, { membership: "join" }), 1),
        at(room.give(ben, eve, ["color"]), 2),
      ],
    ],
    // Unbanning asks for no rank, so it is allowed on the new ban as well; the server whose ban
    // lost the merge says it again.
    outcome(authority) {
      assert.equal(authority.membership(eve), "join");
      assert.deepEqual(authority.rolesOf(eve), ["color"]);
    },
  },
  {
    name: "a moderator who was timed out on one server goes on with banning on his own",
    roles: { [amy]: ["high"], [ben]: ["peer"] },
    sides: (room) => [
      [at(timeout(amy, ben), 20)],
      [
        at(ban(room, ben, dot), 0),
        at(room.give(ben, eve, ["low"]), 1),
        at(ban(room, eve, fay), 2),
        at(timeout(ben, eve), 3),
      ],
    ],
    outcome(authority) {
      assert.equal(authority.membership(dot), "join");
      assert.equal(authority.membership(fay), "join");
      assert.deepEqual(authority.rolesOf(eve), []);
    },
  },
  {
    name: "the owner empties the table against a raid while a moderator opens the doors",
    roles: { [ben]: ["high"], [cas]: ["peer"] },
    before: (room) => room.add(joinRule(owner, "invite")),
    sides: (room) => [
      [
        at(room.roles(owner, TALK, {}), 60),
        at(ban(room, owner, ben), 61),
      ],
      [
        at(joinRule(ben, "public"), 0),
        at(
          room.member(user("raider", "two.example"), user("raider", "two.example"), {
            membership: "join",
          }),
          1,
        ),
        at(room.give(ben, user("raider", "two.example"), ["low"]), 2),
        at(ban(room, user("raider", "two.example"), dot), 3),
      ],
      [at(room.give(cas, fay, ["low"]), 5), at(kick(room, fay, eve), 6)],
    ],
    outcome(authority) {
      assert.equal(authority.membership(ben), "ban");
      assert.equal(authority.membership(dot), "join");
      assert.equal(authority.membership(eve), "join");
      assert.deepEqual(authority.rolesOf(fay), []);
      assert.deepEqual(authority.rolesOf(user("raider", "two.example")), []);
      assert.equal(authority.view.get("m.room.join_rules", "")?.pdu.content["rule"], "invite");
      assert.equal(authority.membership(user("raider", "two.example")), "leave");
    },
  },
];

/** The fight's own events, each side's in order; all branches begin at one place. */
function begin(fight: Fight): { room: TestRoom; sides: ControlEvent[][] } {
  const room = openGuild(ROLES, {
    everyone: TALK,
    members: [watch, amy, ben, cas, dot, eve, fay],
  });
  for (const [who, roles] of Object.entries(fight.roles)) {
    room.add(room.give(owner, who as UserId, roles));
  }
  room.add(policy(owner, false));
  fight.before?.(room);
  const fork = room.heads;
  const sides = fight.sides(room).map((drafts) => {
    let prev = fork;
    return drafts.map((draft) => {
      const event = room.add({ ...draft, prev });
      prev = [event.id];
      return event;
    });
  });
  return { room, sides };
}

/** A bystander joins what he has seen of the sides, some of it before they end. */
function heal(room: TestRoom, sides: readonly ControlEvent[][], random: Random): void {
  const seen = sides.map(() => 0);
  let last: EventId | undefined;
  let second = 0;
  while (sides.some((side, which) => (seen[which] as number) < side.length)) {
    const which = random.below(sides.length);
    seen[which] = Math.min((seen[which] as number) + 1, (sides[which] as ControlEvent[]).length);
    if (random.chance(0.4)) continue;
    const ends = sides.flatMap((side, each) => side[(seen[each] as number) - 1]?.id ?? []);
    const prev = [...new Set([...(last === undefined ? [] : [last]), ...ends])];
    if (prev.length < 2) continue;
    last = room.add({ type: "m.merge", sender: watch, prev, ts: T0 + 2_000_000 + second++ }).id;
  }
}

/** Every merge of the graph, and of its ends, by the second implementation. */
function assertAgreed(room: TestRoom): void {
  const naive = new NaiveResolver(room.events, room.facts);
  const merges = [...room.events.values()].map(({ pdu }) => pdu.prev_events)
    .concat([room.heads]).filter((parents) => parents.length > 1);
  for (const parents of merges) {
    const states = parents.map((id) => room.stateAfter([id]));
    const resolution = resolve(states, { graph: room.graph });
    assert(resolution.kind === "resolved");
    const plain = naive.resolve(states.map((state) => new Map(state.entries())));
    const printed = [...plain].map(([key, { id }]) => `${key} ${id}`).sort().join("\n");
    assert.equal(print(resolution.state), printed);
  }
}

for (const fight of FIGHTS) {
  Deno.test(`a fight between servers: ${fight.name}`, () => {
    for (let seed = 1; seed <= HEALINGS; seed++) {
      const random = new Random(seed);
      const { room, sides } = begin(fight);
      if (seed > 1) heal(room, sides, random);
      const wanted = room.state;
      try {
        fight.outcome(room.authority(wanted));
      } catch (failure) {
        throw new Error(`healing ${seed}`, { cause: failure });
      }
      if (seed <= 10) assertAgreed(room);
      const receiver = new Receiver(room.facts);
      for (const event of shuffledOrder(room.events.values(), random)) {
        assert(
          receiver.receive(event),
          `healing ${seed}: ${event.pdu.type} is accepted in any order`,
        );
      }
      assert.equal(print(receiver.current()), print(wanted), `healing ${seed}`);
    }
  });
}
