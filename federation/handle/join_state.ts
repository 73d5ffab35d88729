import type { ControlEvent } from "../../core/event/event.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import { limits } from "../../core/limits.ts";
import type { Authority } from "../../core/permissions/authority.ts";

/** Types with an event for each member: the joiner fetches them with the control graph. */
const OF_MEMBERS: ReadonlySet<string> = new Set([
  "m.room.member",
  "m.guild.member_roles",
  "m.room.timeout",
  "m.member.stay",
  "m.member.profile",
]);

/** What a room is shown with comes first, where not all fits. */
const FIRST: readonly string[] = [
  "m.room.create",
  "m.guild.owner",
  "m.guild.roles",
  "m.room.join_rules",
  "m.room.history_visibility",
  "m.guild.meta",
  "m.channel.policy",
  "m.channel.meta",
  "m.guild.role",
];

/**
 * The state that a join is answered with: enough to draw the room for the joiner, whose own
 * membership is part of it. The rest comes with the control graph. PROTOCOL.md 9.
 */
export function joinState(authority: Authority, joiner: UserId): ControlEvent[] {
  const { view } = authority;
  const members = [joiner, authority.owner()].flatMap((user) =>
    user === undefined
      ? []
      : [view.get("m.room.member", user), view.get("m.guild.member_roles", user)]
  );
  const rest: ControlEvent[] = [];
  for (const [, event] of view.entries()) if (!OF_MEMBERS.has(event.pdu.type)) rest.push(event);
  rest.sort((a, b) => rankOf(a) - rankOf(b));
  const chosen = new Set([...members.filter((event) => event !== undefined), ...rest]);
  return [...chosen].slice(0, limits.federation.maxJoinState);
}

function rankOf({ pdu }: ControlEvent): number {
  const at = FIRST.indexOf(pdu.type);
  return at < 0 ? FIRST.length : at;
}
