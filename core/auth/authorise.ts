import type { Pdu } from "../event/event.ts";
import { isTimelinePdu } from "../event/event.ts";
import { parseUserId, serverOf } from "../ids/user_id.ts";
import type { Authority } from "../permissions/authority.ts";
import type { Right } from "../permissions/bits.ts";
import { hasTables, type RoomFacts } from "../rules/room_facts.ts";
import { judgeChannelMeta } from "./channel_meta.ts";
import { judgeChannelPolicy } from "./channel_policy.ts";
import { judgeCreate } from "./create.ts";
import type { ControlRule, JudgedControl } from "./judged.ts";
import { judgeMember } from "./member.ts";
import { judgeMemberProfile } from "./member_profile.ts";
import { judgeMemberRoles } from "./member_roles.ts";
import { judgeOwner } from "./owner.ts";
import { judgePurge } from "./purge.ts";
import { requireBase, requireJoined } from "./require.ts";
import { judgeRoleLook } from "./role_look.ts";
import { judgeRoles } from "./roles.ts";
import { parseServerAcl } from "./server_acl.ts";
import { authoriseTimeline } from "./timeline.ts";
import { judgeTimeout } from "./timeout.ts";
import { ALLOWED, firstRefusal, refuse, type Verdict } from "./verdict.ts";

/** Where a control type's state key must lie. */
type KeyRule = "none" | "empty" | "user" | "other";

interface ControlType {
  readonly key: KeyRule;
  readonly judge: ControlRule;
  /** False in DMs and group DMs, which have no tables. */
  readonly everywhere: boolean;
  /** The right column of the table in PROTOCOL.md 4. */
  readonly right: string;
}

/** The table of rules. PROTOCOL.md 4 carries it; a test compares the two. */
export const CONTROL_TYPES: ReadonlyMap<string, ControlType> = new Map([
  ["m.guild.owner", row("empty", judgeOwner, "be the owner", true)],
  ["m.guild.roles", row("empty", judgeRoles, "MANAGE_ROLES")],
  ["m.guild.role", row("other", judgeRoleLook, "MANAGE_ROLES")],
  ["m.guild.member_roles", row("user", judgeMemberRoles, "MANAGE_ROLES, or own and nothing added")],
  ["m.room.member", row("user", judgeMember, "by transition, see below", true)],
  ["m.room.timeout", row("user", judgeTimeout, "MODERATE_MEMBERS")],
  [
    "m.member.profile",
    row("user", judgeMemberProfile, "own: CHANGE_NICKNAME; another's: MANAGE_NICKNAMES"),
  ],
  [
    "m.channel.policy",
    row("other", judgeChannelPolicy, "MANAGE_CHANNELS; entries: MANAGE_ROLES in the channel"),
  ],
  ["m.channel.meta", row("other", judgeChannelMeta, "MANAGE_CHANNELS in the channel", true)],
  ["m.guild.emoji", byRight("MANAGE_EXPRESSIONS", "other")],
  ["m.guild.meta", row("empty", judgeGuildMeta, "MANAGE_GUILD; group DM: be joined", true)],
  ["m.room.join_rules", byRight("MANAGE_GUILD", "empty")],
  ["m.room.history_visibility", byRight("MANAGE_GUILD", "empty")],
  ["m.room.server_acl", row("empty", judgeServerAcl, "MANAGE_GUILD", true)],
  ["m.room.encryption", row("empty", judgeEncryption, "be the owner; DM: be its creator", true)],
  ["m.room.tombstone", row("empty", judgeTombstone, "be the owner", true)],
  [
    "m.redaction",
    row("none", (event, at) => requireJoined(event, at, "redaction"), "be joined", true),
  ],
  [
    "m.purge",
    row("none", judgePurge, "own: be joined; another's: BAN or MANAGE_MESSAGES", true),
  ],
  ["m.merge", row("none", judgeMerge, "be joined", true)],
]);

