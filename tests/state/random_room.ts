import type { ControlEvent } from "../../core/event/event.ts";
import type { JsonObject } from "../../core/event/json.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import { BIT, bitsOf, formatBits, RIGHT_NAMES } from "../../core/permissions/bits.ts";
import type { StateMap } from "../../core/state/state_map.ts";
import type { Random } from "./random.ts";
import { channelId, type Draft, openGuild, T0, type TestRoom, user } from "./room.ts";

const OWNER = user("owner");
export const PEOPLE: readonly UserId[] = [
  OWNER,
  user("ann"),
  user("bob", "two.example"),
  user("cat", "two.example"),
  user("dan", "three.example"),
];
const ROLES = ["high", "low", "mid"];
const CHANNEL = channelId(1);

const POWERS = bitsOf(
  "VIEW_CHANNEL",
  "SEND",
  "KICK",
  "BAN",
  "MANAGE_ROLES",
  "MANAGE_CHANNELS",
  "MANAGE_GUILD",
  "MODERATE_MEMBERS",
  "CREATE_INVITE",
  "CHANGE_NICKNAME",
);

/**
 * A guild whose members act at random, some of them backdating: on heads of different age, or
 * each with knowledge of all before (`inLine`).
 */
export function randomRoom(
  random: Random,
  steps: number,
  { inLine = false }: { readonly inLine?: boolean } = {},
): TestRoom {
  const powers = formatBits(POWERS);
  const room = openGuild({
    high: { position: 30, bits: powers },
    mid: { position: 20, bits: powers },
    low: { position: 10, bits: powers },
  }, { everyone: formatBits(bitsOf("VIEW_CHANNEL", "SEND", "CREATE_INVITE", "CHANGE_NICKNAME")) });
  for (const who of PEOPLE.slice(1)) room.join(who);
  for (const who of PEOPLE.slice(1)) room.add(room.give(OWNER, who, [random.pick(ROLES)]));
  room.add({
    type: "m.channel.policy",
    sender: OWNER,
    stateKey: CHANNEL,
    content: { kind: "text", closed: false, entries: [] },
  });
  const begin = room.events.size;
  for (let step = 0; step < steps; step++) {
    act(room, random, () => inLine ? room.heads : parents(room, random, begin));
  }
  return room;
}

function act(room: TestRoom, random: Random, choose: () => readonly EventId[]): void {
  for (let attempt = 0; attempt < 4; attempt++) {
    const prev = choose();
    const state = room.stateAfter(prev);
    // Mostly honest clocks, some far behind, some far ahead.
    const skew = random.chance(0.15) ? random.below(2_000_000) - 1_000_000 : random.below(50);
    const draft = { ...randomDraft(room, random, state), prev, ts: room.ts++ + skew };
    if (draft.ts < T0 - 2_000_000) continue;
    if (room.try(draft).verdict.ok) return;
  }
}

function parents(room: TestRoom, random: Random, begin: number): EventId[] {
  const recent = [...room.events.keys()].slice(Math.max(begin - 1, room.events.size - 8));
  const count = random.pick([1, 1, 2, 2, 3]);
  return random.shuffle(recent).slice(0, Math.max(1, Math.min(count, recent.length)));
}

function randomDraft(room: TestRoom, random: Random, state: StateMap): Draft {
  const sender = random.pick(PEOPLE);
  const target = random.pick(PEOPLE);
  const member = (content: JsonObject, by = sender) => room.member(by, target, content);
  switch (random.below(13)) {
    case 0:
      return member({ membership: "leave" });
    case 1:
      return member({ membership: "ban" });
    case 2:
    case 3:
      return member({ membership: "join" }, target);
    case 4:
      return member({ membership: "leave" }, random.chance(0.3) ? target : sender);
    case 5:
    case 6:
      return room.give(sender, target, random.some(ROLES, 0.4));
    case 7:
      return { ...changeRoles(room, random, state), sender };
    case 8: {
      const until = room.ts + random.below(100_000);
      return { type: "m.room.timeout", sender, stateKey: target, content: { until } };
    }
    case 9:
      return { ...policyDraft(random), sender };
    case 10:
      return random.chance(0.3)
        ? { type: "m.guild.owner", sender, stateKey: "", content: { user: target } }
        : { type: "m.member.profile", sender, stateKey: sender, content: { nickname: "n" } };
    case 11: {
      const rule = random.pick(["public", "public", "invite"]);
      return { type: "m.room.join_rules", sender, stateKey: "", content: { rule } };
    }
    default:
      return { type: "m.guild.meta", sender, stateKey: "", content: { name: `${room.ts}` } };
  }
}

function changeRoles(room: TestRoom, random: Random, state: StateMap): Draft {
  const table = state.get("m.guild.roles", "")?.pdu.content ?? { everyone: "0", roles: {} };
  const roles = { ...table["roles"] as Record<string, JsonObject> };
  const role = random.pick(ROLES);
  if (random.chance(0.25)) delete roles[role];
  else {
    const old = roles[role]?.["bits"];
    const bits = BigInt(`0x${typeof old === "string" ? old : "0"}`) ^
      BIT[random.pick(RIGHT_NAMES.filter((right) => (POWERS & BIT[right]) !== 0n))];
    roles[role] = { position: random.pick([5, 10, 20, 30]), bits: formatBits(bits) };
  }
  return room.roles(OWNER, table["everyone"] as string, roles);
}

function policyDraft(random: Random): Omit<Draft, "sender"> {
  const targets = random.some(["everyone", ...ROLES], 0.4).sort();
  const entries = targets.map((target) => ({
    target,
    allow: "0",
    deny: formatBits(BIT[random.pick(["SEND", "VIEW_CHANNEL"] as const)]),
  }));
  const content = { kind: "text", closed: random.chance(0.1), entries };
  return { type: "m.channel.policy", stateKey: CHANNEL, content };
}

/** The events in another order in which every event still follows what it cites. */
export function shuffledOrder(events: Iterable<ControlEvent>, random: Random): ControlEvent[] {
  const left = new Map([...events].map((event) => [event.id, event]));
  const order: ControlEvent[] = [];
  while (left.size > 0) {
    const ready = [...left.values()].filter(({ pdu }) =>
      ![...pdu.prev_events, ...pdu.auth_events].some((id) => left.has(id))
    );
    const next = random.pick(ready);
    left.delete(next.id);
    order.push(next);
  }
  return order;
}
