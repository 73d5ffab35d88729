import { DEFAULT_PREFERENCES } from "../../../core/api/preferences.ts";
import type { Profile } from "../../../core/api/account.ts";
import type { Self } from "../../../core/api/gateway.ts";
import type { Presence, User } from "../../../core/api/user.ts";
import { OperationError } from "../../../core/errors.ts";
import { parseTypedUserId, serverOf, type UserId } from "../../../core/ids/user_id.ts";
import type { Caller } from "../../http/caller.ts";
import type { Queryable, Sql } from "../../postgres/sql.ts";
import { noSuchUser } from "./refusals.ts";

type ProfileRow = { user_id: UserId } & Omit<User, "id">;

/**
 * How users look, by id; one query however many. Every id asked for is in the answer: those
 * that nothing is known of stand there with their id alone.
 */
export async function loadUsers(
  deps: { readonly sql: Queryable },
  userIds: Iterable<UserId>,
): Promise<Map<UserId, User>> {
  const wanted = [...new Set(userIds)];
  const users = new Map<UserId, User>(wanted.map((id) => [id, blankUser(id)]));
  if (wanted.length === 0) return users;
  const rows = await deps.sql<ProfileRow[]>`
    select user_id, display_name, avatar, bio, status, bot from profiles
    where user_id = any(${wanted})`;
  for (const { user_id, ...rest } of rows) users.set(user_id, { id: user_id, ...rest });
  return users;
}

/** A user of whom nothing is known but the id. */
export function blankUser(id: UserId): User {
  return { id, display_name: null, avatar: null, bio: null, status: null, bot: false };
}

/** Asks other servers about their users; the answer lies in `profiles` then. */
export interface RemoteProfileDesk {
  fetch(user: UserId): Promise<"fresh" | "absent" | "unreachable">;
}

/**
 * A user's page; that of another server's user is asked for there where no copy is held.
 * @throws OperationError `not_found`, `unavailable`
 */
export async function getProfile(
  deps: { readonly sql: Sql; readonly remoteProfiles?: RemoteProfileDesk },
  typed: string,
): Promise<Profile> {
  const id = parseTypedUserId(typed);
  if (id === undefined) throw noSuchUser(typed);
  const held = await loadProfile(deps.sql, id);
  if (held !== undefined) return held;
  const outcome = await deps.remoteProfiles?.fetch(id);
  if (outcome === "unreachable") {
    const server = serverOf(id);
    throw new OperationError(
      "unavailable",
      `${server} does not answer now, so nothing is known of ${id}. Try again in a minute.`,
      { details: { server } },
    );
  }
  const fetched = outcome === "fresh" ? await loadProfile(deps.sql, id) : undefined;
  if (fetched === undefined) throw noSuchUser(typed);
  return fetched;
}

async function loadProfile(sql: Sql, id: UserId): Promise<Profile | undefined> {
  const [row] = await sql<
    (Omit<User, "id"> & { created_ts: number | null; state: string | null })[]
  >`
    select p.display_name, p.avatar, p.bio, p.status, p.bot, u.created_ts, u.state
    from profiles p left join users u using (user_id) where p.user_id = ${id}`;
  if (row === undefined) return undefined;
  const { state, created_ts, ...profile } = row;
  return { id, ...profile, created_ts, deactivated: state === "deactivated" };
}

/** The signed-in account as it sees itself. */
export async function getSelf(
  deps: { readonly sql: Sql },
  caller: Pick<Caller, "userId" | "sessionId">,
): Promise<Self> {
  const [row] = await deps.sql<
    (Omit<User, "id"> & {
      presence: Exclude<Presence, "offline">;
      admin: boolean;
      language: string | null;
      confirmed_until: number | null;
      status_until: number | null;
      show_previews: unknown;
      sealed_previews: unknown;
    })[]
  >`
    select p.display_name, p.avatar, p.bio, p.status, p.bot, u.presence, u.admin, u.language,
      s.confirmed_until, p.status_until, c.chosen->'show_previews' as show_previews,
      c.chosen->'sealed_previews' as sealed_previews
    from users u join profiles p using (user_id)
      left join user_preferences c using (user_id)
      left join sessions s on s.session_id = ${caller.sessionId}
    where u.user_id = ${caller.userId}`;
  if (row === undefined) throw noSuchUser(caller.userId);
  const { presence, admin, language, confirmed_until, status_until, ...rest } = row;
  const { show_previews, sealed_previews, ...profile } = rest;
  return {
    ...{ presence, admin, language, confirmed_until, status_until },
    user: { id: caller.userId, ...profile },
    show_previews: isOn(show_previews, DEFAULT_PREFERENCES.show_previews),
    sealed_previews: isOn(sealed_previews, DEFAULT_PREFERENCES.sealed_previews),
  };
}

function isOn(chosen: unknown, otherwise: boolean): boolean {
  return typeof chosen === "boolean" ? chosen : otherwise;
}

/** The presence that a user of this server chose. */
export async function loadChosenPresence(
  deps: { readonly sql: Queryable },
  userId: UserId,
): Promise<Exclude<Presence, "offline">> {
  const [row] = await deps.sql<{ presence: Exclude<Presence, "offline"> }[]>`
    select presence from users where user_id = ${userId}`;
  return row?.presence ?? "online";
}
