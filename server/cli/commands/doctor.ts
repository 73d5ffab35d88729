import type { Command } from "commander";
import { join } from "node:path";
import type { Config } from "../../config/config.ts";
import type { Finding } from "../../doctor/finding.ts";
import { openBlobStore } from "../../services/media/open_blob_store.ts";
import { type Database, EMBEDDED_FOLDER } from "../../postgres/database.ts";
import {
  type DataFolder,
  DataFolderError,
  LOCK_FILE,
  openDataFolder,
} from "../../system/data_folder.ts";
import { type CliContext, ExitCode } from "../context.ts";
import { handOver, openConfiguredDatabase, quietLog } from "../open_store.ts";
import { addConfigOptions, type OptionValues, readConfig } from "../options.ts";
import { printable } from "../table.ts";

export function addDoctor(program: Command, context: CliContext): void {
  const command = program.command("doctor")
    .description("look at everything a server needs and say what to do about what is wrong")
    .option("--events", "look at every stored event, not at some of them: about 20,000 a second")
    .option("--json", "as JSON");
  addConfigOptions(command, "all").action(async (options: OptionValues) => {
    const findings = await examine(context, options);
    const bad = findings.filter((finding) => finding.status === "problem").length;
    context.io.out(
      options["json"] === true
        ? JSON.stringify({ ok: bad === 0, findings }, null, 2) + "\n"
        : report(findings),
    );
    if (bad > 0) throw new ExitCode(1);
  });
}

async function examine(context: CliContext, options: OptionValues): Promise<Finding[]> {
  const { runChecks } = await import("../../doctor/run_checks.ts");
  const { io, parts } = context;
  const { clock, rng } = io;
  const allEvents = options["events"] === true;
  if (parts.live !== undefined) {
    return await runChecks({ ...parts.live, clock, rng, isRunning: true, allEvents });
  }
  const config = readConfig(options, io);
  await using stack = new AsyncDisposableStack();
  // Who looks makes nothing: what the first start makes is looked at once it is there.
  const isThere = await exists(join(config.dataFolder, LOCK_FILE));
  const locked = isThere ? await attempt(() => openDataFolder(config.dataFolder)) : undefined;
  if (locked instanceof DataFolderError) await handOver(config, context);
  if (locked !== undefined && !(locked instanceof Error)) stack.use(locked);
  const log = quietLog(config, io);
  const database = await openDatabase(config, {
    locked,
    open: () => openConfiguredDatabase(config, { io, log }),
  });
  if (database !== undefined && !(database instanceof Error)) stack.use(database);
  const blobs = isThere || config.blobs.s3Bucket !== undefined
    ? await attempt(() => openBlobStore(config))
    : undefined;
  if (blobs !== undefined && !(blobs instanceof Error)) {
    stack.defer(() => blobs[Symbol.dispose]?.());
  }
  const opened = { config, clock, rng, log, database, blobs };
  return await runChecks({ ...opened, isRunning: false, allEvents });
}

/** Undefined where the embedded database has not been made yet. */
async function openDatabase(
  config: Config,
  { locked, open }: {
    readonly locked: DataFolder | Error | undefined;
    readonly open: () => Promise<Database>;
  },
): Promise<Database | Error | undefined> {
  if (config.database.url !== undefined) return await attempt(open);
  if (locked instanceof Error) return locked;
  if (!await exists(join(config.dataFolder, EMBEDDED_FOLDER))) return undefined;
  return await attempt(open);
}

async function exists(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, (error) => !isAbsent(error));
}

function isAbsent(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
}

async function attempt<T>(open: () => Promise<T>): Promise<T | Error> {
  try {
    return await open();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

const MARK = { ok: "ok     ", warning: "warning", problem: "PROBLEM" } as const;

function report(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map((finding) => finding.check.length));
  const lines = findings.flatMap(({ check, status, message, advice }) => [
    `${MARK[status]}  ${check.padEnd(width)}  ${printable(message)}`,
    ...(advice === undefined ? [] : [`${" ".repeat(width + 11)}${printable(advice)}`]),
  ]);
  const bad = findings.filter((finding) => finding.status === "problem").length;
  const sum = bad === 0
    ? "Nothing is in the way."
    : `${bad} problem${bad > 1 ? "s" : ""} to solve.`;
  return `${lines.join("\n")}\n\n${sum}\n`;
}
