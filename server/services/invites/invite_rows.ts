import type { Queryable } from "../../postgres/sql.ts";

/** An invite link as stored. Times in ms. */
export interface InviteRow {
  readonly code: string;
  readonly guild_id: string;
  readonly channel_id: string | null;
  readonly created_by: string;
  readonly created_ts: number;
  readonly expires_ts: number | null;
  readonly max_uses: number | null;
  readonly uses: number;
  readonly role_id: string | null;
  readonly revoked_ts: number | null;
  /** How long who joins by it is a member, in seconds; null: for good. */
  readonly stay_s: number | null;
}

export async function insertInvite(sql: Queryable, row: InviteRow): Promise<void> {
  await sql`insert into invites ${sql({ ...row })}`;
}

export async function findInvite(sql: Queryable, code: string): Promise<InviteRow | undefined> {
  const [row] = await sql<InviteRow[]>`select * from invites where code = ${code}`;
  return row;
}

/** Links of a guild that can still be used, newest first. */
export async function listLiveInvites(
  sql: Queryable,
  query: { readonly guildId: string; readonly nowMs: number; readonly limit: number },
): Promise<InviteRow[]> {
  return await sql<InviteRow[]>`
    select * from invites
    where guild_id = ${query.guildId} and revoked_ts is null
      and (expires_ts is null or expires_ts > ${query.nowMs})
      and (max_uses is null or uses < max_uses)
    order by created_ts desc, code limit ${query.limit}`;
}

export async function revokeInviteRow(
  sql: Queryable,
  code: string,
  nowMs: number,
): Promise<void> {
  await sql`update invites set revoked_ts = ${nowMs} where code = ${code} and revoked_ts is null`;
}

/**
 * Counts one use if the link is still good; false means somebody else took the last one.
 * One statement, so that two people cannot share a single use.
 */
export async function takeInviteUse(
  sql: Queryable,
  code: string,
  nowMs: number,
): Promise<boolean> {
  const rows = await sql`
    update invites set uses = uses + 1
    where code = ${code} and revoked_ts is null
      and (expires_ts is null or expires_ts > ${nowMs})
      and (max_uses is null or uses < max_uses)
    returning code`;
  return rows.length === 1;
}

/** Gives a use back when the join that took it failed. */
export async function returnInviteUse(sql: Queryable, code: string): Promise<void> {
  await sql`update invites set uses = uses - 1 where code = ${code} and uses > 0`;
}

export type InviteFault = "expired" | "revoked" | "used_up";

/** Why a link cannot be used any more; undefined while it can. */
export function inviteFault(row: InviteRow, nowMs: number): InviteFault | undefined {
  if (row.revoked_ts !== null) return "revoked";
  if (row.expires_ts !== null && row.expires_ts <= nowMs) return "expired";
  if (row.max_uses !== null && row.uses >= row.max_uses) return "used_up";
  return undefined;
}
