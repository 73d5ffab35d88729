import { Command, CommanderError } from "commander";
import { OperationError } from "../../core/errors.ts";
import { ConfigError } from "../config/config.ts";
import { addServe } from "./commands/serve.ts";
import { type CliContext, type CliParts, ExitCode } from "./context.ts";
import { explainError } from "./explain_error.ts";
import { EXIT_USAGE, explainUsage, isAnswered } from "./explain_usage.ts";
import { type CliIo, UsageError } from "./io.ts";
import { versionLine } from "./version.ts";

type AddCommand = (program: Command, context: CliContext) => void;

/**
 * The commands beside `serve`, in the order of the help. A command line loads the one that it
 * names, and a server none: what they are made of would stay in its memory.
 */
const COMMANDS: Readonly<Record<string, () => Promise<AddCommand>>> = {
  init: async () => (await import("./commands/init.ts")).addInit,
  migrate: async () => (await import("./commands/migrate.ts")).addMigrate,
  doctor: async () => (await import("./commands/doctor.ts")).addDoctor,
  backup: async () => (await import("./commands/backup.ts")).addBackup,
  restore: async () => (await import("./commands/restore.ts")).addRestore,
  admin: async () => (await import("./commands/admin.ts")).addAdmin,
  federation: async () => (await import("./commands/federation.ts")).addFederation,
};
const HELP_WORDS: ReadonlySet<string> = new Set(["-h", "--help", "help"]);

const EXIT_FAILURE = 1;
const EXIT_INTERRUPTED = 130;

/** Runs one command line; answers the exit code. Never throws. */
export async function run(args: readonly string[], io: CliIo, parts: CliParts): Promise<number> {
  let program: Command | undefined;
  try {
    program = await buildProgram({ args, io, parts });
    await program.parseAsync(args, { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError && program !== undefined) {
      if (isAnswered(error)) return error.exitCode;
      io.err(`openguild: ${explainUsage(error, { program, args })}\n`);
      return EXIT_USAGE;
    }
    if (error instanceof ExitCode) return error.code;
    if (io.interrupted.aborted && error === io.interrupted.reason) {
      io.err("openguild: interrupted.\n");
      return EXIT_INTERRUPTED;
    }
    io.err(`openguild: ${explainError(error)}\n`);
    return isMisuse(error) ? EXIT_USAGE : EXIT_FAILURE;
  }
}

/** What was typed cannot be meant, whatever the server's state: a value that is none, a word too many. */
function isMisuse(error: unknown): boolean {
  return error instanceof UsageError || (error instanceof ConfigError && error.typed) ||
    (error instanceof OperationError && error.code === "invalid");
}

async function buildProgram(context: CliContext): Promise<Command> {
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
      // It is said in our own words.
      outputError: () => undefined,
      getOutHelpWidth: () => io.columns,
      getErrHelpWidth: () => io.columns,
    });
  addServe(program, context, { runLine: run, others: Object.keys(COMMANDS) });
  const added = await Promise.all(neededBy(context.args).map((load) => load()));
  for (const add of added) add(program, context);
  return program;
}

/** Without the name of a command it is `serve` that runs, which other words may follow. */
function neededBy(args: readonly string[]): readonly (() => Promise<AddCommand>)[] {
  const [first] = args;
  const isHelp = args.some((word) => HELP_WORDS.has(word));
  if (first === undefined || first === "serve" || (first.startsWith("-") && !isHelp)) return [];
  const named = Object.hasOwn(COMMANDS, first) ? COMMANDS[first] : undefined;
  return named === undefined ? Object.values(COMMANDS) : [named];
}
