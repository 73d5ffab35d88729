import type { UserId } from "../../../core/ids/user_id.ts";
import type { Queryable, Tx } from "../../postgres/sql.ts";
import { lookAlike, nameReserved, nameTaken } from "./refusals.ts";
import type { UserName } from "./user_name.ts";

export interface NewUser {
  readonly userId: UserId;
  readonly name: UserName;
  readonly displayName: string | null;
  readonly createdBy: string;
  readonly admin: boolean;
  /** null: no login until a reset link sets one. */
  readonly passwordHash: string | null;
  readonly nowMs: number;
}

/**
 * Refuses a name that is reserved, taken or looks like a taken one, before costly work.
 * @throws OperationError `bad_user_name`, `name_taken`
 */
export async function requireFreeName(
  sql: Queryable,
  name: UserName,
  options: { readonly admin: boolean },
): Promise<void> {
  if (name.reserved === "word" || (name.reserved === "office" && !options.admin)) {
    throw nameReserved(name.local);
  }
  const [held] = await sql<{ local: string }[]>`
    select local from users where local = ${name.local} or skeleton = ${name.skeleton}
    union all
    select local from registrations where local = ${name.local} or skeleton = ${name.skeleton}
    order by local limit 1`;
  if (held === undefined) return;
  throw held.local === name.local ? nameTaken(name.local) : lookAlike(name.local);
}

/**
 * Makes the account in the caller's transaction; two who want one name at once get one answer each.
 * @throws OperationError `name_taken`
 */
export async function createUserRow(tx: Tx, user: NewUser): Promise<void> {
  const made = await tx`
    insert into users (user_id, local, skeleton, created_ts, created_by, admin)
    values (${user.userId}, ${user.name.local}, ${user.name.skeleton}, ${user.nowMs},
      ${user.createdBy}, ${user.admin})
    on conflict do nothing`;
  if (made.count === 0) {
    const [same] = await tx`select 1 from users where local = ${user.name.local}`;
    throw same === undefined ? lookAlike(user.name.local) : nameTaken(user.name.local);
  }
  await tx`
    insert into profiles (user_id, display_name, updated_ts)
    values (${user.userId}, ${user.displayName}, ${user.nowMs})
    on conflict (user_id) do update set display_name = excluded.display_name`;
  if (user.passwordHash === null) return;
  await tx`
    insert into credentials (user_id, password_hash, changed_ts)
    values (${user.userId}, ${user.passwordHash}, ${user.nowMs})`;
}
