import type { UserId } from "../../../core/ids/user_id.ts";
import { NOTHING, type Relationship } from "../../../core/rules/relationship.ts";
import type { Queryable } from "../../postgres/sql.ts";

/** A row of `relationships`. */
export interface RelationshipRow extends Relationship {
  readonly user_id: UserId;
  readonly other_id: UserId;
  readonly changed_ts: number;
}

/** What one side keeps; `[user, other]`. */
export type Side = readonly [user: UserId, other: UserId];

/**
 * Locks sides for the transaction, always in the same order, and reads them. Sides without a row
 * get one, which `writeSide` takes away again where it says nothing.
 */
export async function lockSides(
  tx: Queryable,
  sides: readonly Side[],
  nowMs: number,
): Promise<Map<UserId, Relationship>> {
  const held = new Map<UserId, Relationship>();
  for (const [user, other] of [...sides].sort(([a], [b]) => (a < b ? -1 : 1))) {
    await tx`
      insert into relationships (user_id, other_id, changed_ts) values (${user}, ${other}, ${nowMs})
      on conflict do nothing`;
    const [row] = await tx<RelationshipRow[]>`
      select * from relationships where user_id = ${user} and other_id = ${other} for update`;
    held.set(user, row === undefined ? NOTHING : { bond: row.bond, blocked: row.blocked });
  }
  return held;
}

export async function writeSide(
  tx: Queryable,
  [user, other]: Side,
  { after: { bond, blocked }, nowMs }: { readonly after: Relationship; readonly nowMs: number },
): Promise<void> {
  if (bond === null && !blocked) {
    await tx`delete from relationships where user_id = ${user} and other_id = ${other}`;
    return;
  }
  await tx`
    update relationships set bond = ${bond}, blocked = ${blocked}, changed_ts = ${nowMs}
    where user_id = ${user} and other_id = ${other}
      and (bond is distinct from ${bond} or blocked <> ${blocked})`;
}

/** All of a user: friends, requests, blocks. Bounded by how they come to be. */
export async function findRelationships(
  sql: Queryable,
  user: UserId,
): Promise<readonly RelationshipRow[]> {
  return await sql<RelationshipRow[]>`
    select * from relationships where user_id = ${user} and (bond is not null or blocked)
    order by changed_ts desc, other_id`;
}

export async function findRelationship(
  sql: Queryable,
  [user, other]: Side,
): Promise<RelationshipRow | undefined> {
  const [row] = await findRelationshipsWith(sql, user, [other]);
  return row;
}

export async function findRelationshipsWith(
  sql: Queryable,
  user: UserId,
  others: readonly UserId[],
): Promise<readonly RelationshipRow[]> {
  return await sql<RelationshipRow[]>`
    select * from relationships where user_id = ${user} and other_id = any(${[...others]})`;
}

/** Whom a user has blocked. */
export async function blockedBy(sql: Queryable, user: UserId): Promise<ReadonlySet<UserId>> {
  const rows = await sql<{ other_id: UserId }[]>`
    select other_id from relationships where user_id = ${user} and blocked`;
  return new Set(rows.map((row) => row.other_id));
}

/** Whether `user` has blocked `other`. */
export async function hasBlocked(sql: Queryable, [user, other]: Side): Promise<boolean> {
  return (await findRelationship(sql, [user, other]))?.blocked === true;
}

export interface Counts {
  readonly friends: number;
  readonly asked: number;
  readonly asks: number;
  readonly blocked: number;
}

export async function countRelationships(sql: Queryable, user: UserId): Promise<Counts> {
  const [row] = await sql<Counts[]>`
    select count(*) filter (where bond = 'friend')::int as friends,
      count(*) filter (where bond = 'asked')::int as asked,
      count(*) filter (where bond = 'asks')::int as asks,
      count(*) filter (where blocked)::int as blocked
    from relationships where user_id = ${user}`;
  return row ?? { friends: 0, asked: 0, asks: 0, blocked: 0 };
}

/** An account has ended: nothing is between it and anybody. Answers whom other servers must tell. */
export async function endRelationships(tx: Queryable, user: UserId): Promise<readonly UserId[]> {
  const rows = await tx<Pick<RelationshipRow, "other_id" | "bond">[]>`
    delete from relationships where user_id = ${user} returning other_id, bond`;
  await tx`delete from relationships where other_id = ${user}`;
  return rows.filter(({ bond }) => bond === "asked" || bond === "friend")
    .map((row) => row.other_id);
}
