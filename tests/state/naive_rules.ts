/**
 * A second reading of the rule table of PROTOCOL.md 4 and 5: one long function, no shared
 * helpers with core/auth. It exists to disagree.
 */
import type { RoomFacts } from "../../core/rules/room_facts.ts";
import {
  bitNumbers,
  type Loose,
  naiveBase,
  naiveJoined,
  naiveOwner,
  naiveRank,
  naiveRights,
  naiveRoles,
  type NaiveState,
} from "./naive_rights.ts";

const BITS = {
  PIN: 5,
  MANAGE_MESSAGES: 6,
  MANAGE_CHANNELS: 12,
  MANAGE_ROLES: 13,
  MANAGE_GUILD: 14,
  MANAGE_EXPRESSIONS: 15,
  MANAGE_WEBHOOKS: 16,
  CREATE_INVITE: 18,
  CHANGE_NICKNAME: 19,
  MANAGE_NICKNAMES: 20,
  KICK: 21,
  BAN: 22,
  MODERATE_MEMBERS: 23,
  ADMINISTRATOR: 32,
} as const;

export const naiveIsUser = (text: unknown) =>
  typeof text === "string" && /^@[a-z0-9._-]{1,64}:[a-z0-9.-]+$/.test(text);
/** base58 of 32 bytes: 32 characters where they are all zero, 43 or 44 where they are random. */
const isRoom = (text: unknown) =>
  typeof text === "string" && /^![1-9A-HJ-NP-Za-km-z]{32,44}$/.test(text);
const isBits = (text: unknown) =>
  typeof text === "string" && /^(0|[1-9a-f][0-9a-f]{0,31})$/.test(text);
const isRid = (text: string) => /^[0-9A-Za-z]{1,32}$/.test(text) && text !== "everyone";
const isObj = (x: unknown) => typeof x === "object" && x !== null && !Array.isArray(x);
const isTime = (x: unknown) => Number.isInteger(x) && (x as number) >= 0 && (x as number) < 2 ** 42;
const server = (user: string) => user.slice(user.indexOf(":") + 1);

function difference(a: string, b: string): number[] {
  const [x, y] = [bitNumbers(a), bitNumbers(b)];
  return [...new Set([...x, ...y])].filter((bit) => x.has(bit) !== y.has(bit));
}

function membershipNow(member: Loose, ts: number): string {
  if (!member) return "leave";
  if (member.membership === "invite" && member.expires !== undefined && ts > member.expires) {
    return "leave";
  }
  if (member.membership === "ban" && member.until !== undefined && ts >= member.until) {
    return "leave";
  }
  return member.membership;
}

