import type { z } from "zod";
import { DISCOVER_PAGE, type discoverGuilds } from "../../../core/api/discover.ts";
import { OperationError } from "../../../core/errors.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { openGuild, requireRight } from "../chat/place.ts";
import { createInvite } from "../invites/create_invite.ts";
import { findUsableInvite } from "../invites/find_usable_invite.ts";
import { revokeInviteRow } from "../invites/invite_rows.ts";
import { projectSummary } from "./project_guild.ts";

interface ListedRow {
  readonly guild_id: RoomId;
  readonly code: string;
  readonly listed_ts: number;
}

/** @throws OperationError `not_found` */
export async function isListed(
  deps: ChatDeps,
  userId: UserId,
  guildId: string,
): Promise<{ listed: boolean }> {
  const room = await openGuild(deps, userId, guildId);
  return { listed: await usableCode(deps, room.id) !== undefined };
}

/**
 * Puts a guild into the directory of this server or takes it out. It is joined from there by a
 * link of whoever listed it, and stands there as long as that link can be used.
 * @throws OperationError `forbidden`, `not_found`, `limit_reached`
 */
export async function listGuild(
  deps: ChatDeps,
  userId: UserId,
  { guildId, listed }: { readonly guildId: string; readonly listed: boolean },
): Promise<{ listed: boolean }> {
  const room = await openGuild(deps, userId, guildId);
  const nowMs = deps.clock.now();
  requireRight(room.authority.base(userId, nowMs), "MANAGE_GUILD", "decide where it is listed");
  if (listed && await usableCode(deps, room.id) !== undefined) return { listed };
  const invite = listed
    ? await createInvite(deps, userId, { guildId, max_age_s: 0, max_uses: 0 })
    : undefined;
  await deps.sql.begin(async (tx) => {
    const gone = await tx<{ code: string }[]>`
      delete from listed_guilds where guild_id = ${room.id} returning code`;
    for (const { code } of gone) await revokeInviteRow(tx, code, nowMs);
    if (invite === undefined) return;
    await tx`
      insert into listed_guilds (guild_id, code, listed_ts)
      values (${room.id}, ${invite.code}, ${nowMs})
      on conflict (guild_id) do update set code = excluded.code, listed_ts = excluded.listed_ts`;
  });
  return { listed };
}

async function usableCode(deps: ChatDeps, guildId: RoomId): Promise<string | undefined> {
  const [row] = await deps.sql<ListedRow[]>`
    select * from listed_guilds where guild_id = ${guildId}`;
  if (row === undefined) return undefined;
  return await findUsableInvite(deps, row.code).then(() => row.code, gone);
}

/** A link that ended takes its guild off the list; every other fault is one. */
function gone(error: unknown): undefined {
  if (error instanceof OperationError) return undefined;
  throw error;
}

/** One page of the directory, the latest first. @throws OperationError `invalid` */
export async function discover(
  deps: ChatDeps,
  userId: UserId,
  cursor: string | undefined,
): Promise<z.infer<typeof discoverGuilds.result>> {
  const from = cursor === undefined ? undefined : readCursor(cursor);
  const rows = await deps.sql<ListedRow[]>`
    select l.* from listed_guilds l join invites i on i.code = l.code and i.revoked_ts is null
    where ${
    from === undefined
      ? deps.sql`true`
      : deps.sql`(l.listed_ts, l.guild_id) < (${from.ts}, ${from.id})`
  } order by l.listed_ts desc, l.guild_id desc limit ${DISCOVER_PAGE + 1}`;
  const page = rows.slice(0, DISCOVER_PAGE);
  const shown = await Promise.all(page.map(async ({ code }) => {
    const usable = await findUsableInvite(deps, code).catch(gone);
    return usable === undefined ? [] : [{
      guild: projectSummary(usable.room),
      code,
      joined: usable.room.authority.isJoined(userId),
    }];
  }));
  const last = rows.length > DISCOVER_PAGE ? page.at(-1) : undefined;
  return {
    guilds: shown.flat(),
    next: last === undefined ? null : `${last.listed_ts}.${last.guild_id}`,
  };
}

function readCursor(text: string): { readonly ts: number; readonly id: string } {
  const match = /^(\d{1,15})\.(!\S+)$/.exec(text);
  if (match === null) {
    throw new OperationError("invalid", "The cursor is not one that the directory answered with.");
  }
  return { ts: Number(match[1]), id: match[2] ?? "" };
}
