import { CLAIM_MS } from "./claim_rows.ts";
import type { GroupDeps } from "./group_deps.ts";

const DAY_MS = 24 * 3_600_000;

/** Commits and Welcomes are kept so long; a device that is away for longer joins by itself. */
export const GROUP_KEPT_MS = 30 * DAY_MS;

/** Of one group: what is older is not read on from either. */
const COMMITS_KEPT = 5000;

/** Welcome bodies are younger than their rows for a moment only; the pause leaves room for that. */
const BODY_MIN_AGE_MS = DAY_MS;

/** Deletes what has ended; safe to run in any process, as often as wanted (hourly). */
export async function sweepGroups({ sql, clock }: Pick<GroupDeps, "sql" | "clock">): Promise<void> {
  const nowMs = clock.now();
  const kept = nowMs - GROUP_KEPT_MS;
  await sql`delete from mls_key_packages where not_after_ts <= ${nowMs}`;
  await sql`
    delete from mls_key_packages p where not exists (select from devices d
      where d.user_id = p.user_id and d.device_id = p.device_id and d.session_id is not null)`;
  await sql`delete from mls_claims where claimed_ts <= ${nowMs - 2 * CLAIM_MS}`;
  await sql`delete from mls_commits where created_ts <= ${kept}`;
  await sql`
    delete from mls_commits c using mls_groups g
    where g.group_id = c.group_id and c.base_epoch < g.epoch - ${COMMITS_KEPT}`;
  await sql`delete from mls_welcomes where created_ts <= ${kept}`;
  await sql`
    delete from mls_welcomes w where not exists (select from devices d
        where d.user_id = w.user_id and d.device_id = w.device_id and d.session_id is not null)
      and not exists (select from remote_devices d
        where d.user_id = w.user_id and d.device_id = w.device_id)`;
  await sql`
    delete from mls_welcome_bodies b where created_ts <= ${nowMs - BODY_MIN_AGE_MS}
      and not exists (select from mls_welcomes w where w.hash = b.hash)`;
}