/** Whether a control event other than create passes on `state`. */
export function naiveAllows(event: Loose, state: NaiveState, room: RoomFacts): boolean {
  const { type, sender, state_key: key, content: c, origin_ts: ts } = event;
  const get = (t: string, k: string): Loose => state.get(`${t}\0${k}`)?.pdu.content;
  const base = (who: string) => naiveBase(state, room, who, ts);
  const can = (bit: number) => base(sender).has(bit);
  const rank = (who: string) => naiveRank(state, room, who);
  const joined = (who: string) => naiveJoined(state, who);
  const owner = naiveOwner(state, room);
  if (!room.federate) {
    if (server(sender) !== server(room.creator)) return false;
    if (naiveIsUser(key) && server(key) !== server(room.creator)) return false;
  }
  const aboutUsers = [
    "m.room.member",
    "m.guild.member_roles",
    "m.room.timeout",
    "m.member.stay",
    "m.member.profile",
  ];
  if (aboutUsers.includes(type) ? !naiveIsUser(key) : key?.startsWith("@")) return false;
  const stateless = ["m.redaction", "m.purge", "m.merge"].includes(type);
  if (stateless !== (key === undefined)) return false;
  const single = [
    "m.guild.owner",
    "m.guild.roles",
    "m.guild.meta",
    "m.guild.welcome",
    "m.room.join_rules",
    "m.room.history_visibility",
    "m.room.server_acl",
    "m.room.encryption",
    "m.room.tombstone",
  ];
  if (single.includes(type) && key !== "") return false;
  const tables = room.kind === "guild" || room.kind === "private";
  switch (type) {
    case "m.guild.owner": {
      if (room.kind === "dm" || !naiveIsUser(c.user)) return false;
      const first = event.prev_events.length === 1 &&
        event.prev_events[0].slice(1) === room.roomId.slice(1);
      if (first) return owner === undefined && sender === room.creator && c.user === sender;
      return owner !== undefined && sender === owner && joined(sender);
    }
    case "m.guild.roles": {
      if (!tables || !can(BITS.MANAGE_ROLES)) return false;
      if (!isBits(c.everyone) || !isObj(c.roles) || Object.keys(c.roles).length > 250) return false;
      for (const [rid, role] of Object.entries<Loose>(c.roles)) {
        if (!isRid(rid) || !isObj(role) || !isBits(role.bits)) return false;
        if (!Number.isInteger(role.position) || role.position < 1 || role.position > 1e6) {
          return false;
        }
      }
      const old = get("m.guild.roles", "") ?? { everyone: "0", roles: {} };
      const changed = difference(old.everyone, c.everyone);
      for (const rid of new Set([...Object.keys(old.roles), ...Object.keys(c.roles)])) {
        const was = Object.hasOwn(old.roles, rid) ? old.roles[rid] : undefined;
        const now = Object.hasOwn(c.roles, rid) ? c.roles[rid] : undefined;
        if (was && now && was.position === now.position && was.bits === now.bits) continue;
        if (was && !(was.position < rank(sender))) return false;
        if (now && !(now.position < rank(sender))) return false;
        changed.push(...difference(was?.bits ?? "0", now?.bits ?? "0"));
      }
      return changed.every((bit) => base(sender).has(bit));
    }
    case "m.guild.role": {
      if (!tables || !can(BITS.MANAGE_ROLES)) return false;
      const roles = get("m.guild.roles", "")?.roles ?? {};
      return isRid(key) && Object.hasOwn(roles, key) && roles[key].position < rank(sender);
    }
    case "m.guild.member_roles": {
      if (!tables || !Array.isArray(c.roles) || c.roles.length > 64 || !joined(key)) return false;
      if (!c.roles.every((rid: unknown) => typeof rid === "string" && isRid(rid))) return false;
      if (c.roles.some((rid: string, i: number) => i > 0 && !(c.roles[i - 1] < rid))) return false;
      const held = naiveRoles(state, key);
      const added = c.roles.filter((rid: string) => !held.includes(rid));
      const removed = held.filter((rid) => !c.roles.includes(rid));
      if (sender === key && added.length === 0) return joined(sender);
      const roles = get("m.guild.roles", "")?.roles ?? {};
      return can(BITS.MANAGE_ROLES) &&
        [...added, ...removed].every((rid) =>
          Object.hasOwn(roles, rid) && roles[rid].position < rank(sender)
        );
    }
    case "m.room.timeout":
      return tables && isTimeOrZero(c.until) && c.until <= ts + 28 * 86400e3 &&
        can(BITS.MODERATE_MEMBERS) && rank(key) < rank(sender);
    case "m.member.stay":
      return tables && isTimeOrZero(c.until) && joined(key) && can(BITS.KICK) &&
        rank(key) < rank(sender);
    case "m.member.profile":
      if (!tables) return false;
      return sender === key
        ? can(BITS.CHANGE_NICKNAME)
        : can(BITS.MANAGE_NICKNAMES) && rank(key) < rank(sender);
    case "m.channel.policy":
      return tables && naivePolicy(event, state, room);
    case "m.channel.meta":
      return naiveRights(state, room, sender, key, ts).has(BITS.MANAGE_CHANNELS);
    case "m.guild.emoji":
      return can(BITS.MANAGE_EXPRESSIONS);
    case "m.guild.welcome":
      return tables && can(BITS.MANAGE_GUILD);
    case "m.guild.meta":
      return room.kind === "group_dm" ? joined(sender) : can(BITS.MANAGE_GUILD);
    case "m.room.join_rules":
      return tables && can(BITS.MANAGE_GUILD) &&
        ["public", "invite", "knock", "restricted"].includes(c.rule);
    case "m.room.history_visibility":
      return can(BITS.MANAGE_GUILD) && ["shared", "joined"].includes(c.visibility);
    case "m.room.server_acl":
      return can(BITS.MANAGE_GUILD) &&
        [c.allow, c.deny].every((list) =>
          Array.isArray(list) && list.every((item) => typeof item === "string")
        ) && typeof c.allow_ip_literals === "boolean";
    case "m.room.encryption":
      return c.algorithm === "mls" && joined(sender) &&
        (room.kind === "dm" || sender === owner);
    case "m.room.tombstone":
      return joined(sender) && owner !== undefined && sender === owner &&
        typeof c.closed === "boolean" && (c.replacement === undefined || isRoom(c.replacement));
    case "m.redaction":
      return joined(sender) && Array.isArray(c.redacts) && c.redacts.length >= 1 &&
        c.redacts.length <= 100 && c.redacts.every(isEventId);
    case "m.merge":
      return joined(sender) && event.prev_events.length >= 2;
    case "m.purge":
      if (!naiveIsUser(c.user) || !isTime(c.from_ts) || !isTime(c.to_ts)) return false;
      if (c.from_ts > c.to_ts || c.to_ts > ts) return false;
      if (c.user === sender) return joined(sender);
      return (can(BITS.BAN) || can(BITS.MANAGE_MESSAGES)) && rank(c.user) < rank(sender);
    case "m.room.member":
      return naiveMember(event, state, room);
    default:
      return can(BITS.ADMINISTRATOR);
  }
}

const isTimeOrZero = isTime;

const isEventId = (x: unknown) =>
  typeof x === "string" && /^\$[1-9A-HJ-NP-Za-km-z]{32,44}$/.test(x);

const isChannel = (x: unknown) =>
  typeof x === "string" && (x === "main" || /^[1-9A-HJ-NP-Za-km-z]{16,22}$/.test(x));

