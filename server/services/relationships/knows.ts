import type { UserId } from "../../../core/ids/user_id.ts";
import type { Queryable } from "../../postgres/sql.ts";
import { sharesGuild } from "../users/shares_guild.ts";
import { findRelationship } from "./relationship_rows.ts";

/** Whether `userId`, of this server, has `other` as a friend: both have said yes to it. */
export async function isFriend(
  sql: Queryable,
  userId: UserId,
  other: UserId,
): Promise<boolean> {
  const between = await findRelationship(sql, [userId, other]);
  return between?.bond === "friend" && !between.blocked;
}

/** Whether `userId`, of this server, knows `other`: as a friend, or from a guild of both. */
export async function knows(
  deps: { readonly sql: Queryable },
  userId: UserId,
  other: UserId,
): Promise<boolean> {
  return await isFriend(deps.sql, userId, other) || await sharesGuild(deps, userId, other);
}
