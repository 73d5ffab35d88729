import type { ControlEvent } from "../../core/event/event.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import { bitsOf, formatBits } from "../../core/permissions/bits.ts";
import type { StateMap } from "../../core/state/state_map.ts";
import { Random } from "./random.ts";
import { channelId, type Draft, openGuild, T0, type TestRoom, user } from "./room.ts";

/** A guild with a hostile moderator, `mod`, and his friend `zed` on the same server. */

export const owner = user("owner");
export const admin = user("admin");
export const mod = user("mod", "evil.example");
export const zed = user("zed", "evil.example");
export const bob = user("bob", "two.example");
export const CHANNEL = channelId(1);

const STEPS = 26;
const TALK = ["VIEW_CHANNEL", "SEND", "CHANGE_NICKNAME"] as const;
const POWERS = formatBits(bitsOf(
  ...TALK,
  "KICK",
  "BAN",
  "MANAGE_ROLES",
  "MANAGE_CHANNELS",
  "MANAGE_GUILD",
  "CREATE_INVITE",
  "MODERATE_MEMBERS",
));

/** `roles` are those of zed, null for never any; `moderator` those of mod. */
export function fallenGuild(
  { members = [], roles = ["color"], moderator = ["mod"] }: {
    readonly members?: readonly UserId[];
    readonly roles?: string[] | null;
    readonly moderator?: string[];
  } = {},
): TestRoom {
  const room = openGuild({
    admin: { position: 50, bits: POWERS },
    mod: { position: 10, bits: POWERS },
    low: { position: 5, bits: POWERS },
    color: { position: 1, bits: "0" },
  }, { everyone: formatBits(bitsOf(...TALK)), members: [admin, mod, zed, bob, ...members] });
  room.add(room.give(owner, admin, ["admin"]));
  room.add(room.give(owner, mod, moderator));
  if (roles !== null) room.add(room.give(admin, zed, roles));
  room.add(policy(owner, false));
  return room;
}

function policy(sender: UserId, closed: boolean): Draft {
  const content = { kind: "text", closed, entries: [] };
  return { type: "m.channel.policy", sender, stateKey: CHANNEL, content };
}

interface After {
  readonly room: TestRoom;
  readonly event: ControlEvent;
  /** What mod or zed did after the fall that this state holds. */
  readonly held: readonly string[];
  /** The events so far, to be read where a seed fails. */
  readonly log: readonly string[];
}

/**
 * A random history: the moderator falls, honest people act on what they see, and he and his
 * friend on whatever parents they choose. Yields for each event that descends from the fall the
 * state after it.
 */
export function* actsAfterTheFall(seed: number): Generator<After> {
  const random = new Random(seed);
  const room = fallenGuild();
  const begin = room.events.size - 1;
  const [base] = room.heads as [EventId];
  const fall = room.add({ ...fallDraft(room, random, admin), prev: [base] });
  const knowsFall = new Set([fall.id]);
  let honest = fall.id;
  const log: string[] = [`fall ${tell(fall)}`];
  for (let step = 0; step < STEPS; step++) {
    const isHonest = random.chance(0.25);
    const all = [...room.events.keys()].slice(begin);
    const draft = isHonest
      ? honestDraft(room, random, { honest, step })
      : hostileDraft(room, random, { all, step });
    const { event, verdict, after } = room.try(draft);
    if (!verdict.ok) continue;
    log.push(tell(event));
    if (isHonest) honest = event.id;
    if (!event.pdu.prev_events.some((id) => knowsFall.has(id))) continue;
    knowsFall.add(event.id);
    yield { room, event, held: heldIn(after, room), log };
  }
}

function tell({ id, pdu }: ControlEvent): string {
  const { sender, type, state_key: key, content, prev_events: parents } = pdu;
  return `${id} ${sender} ${type} ${key} ${JSON.stringify(content)} on ${parents}`;
}

function heldIn(state: StateMap, room: TestRoom): string[] {
  const authority = room.authority(state);
  const held: string[] = [];
  const has = (who: UserId, role: string) => authority.rolesOf(who).some((each) => each === role);
  if (has(zed, "low")) held.push("zed has a role that mod gave");
  if (has(mod, "mod")) held.push("mod has his role again");
  if (authority.membership(bob) !== "join") held.push("bob is out");
  const content = state.get("m.channel.policy", CHANNEL)?.pdu.content;
  if (content?.["closed"] === true) held.push("the channel is closed");
  return held;
}

function fallDraft(room: TestRoom, random: Random, by: UserId): Draft {
  switch (random.below(4)) {
    case 0:
      return room.give(by, mod, []);
    case 1:
      return room.member(by, mod, { membership: "leave" });
    case 2:
      return room.member(by, mod, { membership: "ban" });
    default:
      return room.give(by, mod, ["color"]);
  }
}

function honestDraft(
  room: TestRoom,
  random: Random,
  { honest, step }: { readonly honest: EventId; readonly step: number },
): Draft {
  const joins = room.heads.length <= 8 && random.chance(0.7);
  const prev = joins ? [...room.heads] : [honest];
  const kind = random.below(5);
  if (kind < 3) {
    return { ...fallDraft(room, random, random.chance(0.3) ? owner : admin), prev };
  }
  if (kind === 3) return room.member(admin, mod, { membership: "leave" }, { prev });
  const content = { name: `x${step}` };
  return { type: "m.guild.meta", sender: admin, stateKey: "", content, prev };
}

function hostileDraft(
  room: TestRoom,
  random: Random,
  { all, step }: { readonly all: readonly EventId[]; readonly step: number },
): Draft {
  const count = random.pick([1, 1, 1, 2, 2, 3]);
  const prev = random.shuffle(random.chance(0.5) ? all : all.slice(-6)).slice(0, count);
  const ts = T0 + 1_000 + random.below(2_000);
  return { ...hostileAct(room, random, step), prev, ts };
}

function hostileAct(room: TestRoom, random: Random, step: number): Draft {
  const sender = random.pick([mod, zed, zed]);
  switch (random.below(11)) {
    case 0:
    case 1:
      return room.give(mod, zed, random.pick([["low"], ["color", "low"]]));
    case 2:
    case 3:
      return room.give(zed, zed, random.pick([["color"], ["color"], ["low"], []]));
    case 4:
      return room.give(mod, mod, random.pick([[], ["mod"], ["color"]]));
    case 5:
    case 6: {
      const content = { nickname: `n${step}` };
      return { type: "m.member.profile", sender, stateKey: sender, content };
    }
    case 7:
      return room.member(sender, sender, { membership: random.pick(["leave", "join", "join"]) });
    case 8:
      return room.member(sender, bob, { membership: random.pick(["leave", "ban"]) });
    case 9:
      return policy(sender, true);
    default: {
      const content = { until: T0 + 1e8 };
      return { type: "m.room.timeout", sender, stateKey: random.pick([zed, bob, mod]), content };
    }
  }
}
