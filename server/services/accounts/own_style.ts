import type { UserId } from "../../../core/ids/user_id.ts";
import type { AccountDeps } from "./deps.ts";

/** The CSS a user lays over the pages; "" where there is none. Nobody else ever gets it. */
export async function getOwnStyle(
  deps: Pick<AccountDeps, "sql">,
  userId: UserId,
): Promise<{ css: string }> {
  const [row] = await deps.sql<{ css: string }[]>`
    select css from own_styles where user_id = ${userId}`;
  return { css: row?.css ?? "" };
}

/** Keeps it, or takes it away where it is empty. */
export async function setOwnStyle(
  deps: Pick<AccountDeps, "sql">,
  userId: UserId,
  css: string,
): Promise<{ css: string }> {
  if (css.trim() === "") {
    await deps.sql`delete from own_styles where user_id = ${userId}`;
    return { css: "" };
  }
  await deps.sql`
    insert into own_styles (user_id, css) values (${userId}, ${css})
    on conflict (user_id) do update set css = excluded.css`;
  return { css };
}
