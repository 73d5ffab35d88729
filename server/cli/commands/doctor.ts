import type { Command } from "commander";
import type { Config } from "../../config/config.ts";
import type { Finding } from "../../doctor/finding.ts";
import { openBlobStore } from "../../services/media/open_blob_store.ts";
import { DataFolderError, openDataFolder } from "../../system/data_folder.ts";
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
  const locked = await attempt(() => openDataFolder(config.dataFolder));
  if (locked instanceof DataFolderError) await handOver(config, context);
  if (!(locked instanceof Error)) stack.use(locked);
  const log = quietLog(config, io);
  const database = locked instanceof Error && isEmbedded(config)
    ? locked
    : await attempt(() => openConfiguredDatabase(config, { io, log }));
  if (!(database instanceof Error)) stack.use(database);
  const blobs = await attempt(() => openBlobStore(config));
  if (!(blobs instanceof Error)) stack.defer(() => blobs[Symbol.dispose]?.());
  const opened = { config, clock, rng, log, database, blobs };
  return await runChecks({ ...opened, isRunning: false, allEvents });
}

function isEmbedded(config: Config): boolean {
  return config.database.url === undefined;
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