const UNKNOWN_TYPE = byRight("ADMINISTRATOR", "other");

function row(key: KeyRule, judge: ControlRule, right: string, everywhere = false): ControlType {
  return { key, judge, everywhere, right };
}

function byRight(right: Right, key: KeyRule): ControlType {
  return row(key, (event, at) => requireBase(event, at, { rule: "right", right }), right, true);
}

/**
 * Authorises an event on one state: the second half of step 5, and every replay of section 7.
 * Reads no state beyond `authTypes(event)` for control events. Total: never throws on any
 * content. PROTOCOL.md 4.
 */
export function authorise(event: JudgedControl | Pdu, authority: Authority): Verdict {
  return "channel_id" in event && isTimelinePdu(event)
    ? authoriseTimeline(event, authority)
    : authoriseControl(event as JudgedControl, authority);
}

export function authoriseControl(event: JudgedControl, authority: Authority): Verdict {
  const { room } = authority;
  if (event.type === "m.room.create") return judgeCreate(event, room);
  const control = CONTROL_TYPES.get(event.type) ?? UNKNOWN_TYPE;
  return firstRefusal(
    () => judgeStateKey(event, control.key),
    () => judgeServer(event, room),
    () =>
      control.everywhere || hasTables(room)
        ? ALLOWED
        : refuse("no_tables", `a ${room.kind} has no ${event.type}`),
    () => control.judge(event, authority),
  );
}

/** A state key that begins with `@` belongs to the types about users alone. PROTOCOL.md 4. */
function judgeStateKey(event: JudgedControl, key: KeyRule): Verdict {
  const stateKey = event.state_key;
  const fits = key === "none" ? stateKey === undefined : stateKey !== undefined && (
    key === "empty"
      ? stateKey === ""
      : key === "user"
      ? parseUserId(stateKey) !== undefined
      : !stateKey.startsWith("@")
  );
  return fits ? ALLOWED : refuse("state_key", `${event.type} cannot have the key ${stateKey}`);
}

/** `federate: false`: nobody of another server acts, is invited or is moved. PROTOCOL.md 2. */
function judgeServer(event: JudgedControl, room: RoomFacts): Verdict {
  if (room.federate) return ALLOWED;
  const home = serverOf(room.creator);
  if (serverOf(event.sender) !== home) {
    return refuse("federate", "the room is closed to other servers");
  }
  const target = parseUserId(event.state_key ?? "");
  return target === undefined || serverOf(target) === home
    ? ALLOWED
    : refuse("federate", `${target} is of another server`);
}

function judgeGuildMeta(event: JudgedControl, authority: Authority): Verdict {
  return authority.room.kind === "group_dm"
    ? requireJoined(event, authority, "guild_meta")
    : requireBase(event, authority, { rule: "guild_meta", right: "MANAGE_GUILD" });
}

/** The owner, and in a DM, which has none, its creator. */
function judgeEncryption(event: JudgedControl, authority: Authority): Verdict {
  const { room } = authority;
  const master = room.kind === "dm" ? room.creator : authority.owner();
  if (event.sender !== master) return refuse("encryption", `${event.sender} is not the owner`);
  return requireJoined(event, authority, "encryption");
}

function judgeServerAcl(event: JudgedControl, authority: Authority): Verdict {
  if (parseServerAcl(event.content) === undefined) return refuse("server_acl", "is not a list");
  return requireBase(event, authority, { rule: "server_acl", right: "MANAGE_GUILD" });
}

function judgeTombstone(event: JudgedControl, authority: Authority): Verdict {
  if (event.sender !== authority.owner()) return refuse("tombstone", "only the owner upgrades");
  return requireJoined(event, authority, "tombstone");
}

function judgeMerge(event: JudgedControl, authority: Authority): Verdict {
  if (event.prev_events.length < 2) return refuse("merge", "a merge joins two heads or more");
  return requireJoined(event, authority, "merge");
}
