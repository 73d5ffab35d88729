import type { Preferences } from "../../../core/api/preferences.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import type { Sql } from "../../postgres/sql.ts";
import { readPreferences } from "../accounts/preferences.ts";

/** Accounts kept in memory; beyond it the longest held go. */
const HELD_MAX = 20_000;
/** The bus may lose a change: nothing is believed for longer than this. */
const HELD_MS = 60_000;

/** What accounts have decided, for what happens often: typing and reading. */
export class PreferenceBook {
  readonly #deps: { readonly sql: Sql; readonly clock: Clock };
  readonly #held = new Map<UserId, { readonly value: Preferences; readonly untilMs: number }>();
  /** Rises with every change: what was read before one is not kept after it. */
  #version = 0;

  constructor(deps: { readonly sql: Sql; readonly clock: Clock }) {
    this.#deps = deps;
  }

  async of(userId: UserId): Promise<Preferences> {
    const held = this.#held.get(userId);
    if (held !== undefined && held.untilMs > this.#deps.clock.monotonic()) return held.value;
    const version = this.#version;
    const value = await readPreferences(this.#deps.sql, userId);
    if (version === this.#version) this.#keep(userId, value);
    return value;
  }

  /** The account has changed something: the next question reads anew. */
  forget(userId: UserId): void {
    this.#version++;
    this.#held.delete(userId);
  }

  #keep(userId: UserId, value: Preferences): void {
    this.#held.delete(userId);
    this.#held.set(userId, { value, untilMs: this.#deps.clock.monotonic() + HELD_MS });
    if (this.#held.size <= HELD_MAX) return;
    const [oldest] = this.#held.keys();
    if (oldest !== undefined) this.#held.delete(oldest);
  }
}
