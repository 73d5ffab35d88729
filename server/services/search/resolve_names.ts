import type { ChannelId } from "../../../core/ids/channel_id.ts";
import { parseTypedUserId, serverOf, type UserId } from "../../../core/ids/user_id.ts";
import { NEAR_NAMES_MAX, nearNames } from "../../../core/search/near_names.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { channelName } from "../guilds/project_guild.ts";
import { findMembersNamed } from "../members/list_members.ts";
import type { ChannelKey, SearchedChannel } from "./message_index.ts";
import type { Scope } from "./scope.ts";

/** Letters of a mistyped name by whose beginning people are looked for. */
const BEGINNING = 3;

/** People of one name that are meant together. */
const PEOPLE_MAX = 50;

/** `me`, a user id, or the beginning of a name that members go by. Empty: nobody is called so. */
export async function peopleNamed(
  deps: Pick<ChatDeps, "sql">,
  scope: Scope,
  { name, userId }: { readonly name: string; readonly userId: UserId },
): Promise<readonly UserId[]> {
  if (name.toLowerCase() === "me") return [userId];
  const id = parseTypedUserId(name);
  if (id !== undefined) return [id];
  const wanted = name.replace(/^@/, "");
  const found = await Promise.all(
    [...scope.rooms.values()].map((room) =>
      findMembersNamed(deps, room, { wanted, among: room.authority.joinedUsers() })
    ),
  );
  const all = [...new Set(found.flat())];
  const exact = all.filter((each) => each.slice(1, each.indexOf(":")) === wanted.toLowerCase());
  return (exact.length > 0 ? exact : all).slice(0, PEOPLE_MAX);
}

/** What people may go by whom a mistyped name means: local parts of this server, else handles. */
export async function namesNear(
  deps: Pick<ChatDeps, "sql" | "serverName">,
  scope: Scope,
  name: string,
): Promise<string[]> {
  const wanted = name.replace(/^@/, "").toLowerCase();
  const rooms = [...scope.rooms.values()];
  const typed = (id: UserId) => {
    const local = id.slice(1, id.indexOf(":"));
    return serverOf(id) === deps.serverName ? local : `@${local}@${serverOf(id)}`;
  };
  const people = rooms.flatMap((room) =>
    [...room.authority.joinedUsers()].filter((id) => !room.authority.isWebhook(id))
  );
  const near = nearNames(wanted, people.map(typed), NEAR_NAMES_MAX);
  if (near.length >= NEAR_NAMES_MAX || wanted.length < BEGINNING) return near;
  const beginning = { wanted: wanted.slice(0, BEGINNING), among: people };
  const alike = await Promise.all(rooms.map((room) => findMembersNamed(deps, room, beginning)));
  return [...new Set([...near, ...alike.flat().map(typed)])].slice(0, NEAR_NAMES_MAX);
}

/** Names of channels that a mistyped one may mean. */
export function channelsNear(scope: Scope, name: string): string[] {
  const known = scope.channels.map((key) => nameOf(scope, key));
  return nearNames(name.replace(/^#/, ""), known, NEAR_NAMES_MAX);
}

/** Channels by their ids or names; where none is called so, those whose name begins so. */
export function channelsNamed(scope: Scope, names: readonly string[]): SearchedChannel[] {
  return scope.channels.filter((key) =>
    names.some((raw) => {
      const wanted = raw.replace(/^#/, "").toLowerCase();
      if (raw === key.channelId || raw === key.roomId) return true;
      const names = scope.channels.map((each) => nameOf(scope, each));
      const name = nameOf(scope, key);
      return names.includes(wanted) ? name === wanted : name.startsWith(wanted);
    })
  );
}

function nameOf({ rooms }: Scope, { roomId, channelId }: ChannelKey): string {
  const room = rooms.get(roomId);
  return room === undefined
    ? ""
    : channelName(room.authority, channelId as ChannelId).toLowerCase();
}
