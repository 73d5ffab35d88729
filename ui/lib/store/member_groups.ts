import type { Guild, Member } from "../../../core/api/guild.ts";
import { memberName } from "../format/names.ts";
import { language } from "../i18n/t.ts";
import type { PresenceName } from "./chat.ts";

export interface MemberGroup {
  readonly id: string;
  readonly name: string;
  readonly members: readonly Member[];
}

/** Webhooks write, and are members for that; they are nobody who comes and goes. */
export function peopleOf(members: readonly Member[]): Member[] {
  return members.filter((member) => member.webhook !== true);
}

/** By name as people read it: once for a list, whoever comes and goes in it. */
export function sortMembers(members: readonly Member[]): Member[] {
  const collator = new Intl.Collator(language().intl, { sensitivity: "base", numeric: true });
  return members.map((member) => ({ member, name: memberName(member) }))
    .sort((a, b) => collator.compare(a.name, b.name))
    .map(({ member }) => member);
}

/**
 * Members under their strongest hoisted role; then who is there, then who is not. Those of a group
 * keep the order they come in.
 */
export function groupMembers(
  guild: Guild,
  members: readonly Member[],
  presenceOf: (userId: string) => PresenceName,
  names: { online: string; offline: string },
): MemberGroup[] {
  const hoisted = guild.roles.filter((role) => role.hoist && role.id !== "everyone")
    .sort((a, b) => b.position - a.position);
  const groups = new Map<string, Member[]>();
  for (const member of members) {
    const there = presenceOf(member.user.id) !== "offline";
    const role = there ? hoisted.find((entry) => member.roles.includes(entry.id)) : undefined;
    const id = role?.id ?? (there ? "online" : "offline");
    const group = groups.get(id) ?? [];
    group.push(member);
    groups.set(id, group);
  }
  const order = [
    ...hoisted.map(({ id, name }) => ({ id, name })),
    { id: "online", name: names.online },
    { id: "offline", name: names.offline },
  ];
  return order.flatMap(({ id, name }) => {
    const found = groups.get(id);
    if (!found) return [];
    return [{ id, name, members: found }];
  });
}

/** Color of the strongest colored role of a member. */
export function memberColor(guild: Guild, member: Pick<Member, "roles">): string | null {
  const colored = guild.roles.filter((role) =>
    role.color !== null && member.roles.includes(role.id)
  )
    .sort((a, b) => b.position - a.position);
  return colored[0]?.color ?? null;
}
