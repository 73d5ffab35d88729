/**
 * A second reading of PROTOCOL.md 4, written apart from core/permissions: sets of bit numbers
 * instead of BigInt, no memo, no sharing. It exists to disagree.
 */
import type { ControlEvent } from "../../core/event/event.ts";
import type { RoomFacts } from "../../core/rules/room_facts.ts";

export type NaiveState = ReadonlyMap<string, ControlEvent>;

// deno-lint-ignore no-explicit-any -- contents of any shape are read as they come
export type Loose = any;

const ALL = Array.from({ length: 128 }, (_, bit) => bit);
const ADMINISTRATOR = 32;
const VIEW = 0;
const HISTORY = 1;
const DM = [0, 1, 2, 4, 5, 8, 9, 10, 18, 24, 25, 26, 27];
const WEBHOOK = [2, 8, 9, 10];

export function bitNumbers(hex: string): Set<number> {
  const bits = new Set<number>();
  [...hex].reverse().forEach((digit, place) => {
    for (let k = 0; k < 4; k++) if (parseInt(digit, 16) & (1 << k)) bits.add(place * 4 + k);
  });
  return bits;
}

function at(state: NaiveState, type: string, key: string): ControlEvent | undefined {
  return state.get(`${type}\0${key}`);
}

function content(state: NaiveState, type: string, key: string): Loose {
  return at(state, type, key)?.pdu.content;
}

export function naiveOwner(state: NaiveState, room: RoomFacts): string | undefined {
  return room.kind === "dm" ? undefined : content(state, "m.guild.owner", "")?.user;
}

export function naiveJoined(state: NaiveState, who: string): boolean {
  return content(state, "m.room.member", who)?.membership === "join";
}

export function naiveRoles(state: NaiveState, who: string): string[] {
  const member = at(state, "m.room.member", who);
  const given = at(state, "m.guild.member_roles", who);
  if (!member || !given || !naiveJoined(state, who)) return [];
  if ((member.pdu.content as Loose).kind === "webhook") return [];
  if (!given.pdu.auth_events.some((id) => id === member.id)) return [];
  const table = content(state, "m.guild.roles", "")?.roles ?? {};
  return (given.pdu.content as Loose).roles.filter((rid: string) => Object.hasOwn(table, rid));
}

export function naiveRank(state: NaiveState, room: RoomFacts, who: string): number {
  if (who === naiveOwner(state, room)) return Number.POSITIVE_INFINITY;
  const table = content(state, "m.guild.roles", "")?.roles ?? {};
  return Math.max(0, ...naiveRoles(state, who).map((rid) => table[rid].position));
}

function timedOut(state: NaiveState, room: RoomFacts, who: string, ts: number): boolean {
  return who !== naiveOwner(state, room) &&
    (content(state, "m.room.timeout", who)?.until ?? 0) > ts;
}

function cut(bits: Set<number>, isOut: boolean): Set<number> {
  return isOut ? new Set([...bits].filter((bit) => bit === VIEW || bit === HISTORY)) : bits;
}

function baseBeforeTimeout(state: NaiveState, room: RoomFacts, who: string): Set<number> {
  if (!naiveJoined(state, who)) return new Set();
  if (who === naiveOwner(state, room)) return new Set(ALL);
  if (content(state, "m.room.member", who).kind === "webhook") return new Set();
  if (room.kind === "dm") return new Set(room.users.some((u) => u === who) ? DM : []);
  if (room.kind === "group_dm") return new Set(DM);
  const table = content(state, "m.guild.roles", "");
  if (!table) return new Set();
  const bits = bitNumbers(table.everyone);
  for (const rid of naiveRoles(state, who)) {
    for (const bit of bitNumbers(table.roles[rid].bits)) bits.add(bit);
  }
  return bits.has(ADMINISTRATOR) ? new Set(ALL) : bits;
}

export function naiveBase(state: NaiveState, room: RoomFacts, who: string, ts: number) {
  return cut(baseBeforeTimeout(state, room, who), timedOut(state, room, who, ts));
}

function channelOf(state: NaiveState, room: RoomFacts, channel: string): Loose {
  const policy = content(state, "m.channel.policy", channel);
  if (room.kind === "guild") return policy;
  if (channel !== "main") return undefined;
  const open = { kind: "text", closed: false, entries: [] };
  return room.kind === "private" ? policy ?? open : open;
}

export function naiveRights(
  state: NaiveState,
  room: RoomFacts,
  who: string,
  channel: string,
  ts: number,
): Set<number> {
  const policy = channelOf(state, room, channel);
  if (!policy || policy.closed || !naiveJoined(state, who)) return new Set();
  const out = timedOut(state, room, who, ts);
  const base = baseBeforeTimeout(state, room, who);
  if (base.size === ALL.length) return cut(base, out);
  const member = content(state, "m.room.member", who);
  if (member.kind === "webhook") {
    const here = member.channel === channel && ["text", "voice"].includes(policy.kind);
    return cut(new Set(here ? WEBHOOK : []), out);
  }
  let bits = new Set(base);
  const apply = (targets: string[]) => {
    const mine = policy.entries.filter((entry: Loose) => targets.includes(entry.target));
    const deny = new Set(mine.flatMap((entry: Loose) => [...bitNumbers(entry.deny)]));
    const allow = mine.flatMap((entry: Loose) => [...bitNumbers(entry.allow)]);
    bits = new Set([...[...bits].filter((bit) => !deny.has(bit)), ...allow]);
  };
  apply(["everyone"]);
  apply(naiveRoles(state, who));
  apply([who]);
  return cut(bits.has(VIEW) ? bits : new Set(), out);
}

export function naiveHas(bits: Set<number>, bit: number): boolean {
  return bits.has(bit);
}
