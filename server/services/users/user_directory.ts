import type { User } from "../../../core/api/user.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import type { Sql } from "../../postgres/sql.ts";
import { blankUser, loadUsers } from "../accounts/users.ts";

/** Profiles kept in memory; beyond it the longest held go. */
const PROFILES_MAX = 50_000;

/**
 * A change reaches every process over the bus at once. The bus may lose it, so nothing is
 * believed for longer than this.
 */
const PROFILE_TTL_MS = 60_000;

interface Held {
  readonly user: User;
  readonly untilMs: number;
}

/** How users look, by id, kept in memory until they change. Unknown users have their id alone. */
export class UserDirectory {
  readonly #deps: { readonly sql: Sql; readonly clock: Clock };
  readonly #users = new Map<UserId, Held>();
  #watcher: (ids: readonly UserId[]) => void = () => {};
  /** Rises with every change: what was read before one is not kept after it. */
  #version = 0;

  constructor(deps: { readonly sql: Sql; readonly clock: Clock }) {
    this.#deps = deps;
  }

  async find(ids: readonly UserId[]): Promise<ReadonlyMap<UserId, User>> {
    const { clock } = this.#deps;
    const nowMs = clock.monotonic();
    const found = new Map<UserId, User>();
    const missing: UserId[] = [];
    for (const id of ids) {
      const held = this.#users.get(id);
      if (held === undefined || held.untilMs <= nowMs) missing.push(id);
      else found.set(id, held.user);
    }
    if (missing.length === 0) return found;
    this.#watcher(missing);
    const version = this.#version;
    for (const [id, user] of await loadUsers(this.#deps, missing)) {
      found.set(id, user);
      if (version === this.#version) this.#keep(id, user);
    }
    return found;
  }

  async get(id: UserId): Promise<User> {
    return (await this.find([id])).get(id) ?? blankUser(id);
  }

  /** Hears who is looked at, each at least once in the time that a profile is believed. */
  watch(watcher: (ids: readonly UserId[]) => void): void {
    this.#watcher = watcher;
  }

  /** The user looks different now: the next question reads anew. */
  forget(id: UserId): void {
    this.#version++;
    this.#users.delete(id);
  }

  #keep(id: UserId, user: User): void {
    this.#users.delete(id);
    this.#users.set(id, { user, untilMs: this.#deps.clock.monotonic() + PROFILE_TTL_MS });
    if (this.#users.size <= PROFILES_MAX) return;
    const [oldest] = this.#users.keys();
    if (oldest !== undefined) this.#users.delete(oldest);
  }
}
