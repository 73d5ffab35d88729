import { keptFault } from "../event/kept_fault.ts";
import { parseUserId, serverOf } from "../ids/user_id.ts";
import type { Authority } from "../permissions/authority.ts";
import type { Right } from "../permissions/bits.ts";
import { hasTables, type RoomFacts } from "../rules/room_facts.ts";
import { judgeChannelMeta } from "./channel_meta.ts";
import { judgeChannelPolicy } from "./channel_policy.ts";
import { judgeCreate } from "./create.ts";
import type { ControlRule, JudgedControl, JudgedTimeline } from "./judged.ts";
import { judgeMember } from "./member.ts";
import { judgeMemberProfile } from "./member_profile.ts";
import { judgeMemberRoles } from "./member_roles.ts";
import { judgeOwner } from "./owner.ts";
import { judgePurge } from "./purge.ts";
import { requireBase, requireJoined } from "./require.ts";
import { judgeRoleLook } from "./role_look.ts";
import { judgeRoles } from "./roles.ts";
import { judgeStay } from "./stay.ts";
import { authoriseTimeline } from "./timeline.ts";
import { judgeTimeout } from "./timeout.ts";
import { ALLOWED, firstRefusal, refuse, type Verdict } from "./verdict.ts";

/** Where a control type's state key must lie. */
type KeyRule = "none" | "empty" | "user" | "other";

interface ControlType {
  readonly key: KeyRule;
  readonly judge: ControlRule;
  /** False in DMs and group DMs, which have no tables, and are entered by invitation alone. */
  readonly everywhere: boolean;
}

/** The rule of every control type but create. A test compares the types with core/event/kinds. */
export const CONTROL_TYPES: ReadonlyMap<string, ControlType> = new Map([
  ["m.guild.owner", row("empty", judgeOwner, true)],
  ["m.guild.roles", row("empty", judgeRoles)],
  ["m.guild.role", row("other", judgeRoleLook)],
  ["m.guild.member_roles", row("user", judgeMemberRoles)],
  ["m.room.member", row("user", judgeMember, true)],
  ["m.room.timeout", row("user", judgeTimeout)],
  ["m.member.stay", row("user", judgeStay)],
  ["m.member.profile", row("user", judgeMemberProfile)],
  ["m.channel.policy", row("other", judgeChannelPolicy)],
  ["m.channel.meta", row("other", judgeChannelMeta, true)],
  ["m.guild.emoji", byRight("MANAGE_EXPRESSIONS", "other")],
  ["m.guild.meta", row("empty", judgeGuildMeta, true)],
  ["m.guild.welcome", byRight("MANAGE_GUILD", "empty", false)],
  ["m.room.join_rules", byRight("MANAGE_GUILD", "empty", false)],
  ["m.room.history_visibility", byRight("MANAGE_GUILD", "empty")],
  ["m.room.server_acl", byRight("MANAGE_GUILD", "empty")],
  ["m.room.encryption", row("empty", judgeEncryption, true)],
  ["m.room.tombstone", row("empty", judgeTombstone, true)],
  ["m.redaction", row("none", (event, at) => requireJoined(event, at, "redaction"), true)],
  ["m.purge", row("none", judgePurge, true)],
  ["m.merge", row("none", judgeMerge, true)],
]);

const UNKNOWN_TYPE = byRight("ADMINISTRATOR", "other");

function row(key: KeyRule, judge: ControlRule, everywhere = false): ControlType {
  return { key, judge, everywhere };
}

function byRight(right: Right, key: KeyRule, everywhere = true): ControlType {
  return row(key, (event, at) => requireBase(event, at, { rule: "right", right }), everywhere);
}

/**
 * Authorises an event on one state: the second half of step 5, and every replay of section 7.
 * Reads no state beyond `authTypes(event)` for control events. Total: never throws on any
 * content. PROTOCOL.md 4.
 */
export function authorise(
  event: JudgedControl | JudgedTimeline,
  authority: Authority,
): Verdict {
  return "channel_id" in event
    ? authoriseTimeline(event, authority)
    : authoriseControl(event, authority);
}

/** The rules for a control event, on the state before it, in the order of PROTOCOL.md 4. */
export function authoriseControl(event: JudgedControl, authority: Authority): Verdict {
  const { room } = authority;
  if (event.type === "m.room.create") return judgeCreate(event, room);
  const control = CONTROL_TYPES.get(event.type) ?? UNKNOWN_TYPE;
  return firstRefusal(
    () => judgeStateKey(event, control.key),
    () => judgeContent(event),
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

/**
 * What redaction keeps of a content is part of what the event's hash covers: every server sees
 * the same, so one that is not of its type's shape is rejected by all. PROTOCOL.md, event types.
 */
function judgeContent({ type, content }: JudgedControl): Verdict {
  const fault = keptFault({ type, content, timeline: false });
  return fault === undefined ? ALLOWED : refuse("content", fault);
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

/** The owner; in a DM, which has none and belongs to two, either of them. */
function judgeEncryption(event: JudgedControl, authority: Authority): Verdict {
  if (authority.room.kind !== "dm" && event.sender !== authority.owner()) {
    return refuse("encryption", `${event.sender} is not the owner`);
  }
  return requireJoined(event, authority, "encryption");
}

function judgeTombstone(event: JudgedControl, authority: Authority): Verdict {
  if (event.sender !== authority.owner()) return refuse("tombstone", "only the owner upgrades");
  return requireJoined(event, authority, "tombstone");
}

function judgeMerge(event: JudgedControl, authority: Authority): Verdict {
  if (event.prev_events.length < 2) return refuse("merge", "a merge joins two heads or more");
  return requireJoined(event, authority, "merge");
}
