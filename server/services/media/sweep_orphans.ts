import type { MediaDeps } from "./media_deps.ts";
import { MEDIA_BLOBS } from "./media_row.ts";
import { MEDIA_LIMITS } from "./media_settings.ts";

const PREFIXES_PER_QUERY = 500;

export interface OrphanSweep {
  /** Files without a row that were found, and (unless a dry run or `refused`) will be deleted. */
  readonly orphans: number;
  readonly known: number;
  /** So much has no row that this is more likely the wrong database: nothing was touched. */
  readonly refused: boolean;
}

/**
 * Compares the whole blob store with the rows. A row is written before its first blob and a new
 * id never returns, so what has no row when it is listed is nobody's.
 */
export async function sweepOrphans(
  deps: Pick<MediaDeps, "sql" | "blobs" | "clock" | "log" | "wakeJobs">,
  options: { readonly dryRun: boolean; readonly force: boolean },
): Promise<OrphanSweep> {
  const orphans: string[] = [];
  let known = 0;
  const judge = async (prefixes: ReadonlySet<string>) => {
    const rows = await deps.sql<{ blob_prefix: string }[]>`
      select blob_prefix from media where blob_prefix = any(${[...prefixes]})
      union all
      select blob_prefix from remote_media where blob_prefix = any(${[...prefixes]})
      union all
      select blob_prefix from link_previews where blob_prefix = any(${[...prefixes]})`;
    const held = new Set(rows.map((row) => row.blob_prefix));
    known += held.size;
    for (const prefix of prefixes) if (!held.has(prefix)) orphans.push(prefix);
  };
  let batch = new Set<string>();
  let last = "";
  for await (const { key } of deps.blobs.list(MEDIA_BLOBS)) {
    const prefix = key.slice(0, key.lastIndexOf("/"));
    if (prefix === last) continue;
    last = prefix;
    batch.add(prefix);
    if (batch.size < PREFIXES_PER_QUERY) continue;
    await judge(batch);
    batch = new Set();
  }
  await judge(batch);
  const unique = [...new Set(orphans)];
  const refused = !options.force && unique.length > MEDIA_LIMITS.fewOrphans &&
    unique.length > (unique.length + known) * MEDIA_LIMITS.maxOrphanShare;
  if (refused) {
    deps.log.log("error", "Most stored files are unknown to this database; none was deleted.", {
      orphans: unique.length,
      known,
      advice: "check that the database and the blob store belong together",
    });
  } else if (!options.dryRun && unique.length > 0) {
    await deps.sql`
      insert into media_deletions (blob_prefix, due_ts)
      select prefix, ${deps.clock.now()} from unnest(${unique}::text[]) as prefix
      on conflict do nothing`;
    deps.log.log("info", "Stored files without a row will be deleted.", {
      orphans: unique.length,
    });
    deps.wakeJobs();
  }
  return { orphans: unique.length, known, refused };
}
