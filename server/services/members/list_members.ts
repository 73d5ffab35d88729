import type { Member } from "../../../core/api/guild.ts";
import { parseChannelId } from "../../../core/ids/channel_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Room } from "../../rooms/room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { openPeople } from "../chat/place.ts";
import { projectMember } from "../guilds/project_guild.ts";
import { requireRoleId } from "../roles/find_role.ts";

export interface MemberQuery {
  /** Or the room of a private channel. */
  readonly guildId: string;
  readonly search?: string | undefined;
  readonly role_id?: string | undefined;
  readonly channel_id?: string | undefined;
  readonly sort: "name" | "newest" | "oldest";
  readonly after?: string | undefined;
  readonly limit: number;
}

export interface MemberPage {
  readonly members: Member[];
  /** Of all that were looked for, webhooks left out: they are listed, and nobody. */
  readonly total: number;
  readonly next: string | null;
}

/** Members by user id or by when they joined, a page at a time. @throws OperationError `not_found` */
export async function listMembers(
  deps: ChatDeps,
  userId: UserId,
  query: MemberQuery,
): Promise<MemberPage> {
  const room = await openPeople(deps, userId, query.guildId);
  const wanted = query.search?.trim() ?? "";
  const among = narrowed(room, query);
  const matching = wanted === "" ? among : await findMembersNamed(deps, room, { wanted, among });
  const order = orderOf(room, query.sort);
  const sorted = [...matching].sort(order);
  const after = query.after;
  const start = after === undefined ? 0 : sorted.findIndex((id) => order(id, after as UserId) > 0);
  const page = start < 0 ? [] : sorted.slice(start, start + query.limit);
  const people = await deps.users.find(page);
  const last = page.at(-1);
  return {
    members: page.flatMap((id) => {
      const user = people.get(id);
      return user === undefined ? [] : [projectMember(room, user, deps.presenceOf(id))];
    }),
    total: sorted.filter((id) => !room.authority.isWebhook(id)).length,
    next: last !== undefined && start + page.length < sorted.length ? last : null,
  };
}

type Order = (a: UserId, b: UserId) => number;

/** Which of two members stands first; those who joined in the same moment stand by their ids. */
function orderOf(room: Room, sort: MemberQuery["sort"]): Order {
  const byId: Order = (a, b) => a < b ? -1 : a > b ? 1 : 0;
  if (sort === "name") return byId;
  const joined = (id: UserId) => room.authority.view.get("m.room.member", id)?.pdu.origin_ts ?? 0;
  const way = sort === "oldest" ? 1 : -1;
  return (a, b) => way * (joined(a) - joined(b)) || byId(a, b);
}

/** All members, or those who see a channel, or who hold a role. */
function narrowed(room: Room, query: MemberQuery): Iterable<UserId> {
  const { authority } = room;
  const channelId = query.channel_id === undefined ? undefined : parseChannelId(query.channel_id);
  const seen = channelId === undefined ? authority.joinedUsers() : authority.viewersOf(channelId);
  if (query.role_id === undefined) return seen;
  const role = requireRoleId(authority, query.role_id);
  return [...seen].filter((id) => authority.rolesOf(id).includes(role));
}

/** Those whose user name, display name or nickname holds the words. */
export async function findMembersNamed(
  deps: Pick<ChatDeps, "sql">,
  room: Room,
  search: { readonly wanted: string; readonly among: Iterable<UserId> },
): Promise<UserId[]> {
  const pattern = `%${search.wanted.toLowerCase().replace(/[\\%_]/g, "\\$&")}%`;
  const rows = await deps.sql<{ state_key: UserId }[]>`
    select s.state_key from current_state s
    left join profiles p on p.user_id = s.state_key
    left join current_state n on n.room_id = s.room_id and n.type = 'm.member.profile'
      and n.state_key = s.state_key
    where s.room_id = ${room.id} and s.type = 'm.room.member' and s.membership = 'join'
      and (split_part(s.state_key, ':', 1) like ${pattern}
        or lower(p.display_name) like ${pattern} or n.label like ${pattern})`;
  const among = new Set(search.among);
  return rows.map((row) => row.state_key).filter((id) => among.has(id));
}
