import type { UserId } from "../../../core/ids/user_id.ts";
import type { Queryable } from "../../postgres/sql.ts";
import { whoShareGuild } from "../users/shares_guild.ts";
import {
  findRelationship,
  findRelationshipsWith,
  type RelationshipRow,
} from "./relationship_rows.ts";

/** Whether `userId`, of this server, has `other` as a friend: both have said yes to it. */
export async function isFriend(
  sql: Queryable,
  userId: UserId,
  other: UserId,
): Promise<boolean> {
  const between = await findRelationship(sql, [userId, other]);
  return between !== undefined && isFriendly(between);
}

/** Whether `userId`, of this server, knows `other`: as a friend, or from a guild of both. */
export async function knows(
  deps: { readonly sql: Queryable },
  userId: UserId,
  other: UserId,
): Promise<boolean> {
  return (await whoAreKnown(deps, userId, [other])).has(other);
}

/** Those of the others whom `userId`, of this server, knows. */
export async function whoAreKnown(
  deps: { readonly sql: Queryable },
  userId: UserId,
  others: readonly UserId[],
): Promise<ReadonlySet<UserId>> {
  const [between, near] = await Promise.all([
    findRelationshipsWith(deps.sql, userId, others),
    whoShareGuild(deps, userId, others),
  ]);
  return new Set([...near, ...between.filter(isFriendly).map((row) => row.other_id)]);
}

function isFriendly({ bond, blocked }: RelationshipRow): boolean {
  return bond === "friend" && !blocked;
}
