import { AdminSettings } from "../../../core/api/admin.ts";
import { OperationError } from "../../../core/errors.ts";
import { entriesOf, parseServerList } from "../../../federation/policy.ts";
import type { Queryable } from "../../postgres/sql.ts";
import { writeAudit } from "./audit.ts";
import type { AccountDeps } from "./deps.ts";
import type { PinnedSettings } from "./pinned_settings.ts";
import { publishAccountEvent } from "./account_event.ts";

/** Absent keeps. */
export type SettingsChange = {
  readonly [Key in keyof AdminSettings]?: AdminSettings[Key] | undefined;
};

const DEFAULTS: AdminSettings = {
  registration_mode: "invite",
  invite_links_open_registration: true,
  registration_approval: false,
  registration_email: false,
  abuse_contact: null,
  server_title: null,
  server_description: null,
  federation_allow: null,
  federation_block: null,
  notice: null,
};

/** Default, then what administrators chose, then what configuration pins. */
export async function readSettings(
  deps: { readonly sql: Queryable; readonly pinned: PinnedSettings },
): Promise<AdminSettings> {
  const rows = await deps.sql<{ key: string; value: unknown }[]>`select key, value from settings`;
  const stored = AdminSettings.partial().parse(
    Object.fromEntries(rows.filter(({ key }) => key in DEFAULTS).map((r) => [r.key, r.value])),
  );
  return { ...DEFAULTS, ...definedOf(stored), ...definedOf(deps.pinned) };
}

/** Which settings administrators chose in the pages or on the command line. */
export async function storedKeys(sql: Queryable): Promise<ReadonlySet<string>> {
  const rows = await sql<{ key: string }[]>`select key from settings`;
  return new Set(rows.map(({ key }) => key));
}

export function pinnedKeys(pinned: PinnedSettings): string[] {
  return Object.keys(definedOf(pinned)).sort();
}

/**
 * Changes settings.
 * @throws OperationError `conflict` where configuration pins one of them, `invalid`
 */
export async function updateSettings(
  deps: Pick<AccountDeps, "sql" | "clock" | "bus" | "pinned">,
  change: { readonly actor: string | null; readonly values: SettingsChange },
): Promise<AdminSettings> {
  const values = definedOf(change.values);
  const held = Object.keys(values).find((key) => key in definedOf(deps.pinned));
  if (held !== undefined) {
    throw new OperationError(
      "conflict",
      `The setting "${held}" is fixed by the server's configuration; change it there.`,
      { details: { field: held } },
    );
  }
  for (const field of ["federation_allow", "federation_block"] as const) {
    requireServers(field, values[field] ?? null);
  }
  const nowMs = deps.clock.now();
  await deps.sql.begin(async (tx) => {
    for (const [key, value] of Object.entries(values)) {
      // As text: the driver would send null as SQL's NULL, and "no contact" is a value.
      await tx`
        insert into settings (key, value, changed_ts, changed_by)
        values (${key}, ${JSON.stringify(value)}::text::jsonb, ${nowMs}, ${change.actor})
        on conflict (key) do update set value = excluded.value,
          changed_ts = excluded.changed_ts, changed_by = excluded.changed_by`;
    }
    await writeAudit(tx, {
      ts: nowMs,
      actor: change.actor,
      action: "settings.update",
      details: values,
    });
  });
  publishAccountEvent(deps.bus, { kind: "settings_changed" });
  return await readSettings(deps);
}

/** @throws OperationError `invalid` where an entry names no servers */
function requireServers(field: string, written: string | null): void {
  const [unusable] = parseServerList(entriesOf(written)).unusable;
  if (unusable === undefined) return;
  throw new OperationError(
    "invalid",
    `${JSON.stringify(unusable.slice(0, 255))} names no server: write example.org, or ` +
      "*.example.org for all below it, with commas between.",
    { details: { field } },
  );
}

function definedOf<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as { [K in keyof T]: Exclude<T[K], undefined> };
}
