import type { AccountState, AdminUser, USER_ORDERS } from "../../../core/api/admin.ts";
import { OperationError } from "../../../core/errors.ts";
import type { Queryable, Sql } from "../../postgres/sql.ts";
import { noSuchUser } from "./refusals.ts";

export interface UserQuery {
  /** Part of the user name or display name. */
  readonly query?: string | undefined;
  readonly state?: AccountState | undefined;
  readonly admin?: boolean | undefined;
  readonly limit: number;
  readonly order?: (typeof USER_ORDERS)[number];
  /** `next` of the page before. */
  readonly before?: string | undefined;
}

/** Accounts that match. @throws OperationError `invalid` for a bad `before` */
export async function listUsers(
  deps: { readonly sql: Sql },
  query: UserQuery,
): Promise<{ users: AdminUser[]; total: number; next: string | null }> {
  const { sql } = deps;
  const order = query.order ?? "newest";
  const cursor = query.before === undefined || order !== "newest"
    ? undefined
    : parseCursor(query.before);
  const offset = order === "newest" || query.before === undefined ? 0 : parseOffset(query.before);
  const like = query.query === undefined
    ? undefined
    : `%${query.query.replace(/[\\%_]/g, "\\$&")}%`;
  const matches = sql`
    true ${
    like === undefined ? sql`` : sql`and (u.local ilike ${like} or p.display_name ilike ${like})`
  }
    ${query.state === undefined ? sql`` : sql`and u.state = ${query.state}`}
    ${query.admin === undefined ? sql`` : sql`and u.admin = ${query.admin}`}`;
  const [count] = await sql<{ total: number }[]>`
    select count(*)::int as total from users u left join profiles p using (user_id)
    where ${matches}`;
  const users = await sql<AdminUser[]>`
    select ${adminColumns(sql)} from users u left join profiles p using (user_id)
    where ${matches} ${
    cursor === undefined
      ? sql``
      : sql`and (u.created_ts, u.user_id) < (${cursor.createdTs}, ${cursor.userId})`
  }
    order by ${orderOf(sql, order)} limit ${query.limit + 1} offset ${offset}`;
  const page = users.slice(0, query.limit).map((user) => ({ ...user }));
  const last = page.at(-1);
  const more = users.length > query.limit && last !== undefined;
  return {
    users: page,
    total: count?.total ?? 0,
    next: !more
      ? null
      : order === "newest"
      ? `${last.created_ts} ${last.id}`
      : String(offset + page.length),
  };
}

function orderOf(sql: Sql, order: (typeof USER_ORDERS)[number]) {
  switch (order) {
    case "newest":
      return sql`u.created_ts desc, u.user_id desc`;
    case "oldest":
      return sql`u.created_ts, u.user_id`;
    case "name":
      return sql`u.local`;
    case "seen":
      return sql`u.last_seen_ts desc nulls last, u.user_id`;
    case "media":
      return sql`(select bytes from media_owners o where o.owner = u.user_id) desc nulls last,
        u.user_id`;
  }
}

/** What an account stores here. */
export async function mediaOf(
  sql: Queryable,
  userId: string,
): Promise<{ files: number; bytes: number }> {
  const [row] = await sql<{ files: number; bytes: number }[]>`
    select files, bytes from media_owners where owner = ${userId}`;
  return { files: row?.files ?? 0, bytes: row?.bytes ?? 0 };
}

/** One account. @throws OperationError `not_found` */
export async function getAdminUser(sql: Queryable, userId: string): Promise<AdminUser> {
  const [user] = await sql<AdminUser[]>`
    select ${adminColumns(sql)} from users u left join profiles p using (user_id)
    where u.user_id = ${userId}`;
  if (user === undefined) throw noSuchUser(userId);
  return { ...user };
}

function adminColumns(sql: Queryable) {
  return sql`u.user_id as id, u.local as user_name, p.display_name, p.avatar, u.admin, u.state,
    u.state_reason, u.created_ts, u.created_by, u.last_seen_ts,
    (select count(*)::int from sessions s where s.user_id = u.user_id) as sessions`;
}

function parseOffset(text: string): number {
  if (/^\d{1,7}$/.test(text)) return Number(text);
  throw new OperationError("invalid", `"before" is not the "next" of a page: ${text}`, {
    details: { field: "before" },
  });
}

function parseCursor(text: string): { createdTs: number; userId: string } {
  const match = /^(\d{1,15}) (@.{1,254})$/.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) {
    throw new OperationError("invalid", `"before" is not the "next" of a page: ${text}`, {
      details: { field: "before" },
    });
  }
  return { createdTs: Number(match[1]), userId: match[2] };
}