function naivePolicy(event: Loose, state: NaiveState, room: RoomFacts): boolean {
  const { sender, state_key: key, content: c, origin_ts: ts } = event;
  if (room.kind === "guild" ? !/^[1-9A-HJ-NP-Za-km-z]{16,22}$/.test(key) : key !== "main") {
    return false;
  }
  if (typeof c.kind !== "string" || !/^[a-z_]{1,32}$/.test(c.kind)) return false;
  if (c.parent !== undefined && !isChannel(c.parent)) return false;
  if (typeof c.closed !== "boolean" || !Array.isArray(c.entries) || c.entries.length > 200) {
    return false;
  }
  for (const [i, entry] of c.entries.entries()) {
    if (!isObj(entry) || !isBits(entry.allow) || !isBits(entry.deny)) return false;
    if (typeof entry.target !== "string") return false;
    if (entry.target !== "everyone" && !isRid(entry.target) && !naiveIsUser(entry.target)) {
      return false;
    }
    if (i > 0 && !(c.entries[i - 1].target < entry.target)) return false;
  }
  const old: Loose = state.get(`m.channel.policy\0${key}`)?.pdu.content;
  const base = naiveBase(state, room, sender, ts);
  const rights = !old || old.closed ? base : naiveRights(state, room, sender, key, ts);
  const entry = (policy: Loose, target: string) =>
    policy?.entries.find((item: Loose) => item.target === target);
  const targets = new Set<string>(
    [...(old?.entries ?? []), ...c.entries].map((item: Loose) => item.target),
  );
  let entriesChanged = false;
  const changed: number[] = [];
  for (const target of targets) {
    const [was, now] = [entry(old, target), entry(c, target)];
    if (!was || !now || was.allow !== now.allow || was.deny !== now.deny) entriesChanged = true;
    changed.push(...difference(was?.allow ?? "0", now?.allow ?? "0"));
    changed.push(...difference(was?.deny ?? "0", now?.deny ?? "0"));
  }
  const within = changed.every((bit) => rights.has(bit));
  if (!old) return base.has(BITS.MANAGE_CHANNELS) && within;
  const shape = old.kind !== c.kind || old.parent !== c.parent || old.closed !== c.closed;
  if ((shape || !entriesChanged) && !rights.has(BITS.MANAGE_CHANNELS)) return false;
  return !entriesChanged || (rights.has(BITS.MANAGE_ROLES) && within);
}

function naiveMember(event: Loose, state: NaiveState, room: RoomFacts): boolean {
  const { sender, state_key: target, content: c, origin_ts: ts } = event;
  if (!["join", "invite", "leave", "ban", "knock"].includes(c.membership)) return false;
  if (!["user", "bot", "webhook", undefined].includes(c.kind)) return false;
  for (const time of [c.until, c.expires]) if (time !== undefined && !isTime(time)) return false;
  if (c.authorised_via !== undefined && !naiveIsUser(c.authorised_via)) return false;
  if (room.kind === "dm" && !room.users.includes(target)) return false;
  const stored: Loose = state.get(`m.room.member\0${target}`)?.pdu.content;
  const now = membershipNow(stored, ts);
  const base = naiveBase(state, room, sender, ts);
  const above = naiveRank(state, room, target) < naiveRank(state, room, sender);
  const rule =
    ["public", "invite", "knock", "restricted"].find((name) =>
      name === (state.get("m.room.join_rules\0")?.pdu.content as Loose)?.rule
    ) ?? "invite";
  const kind = c.kind ?? "user";
  const sameKind = (kind === "webhook") === (c.channel !== undefined) &&
    (kind === "user" || kind === stored?.kind);
  switch (c.membership) {
    case "join": {
      if (sender !== target || stored?.membership === "join") return false;
      if (kind !== (now === "invite" ? stored.kind ?? "user" : "user")) return false;
      if (c.channel !== (now === "invite" ? stored.channel : undefined)) return false;
      if (target === naiveOwner(state, room) || room.kind === "dm") return true;
      if (now === "ban") return false;
      if (now === "invite" || rule === "public") return true;
      return rule === "restricted" && c.authorised_via !== undefined &&
        naiveBase(state, room, c.authorised_via, ts).has(BITS.CREATE_INVITE);
    }
    case "invite": {
      if (now === "join" || now === "ban") return false;
      if ((kind === "webhook") !== (c.channel !== undefined)) return false;
      const right = {
        user: BITS.CREATE_INVITE,
        bot: BITS.MANAGE_GUILD,
        webhook: BITS.MANAGE_WEBHOOKS,
      };
      return base.has(right[kind as keyof typeof right]);
    }
    case "leave":
      if (!sameKind) return false;
      if (sender === target) return ["join", "invite", "knock"].includes(now);
      if (!naiveJoined(state, sender)) return false;
      if (now === "ban") return base.has(BITS.BAN);
      return now !== "leave" && base.has(BITS.KICK) && above;
    case "ban":
      if (!sameKind) return false;
      return naiveJoined(state, sender) && base.has(BITS.BAN) && above;
    default:
      return rule === "knock" && sender === target && kind === "user" &&
        (now === "leave" || now === "knock");
  }
}
