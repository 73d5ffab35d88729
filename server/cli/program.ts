import { Command, CommanderError } from "commander";
import { addInit } from "./commands/init.ts";
import { addServe, type StartServer } from "./commands/serve.ts";
import { explainError } from "./explain_error.ts";
import type { CliIo } from "./io.ts";
import { versionLine } from "./version.ts";

/** What the commands cannot make themselves: the composition root gives it. */
export interface CliParts {
  readonly startServer: StartServer;
}

const EXIT_FAILURE = 1;

/** Runs one command line; answers the exit code. Never throws. */
export async function run(args: readonly string[], io: CliIo, parts: CliParts): Promise<number> {
  try {
    await buildProgram(io, parts).parseAsync(args, { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    if (io.interrupted.aborted && error === io.interrupted.reason) return 130;
    io.err(`openguild: ${explainError(error)}\n`);
    return EXIT_FAILURE;
  }
}

function buildProgram(io: CliIo, parts: CliParts): Command {
  const program = new Command("openguild")
    .description("A homeserver for communities: guilds, channels and messages.")
    .version(versionLine(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out(text),
      writeErr: (text) => io.err(text),
      getOutHelpWidth: () => io.columns,
      getErrHelpWidth: () => io.columns,
    })
    .showSuggestionAfterError()
    .showHelpAfterError("(openguild --help lists the commands)");
  addServe(program, io, parts.startServer);
  addInit(program, io);
  return program;
}
