import type { AdminSettings } from "../../../core/api/admin.ts";
import type { ConfigurationEntry } from "../../../core/api/admin_server.ts";
import type { Queryable } from "../../postgres/sql.ts";
import type { PinnedSettings } from "./pinned_settings.ts";
import { readSettings, storedKeys } from "./settings.ts";

/** The configuration as in effect: what was read at the start, and over it what the pages set. */
export async function listConfiguration(deps: {
  readonly sql: Queryable;
  readonly pinned: PinnedSettings;
  readonly configuration: readonly ConfigurationEntry[];
}): Promise<ConfigurationEntry[]> {
  const [settings, stored] = await Promise.all([readSettings(deps), storedKeys(deps.sql)]);
  return deps.configuration.map((entry) => {
    if (entry.setting === null || entry.origin !== "default") return entry;
    const value = settings[entry.setting as keyof AdminSettings];
    return {
      ...entry,
      value: value === null ? null : String(value),
      set: value !== null,
      origin: stored.has(entry.setting) ? "pages" : "default",
    };
  });
}
