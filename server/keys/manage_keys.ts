import type { SigningKey } from "../../core/api/admin.ts";
import { type KeyId } from "../../core/ids/key_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { OperationError } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import type { Bus } from "../../core/ports/bus.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Sql } from "../postgres/sql.ts";
import { publishAccountEvent } from "../services/accounts/account_event.ts";
import { writeAudit } from "../services/accounts/audit.ts";
import { bumpKeyDocument } from "./key_epoch.ts";

/** Keys shown to administrators. */
const LISTED_KEYS = 500;

interface KeyRow {
  key_id: KeyId;
  key: string;
  valid_from: number;
  valid_until: number;
  holder: string;
  retired_ts: number | null;
}

/** This server's signing keys, newest first. `holder`: the data folder of this process, if any. */
export async function listSigningKeys(
  deps: { readonly sql: Sql; readonly clock: Clock; readonly serverName: ServerName },
  options: { readonly holder?: string | undefined } = {},
): Promise<SigningKey[]> {
  const nowMs = deps.clock.now();
  const rows = await deps.sql<KeyRow[]>`
    select k.key_id, e.key, e.valid_from, e.valid_until, k.holder, k.retired_ts
    from signing_keys k join key_entries e using (server, key_id)
    where server = ${deps.serverName}
    order by e.valid_from desc, k.created_ts desc, k.key_id limit ${LISTED_KEYS}`;
  // Of each folder the usable key that began last signs.
  const signing = new Set<string>();
  return rows.map((row) => {
    const live = row.retired_ts === null && nowMs < row.valid_until;
    const current = live && nowMs >= row.valid_from && !signing.has(row.holder);
    if (current) signing.add(row.holder);
    return {
      key_id: row.key_id,
      public_key: row.key,
      valid_from: row.valid_from,
      valid_until: row.valid_until,
      state: nowMs >= row.valid_until
        ? "expired"
        : current
        ? "current"
        : live && nowMs < row.valid_from
        ? "next"
        : "retired",
      has_private_key: live && row.holder === options.holder,
    };
  });
}

/**
 * Ends the use of every present key, in all processes: each makes a new one at its next
 * signature, within a minute at the latest. What was signed stays good.
 */
export async function rotateSigningKeys(
  deps: { readonly sql: Sql; readonly clock: Clock; readonly bus: Bus },
  input: { readonly actor: string | null },
): Promise<{ retired: number }> {
  const nowMs = deps.clock.now();
  const retired = await deps.sql.begin(async (tx) => {
    const keys = await tx`update signing_keys set retired_ts = ${nowMs} where retired_ts is null`;
    await bumpKeyDocument(tx, nowMs);
    await writeAudit(tx, { ts: nowMs, actor: input.actor, action: "key.rotate" });
    return keys.count;
  });
  publishAccountEvent(deps.bus, { kind: "keys_changed" });
  return { retired };
}

/**
 * Says to all that a key is no longer to be trusted for anything new: it may have been stolen.
 * It signs nothing more here, and the next document of keys lists it. What it signed before stays
 * good for others that had it; what comes in its name from now on is not shown. PROTOCOL.md 8.
 * @throws OperationError `not_found` where it is no key of this server
 */
export async function revokeSigningKey(
  deps: { readonly sql: Sql; readonly clock: Clock; readonly bus: Bus },
  input: { readonly keyId: string; readonly reason: string; readonly actor: string | null },
): Promise<void> {
  const nowMs = deps.clock.now();
  const { keyId, actor } = input;
  const reason = input.reason.slice(0, limits.keys.maxRevocationReasonBytes);
  await deps.sql.begin(async (tx) => {
    // A revocation is never taken back, nor its first time or reason changed.
    const [row] = await tx`
      update signing_keys set retired_ts = coalesce(retired_ts, ${nowMs}),
        revoked_ts = coalesce(revoked_ts, ${nowMs}),
        revoked_reason = coalesce(revoked_reason, ${reason})
      where key_id = ${keyId} returning 1`;
    if (row === undefined) {
      throw new OperationError(
        "not_found",
        `This server has no key ${JSON.stringify(keyId)}: "openguild admin key list" shows them.`,
      );
    }
    await bumpKeyDocument(tx, nowMs);
    await writeAudit(tx, { ts: nowMs, actor, action: "key.revoke", target: keyId });
  });
  publishAccountEvent(deps.bus, { kind: "keys_changed" });
}
