import type { User } from "../../../core/api/user.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Sql } from "../../postgres/sql.ts";
import { loadUsers } from "../accounts/users.ts";

/** Profiles kept in memory; beyond it the longest held go. */
const PROFILES_MAX = 50_000;

/** How users look, by id, kept in memory until they change. Unknown users have their id alone. */
export class UserDirectory {
  readonly #sql: Sql;
  readonly #users = new Map<UserId, User>();

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  async find(ids: readonly UserId[]): Promise<ReadonlyMap<UserId, User>> {
    const found = new Map<UserId, User>();
    const missing: UserId[] = [];
    for (const id of ids) {
      const user = this.#users.get(id);
      if (user === undefined) missing.push(id);
      else found.set(id, user);
    }
    if (missing.length === 0) return found;
    for (const [id, user] of await loadUsers({ sql: this.#sql }, missing)) {
      found.set(id, user);
      this.#users.set(id, user);
      if (this.#users.size > PROFILES_MAX) this.#dropOldest();
    }
    return found;
  }

  async get(id: UserId): Promise<User> {
    const held = this.#users.get(id);
    if (held !== undefined) return held;
    const found = (await this.find([id])).get(id);
    return found ?? { id, display_name: null, avatar: null, bio: null, status: null, bot: false };
  }

  /** The user looks different now: the next question reads anew. */
  forget(id: UserId): void {
    this.#users.delete(id);
  }

  #dropOldest(): void {
    const [oldest] = this.#users.keys();
    if (oldest !== undefined) this.#users.delete(oldest);
  }
}
