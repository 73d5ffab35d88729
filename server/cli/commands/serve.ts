import type { Command } from "commander";
import type { Log } from "../../../core/ports/log.ts";
import type { Config } from "../../config/config.ts";
import { isTrial, listenAddress } from "../../config/derived.ts";
import { suggest } from "../../config/suggest.ts";
import { openDataFolder } from "../../system/data_folder.ts";
import { giveBackWhenIdle } from "../../system/idle_memory.ts";
import { openControl, type RunCommand } from "../../control/control_server.ts";
import {
  type CliContext,
  type CliParts,
  ExitCode,
  type RunningServer,
  type StoreParts,
} from "../context.ts";
import { CliError, type CliIo, UsageError } from "../io.ts";
import { chooseLog } from "../choose_log.ts";
import { addConfigOptions, type OptionValues, readConfig } from "../options.ts";
import { stopServer } from "../stop_server.ts";
import { versionLine } from "../version.ts";

/** Runs one command line in this process: `run` of program.ts. */
export type RunLine = (args: readonly string[], io: CliIo, parts: CliParts) => Promise<number>;

/** `others`: the commands that may have been meant by a word that is none. */
export function addServe(
  program: Command,
  context: CliContext,
  { runLine, others }: { readonly runLine: RunLine; readonly others: readonly string[] },
): void {
  const command = program.command("serve", { isDefault: true })
    .description("start the server (the default command)");
  // A mistyped command reaches the default one, as a word that it has no use for.
  command.allowExcessArguments();
  addConfigOptions(command, "all").action((options: OptionValues) => {
    const [word] = command.args;
    if (word !== undefined) throw new UsageError(unknownCommand(word, ["serve", ...others]));
    return serve(readConfig(options, context.io), context, runLine);
  });
}

function unknownCommand(word: string, names: readonly string[]): string {
  const near = suggest(word, names);
  const meant = near === undefined ? "" : ` Did you mean "openguild ${near}"?`;
  return `There is no command "${word}".${meant} openguild --help lists the commands.`;
}

async function serve(config: Config, context: CliContext, runLine: RunLine): Promise<void> {
  const { io, parts } = context;
  const { startServer } = parts;
  const log = chooseLog(config, io);
  using folder = await openDataFolder(config.dataFolder);
  // Before a first start makes a database: that takes its time, and a taken port ends it all.
  await startOrExplain(config, () => tryPort(config));
  log.log("info", `${versionLine()} starts.`, {
    data: folder.path,
    database: config.database.url === undefined ? "embedded" : "postgres",
    media: config.blobs.s3Bucket === undefined ? "folder" : "s3",
  });
  if (config.database.url === undefined) {
    log.log(
      "warn",
      "The embedded database never calls fsync: acknowledged messages survive a crash of this " +
        "process, not of the machine. For a community that matters, set DATABASE_URL.",
    );
  }
  await using running = new AsyncDisposableStack();
  const interrupted = interruption(io.interrupted);
  // A start that waits, for a database that is away say, is given up: all it has begun ends with
  // the process, as by a power cut.
  const server = running.use(
    await Promise.race([
      startOrExplain(
        config,
        () => startServer(config, { log, clock: io.clock, rng: io.rng }),
      ),
      interrupted.then(() => Promise.reject(io.interrupted.reason)),
    ]),
  );
  running.use(
    await openControl({
      dataFolder: folder.path,
      clock: io.clock,
      rng: io.rng,
      log,
      run: runInside(context, server.parts, runLine),
    }),
  );
  announce(config, io, log, server);
  void giveBackWhenIdle(io.clock, io.interrupted);
  await interrupted;
  log.log("info", "Stopping.");
  const left = await stopServer(running, { server, clock: io.clock });
  if (left === undefined) return;
  log.log("error", left);
  throw new ExitCode(1);
}

/** Commands that another terminal gives to this server. */
function runInside(context: CliContext, live: StoreParts, runLine: RunLine): RunCommand {
  return (request, streams) =>
    runLine(request.args, {
      ...context.io,
      ...streams,
      env: {},
      workingFolder: request.working_folder,
      outIsTerminal: request.out_is_terminal,
      errIsTerminal: request.err_is_terminal,
      columns: request.columns,
    }, { ...context.parts, live });
}

/** @throws {Deno.errors.AddrInUse} Of what else may be wrong, the listener itself says more. */
function tryPort(config: Config): Promise<void> {
  const { host, port } = listenAddress(config);
  try {
    Deno.listen({ hostname: host, port }).close();
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return Promise.reject(error);
  }
  return Promise.resolve();
}

async function startOrExplain<T>(config: Config, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    const taken = error instanceof Deno.errors.AddrInUse ||
      (error as { code?: unknown }).code === "EADDRINUSE";
    if (!taken) throw error;
    const { host, port } = listenAddress(config);
    throw new CliError(
      `Port ${port} on ${host} is taken by another program: stop that, or choose another port ` +
        `with --port ${port + 1}.`,
      { cause: error },
    );
  }
}

/** The last words of a start: a person reads the address at the end, a machine gets lines. */
function announce(config: Config, io: CliIo, log: Log, server: RunningServer): void {
  const { address, firstAdminLink } = server;
  if (!io.errIsTerminal) {
    if (firstAdminLink !== undefined) {
      log.log("info", "There is no administrator yet; this link makes one, once.", {
        link: firstAdminLink,
      });
    }
    log.log("info", "OpenGuild is ready.", { address });
    return;
  }
  const lines = [""];
  if (isTrial(config)) {
    lines.push(
      "This is a trial: its name is localhost and its accounts cannot meet other servers.",
      "To start for real: openguild init --name YOUR.NAME --data NEW-FOLDER",
      "",
    );
  }
  if (firstAdminLink !== undefined) {
    lines.push("Make the first administrator (this link works once):", `  ${firstAdminLink}`, "");
  }
  lines.push(`OpenGuild is ready: ${address}`, "Ctrl-C stops it.", "");
  io.err(lines.join("\n"));
}

function interruption(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
