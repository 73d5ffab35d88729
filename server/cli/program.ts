import { Command, CommanderError } from "commander";
import { addAdmin } from "./commands/admin.ts";
import { addBackup } from "./commands/backup.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addFederation } from "./commands/federation.ts";
import { addInit } from "./commands/init.ts";
import { addMigrate } from "./commands/migrate.ts";
import { addRestore } from "./commands/restore.ts";
import { addServe } from "./commands/serve.ts";
import { type CliContext, type CliParts, ExitCode } from "./context.ts";
import { explainError } from "./explain_error.ts";
import type { CliIo } from "./io.ts";
import { versionLine } from "./version.ts";

const EXIT_FAILURE = 1;
const EXIT_INTERRUPTED = 130;

/** Runs one command line; answers the exit code. Never throws. */
export async function run(args: readonly string[], io: CliIo, parts: CliParts): Promise<number> {
  try {
    await buildProgram({ args, io, parts }).parseAsync(args, { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    if (error instanceof ExitCode) return error.code;
    if (io.interrupted.aborted && error === io.interrupted.reason) {
      io.err("openguild: interrupted.\n");
      return EXIT_INTERRUPTED;
    }
    io.err(`openguild: ${explainError(error)}\n`);
    return EXIT_FAILURE;
  }
}

function buildProgram(context: CliContext): Command {
  const { io } = context;
  const program = new Command("openguild")
    .description("A homeserver for communities: guilds, channels and messages.")
    .version(versionLine(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out(text),
      writeErr: (text) => io.err(text),
      getOutHelpWidth: () => io.columns,
      getErrHelpWidth: () => io.columns,
    })
    .showSuggestionAfterError()
    .showHelpAfterError("(openguild --help lists the commands)");
  addServe(program, context, run);
  addInit(program, context);
  addMigrate(program, context);
  addDoctor(program, context);
  addBackup(program, context);
  addRestore(program, context);
  addAdmin(program, context);
  addFederation(program, context);
  return program;
}
