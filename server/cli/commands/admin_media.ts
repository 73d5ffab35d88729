import type { Command } from "commander";
import type { MediaPurgeFilter } from "../../../core/api/media.ts";
import { parseServerName } from "../../../core/ids/server_name.ts";
import { serverName } from "../../config/derived.ts";
import { deleteDueBlobs } from "../../services/media/delete_due_blobs.ts";
import { reportMediaUsage } from "../../services/media/get_media_usage.ts";
import { MediaCounters } from "../../services/media/media_meter.ts";
import { purgeMedia } from "../../services/media/purge_media.ts";
import { wholeNumber } from "../account_tools.ts";
import type { CliContext } from "../context.ts";
import { CliError, UsageError } from "../io.ts";
import { type OpenStore, openStore } from "../open_store.ts";
import { addConfigOptions, type OptionValues, readConfig } from "../options.ts";
import { formatBytes, table } from "../table.ts";

const DAY_MS = 24 * 3_600_000;
const DEFAULT_USERS = "20";
const NUMBER_MAX = 999_999;

/** `admin media usage` and `admin media purge`, below the given `admin` command. */
export function addAdminMedia(admin: Command, context: CliContext): void {
  const media = admin.command("media").description("the files that people uploaded");
  const usage = media.command("usage")
    .description("show what is stored, and who stores most")
    .option("--limit <count>", "how many users to show", DEFAULT_USERS)
    .option("--json", "as JSON");
  addConfigOptions(usage, "folder").action((options: OptionValues) => showUsage(options, context));
  const purge = media.command("purge")
    .description("delete files for good, in use or not; every filter given must match")
    .option("--uri <mxc>", "this file")
    .option("--user <id>", "files of this user, @name:server")
    .option("--older-than <days>", "files uploaded more than so many days ago")
    .option("--remote", "copies of other servers' files; with --older-than not asked for since")
    .option("--unused", "only files that nothing uses")
    .option("--orphans", "also stored files that the database does not know")
    .option("--dry-run", "count and delete nothing")
    .option("--json", "as JSON");
  addConfigOptions(purge, "folder").action((options: OptionValues) => runPurge(options, context));
}

async function open(options: OptionValues, context: CliContext): Promise<OpenStore> {
  return await openStore(context.parts.live?.config ?? readConfig(options, context.io), context);
}

async function showUsage(options: OptionValues, context: CliContext): Promise<void> {
  const { io } = context;
  const limit = wholeNumber("--limit", options["limit"], { min: 0, max: NUMBER_MAX });
  await using store = await open(options, context);
  const report = await reportMediaUsage(
    { sql: store.database.sql, settings: store.config.media },
    limit,
  );
  if (options["json"] === true) {
    io.out(JSON.stringify(report, null, 2) + "\n");
    return;
  }
  io.out(
    `${report.files} files, ${formatBytes(report.bytes)}; of these unused ` +
      `${report.unused_files}, ${formatBytes(report.unused_bytes)}; ` +
      `${report.deletions_waiting} deletions waiting.\n`,
  );
  io.out(
    `Copies of other servers' files: ${report.remote.files}, ${formatBytes(report.remote.bytes)} ` +
      `of at most ${formatBytes(report.remote.quota_bytes)}.\n`,
  );
  if (report.users.length === 0) return;
  io.out(
    "\n" + table(
      ["USER", "FILES", "SIZE"],
      report.users.map((user) => [user.user_id, String(user.files), formatBytes(user.bytes)]),
    ),
  );
  if (report.guilds.length === 0) return;
  io.out(
    "\n" + table(
      ["GUILD", "FILES", "SIZE", "ID"],
      report.guilds.map((each) => [
        each.name,
        String(each.files),
        formatBytes(each.bytes),
        each.guild_id,
      ]),
    ),
  );
}

async function runPurge(options: OptionValues, context: CliContext): Promise<void> {
  const { io } = context;
  const filter = readFilter(options, io.clock.now());
  await using store = await open(options, context);
  const name = parseServerName(serverName(store.config));
  if (name === undefined) throw new CliError("This server's name is no server name.");
  const deps = {
    sql: store.database.sql,
    blobs: store.blobs,
    clock: io.clock,
    log: store.log,
    meter: new MediaCounters(),
    serverName: name,
    wakeJobs: () => {},
  };
  const result = await purgeMedia(deps, filter, null);
  if (!filter.dry_run) await deleteDueBlobs(deps);
  if (options["json"] === true) {
    io.out(JSON.stringify(result, null, 2) + "\n");
    return;
  }
  const verb = result.dry_run ? "Would delete" : "Deleted";
  const orphans = filter.orphans === true ? ` and ${result.orphans} unknown ones` : "";
  io.out(`${verb} ${result.files} files (${formatBytes(result.bytes)})${orphans}.\n`);
}

function readFilter(options: OptionValues, nowMs: number): MediaPurgeFilter {
  const { uri, user, olderThan } = options;
  const filter: MediaPurgeFilter = {
    ...(typeof uri === "string" ? { uri } : {}),
    ...(typeof user === "string" ? { user_id: user } : {}),
    ...(olderThan === undefined ? {} : {
      before_ts: nowMs -
        wholeNumber("--older-than", olderThan, { min: 0, max: NUMBER_MAX }) * DAY_MS,
    }),
    ...(options["unused"] === true ? { unused: true } : {}),
    ...(options["remote"] === true ? { remote: true } : {}),
    ...(options["orphans"] === true ? { orphans: true } : {}),
    dry_run: options["dryRun"] === true,
  };
  if (Object.keys(filter).length > 1) return filter;
  throw new UsageError(
    "Say what to purge: --uri, --user, --older-than, --unused, --remote or --orphans; add --dry-run to look first.",
  );
}
