import type { Command, CommanderError, Option } from "commander";
import { suggest } from "../config/suggest.ts";

/** How the shell knows a command line that could not be read, as with most programs. */
export const EXIT_USAGE = 2;
/** What `--help` and `--version` end with; `help COMMAND` ends like a lack of one, but well. */
const ANSWERED: ReadonlySet<string> = new Set(["commander.helpDisplayed", "commander.version"]);

/** Whether the command line was read, and its answer is what has been printed. */
export function isAnswered({ code, exitCode }: CommanderError): boolean {
  return ANSWERED.has(code) || (code === "commander.help" && exitCode === 0);
}

/**
 * What of the command line could not be read and what to type instead, in the words of the other
 * errors: the library's own begin in a small letter, quote otherwise and name no command.
 */
export function explainUsage(
  error: CommanderError,
  { program, args }: { readonly program: Command; readonly args: readonly string[] },
): string {
  const command = commandOf(program, args);
  const name = nameOf(command);
  const look = `${name} --help`;
  // Of a message: what stands between its first quotes.
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? "";
  switch (error.code) {
    case "commander.unknownOption": {
      const [typed = ""] = quoted.split("=");
      const known = optionsOf(command);
      if (known.includes(typed)) {
        return `${typed} takes no value, and got ${JSON.stringify(quoted)}.`;
      }
      const meant = meantBy(typed, known);
      return `There is no option ${
        JSON.stringify(typed)
      } of "${name}".${meant} ${look} lists them.`;
    }
    case "commander.unknownCommand":
      return unknownCommand(command, quoted);
    case "commander.missingArgument": {
      const argument = command.registeredArguments.find((each) => each.name() === quoted);
      const what = argument?.description ? ` (${argument.description})` : "";
      return `<${quoted}>${what} is missing: ${name} ${command.usage()}`;
    }
    case "commander.optionMissingArgument":
      return `${quoted} needs its value, and none follows: ${look} says what it takes.`;
    case "commander.excessArguments":
      if (command.commands.length > 0 && command.registeredArguments.length === 0) {
        return unknownCommand(command, command.args[0] ?? "");
      }
      return `"${name}" takes ${counted(command.registeredArguments.length)}, and got ${
        command.args.map((word) => JSON.stringify(word)).join(", ")
      }. ${look} says what it takes.`;
    case "commander.help": {
      const at = args.indexOf("help");
      const asked = at < 0 ? undefined : args[at + 1];
      if (asked !== undefined) return unknownCommand(commandOf(program, args.slice(0, at)), asked);
      return `"${name}" needs one of the commands above.`;
    }
    default:
      return `${error.message.replace(/^error: /, "")} ${look} says what it takes.`;
  }
}

function unknownCommand(command: Command, typed: string): string {
  const name = nameOf(command);
  const meant = meantBy(typed, command.commands.map((each) => each.name()), `${name} `);
  return `There is no command "${name} ${typed}".${meant} ${name} --help lists them.`;
}

function counted(count: number): string {
  return count === 0 ? "no argument" : count === 1 ? "one argument" : `${count} arguments`;
}

function meantBy(typed: string, known: readonly string[], before = ""): string {
  const near = suggest(typed, known);
  return near === undefined ? "" : ` Did you mean "${before}${near}"?`;
}

/** The command that the words lead to; without one, that which runs by itself. */
function commandOf(program: Command, args: readonly string[]): Command {
  let at = program;
  for (const word of args) {
    const below = at.commands.find((each) => each.name() === word);
    if (below === undefined) break;
    at = below;
  }
  return at;
}

function nameOf(command: Command): string {
  const names: string[] = [];
  for (let at: Command | null = command; at !== null; at = at.parent) names.unshift(at.name());
  return names.join(" ");
}

/** Those of the command that runs by itself, where it is the program that was called. */
function optionsOf(command: Command): string[] {
  const serve = command.parent === null
    ? command.commands.find((each) => each.name() === "serve")
    : undefined;
  const options = [...command.options, ...serve?.options ?? []]
    .flatMap(({ long, short }: Option) => [long, short])
    .filter((name) => typeof name === "string");
  return [...options, "--help"];
}
