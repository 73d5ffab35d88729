import { DEFAULT_PREFERENCES, Preferences } from "../../../core/api/preferences.ts";
import type { Quiet } from "../../../core/api/quiet.ts";
import type { Presence } from "../../../core/api/user.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Queryable } from "../../postgres/sql.ts";
import { publishAccountEvent } from "./account_event.ts";
import type { AccountDeps } from "./deps.ts";

/** Absent keeps. */
export type PreferencesChange = {
  readonly [Key in keyof Preferences]?: Preferences[Key] | undefined;
};

/** What one account has decided; defaults for all that it has not. */
export async function readPreferences(sql: Queryable, userId: UserId): Promise<Preferences> {
  const [row] = await sql<{ chosen: Record<string, unknown> }[]>`
    select chosen from user_preferences where user_id = ${userId}`;
  return { ...DEFAULT_PREFERENCES, ...knownOf(row?.chosen ?? {}) };
}

/** Changes them, and what others see of the account with them, at once on every process. */
export async function updatePreferences(
  deps: Pick<AccountDeps, "sql" | "clock" | "bus">,
  userId: UserId,
  change: PreferencesChange,
): Promise<Preferences> {
  // Other hours begin anew.
  const ended = change.quiet_hours === undefined ? {} : { quiet_ended: null };
  const chosen = Object.fromEntries(
    Object.entries({ ...ended, ...change }).filter(([, value]) => value !== undefined),
  );
  if (Object.keys(chosen).length > 0) {
    await deps.sql`
      insert into user_preferences (user_id, chosen, changed_ts)
      values (${userId}, ${deps.sql.json(chosen)}, ${deps.clock.now()})
      on conflict (user_id) do update set
        chosen = user_preferences.chosen || excluded.chosen, changed_ts = excluded.changed_ts`;
    publishAccountEvent(deps.bus, { kind: "preferences_changed", user_id: userId });
  }
  const preferences = await readPreferences(deps.sql, userId);
  if (change.share_presence !== undefined) {
    const [row] = await deps.sql<{ presence: Exclude<Presence, "offline"> }[]>`
      select presence from users where user_id = ${userId}`;
    publishAccountEvent(deps.bus, {
      kind: "presence_chosen",
      user_id: userId,
      presence: shownPresence(row?.presence ?? "online", preferences),
    });
  }
  return preferences;
}

/** How an account that chose `presence` appears: one that shares none is as if not there. */
export function shownPresence<P extends Presence>(
  presence: P,
  preferences: Pick<Preferences, "share_presence">,
): P | "invisible" {
  return preferences.share_presence ? presence : "invisible";
}

/** Of what was decided that which says when nothing is told. */
export function quietOf(preferences: Preferences): Quiet {
  const { quiet_hours, quiet_calls, quiet_until, quiet_ended } = preferences;
  return { quiet_hours, quiet_calls, quiet_until, quiet_ended };
}

/** The same of what stands in the table; defaults where nothing does. */
export function storedQuiet(chosen: Record<string, unknown> | null): Quiet {
  return quietOf({ ...DEFAULT_PREFERENCES, ...knownOf(chosen ?? {}) });
}

/** Entries of another version of the program are left alone, and unread. */
function knownOf(stored: Record<string, unknown>): Partial<Preferences> {
  return Object.fromEntries(
    Object.entries(Preferences.shape).flatMap(([key, schema]) => {
      const parsed = schema.safeParse(stored[key]);
      return parsed.success ? [[key, parsed.data]] : [];
    }),
  );
}
