import { Command, Option } from "commander";
import { allSettings, type Config, loadConfig } from "../config/config.ts";
import { CliError, type CliIo, UsageError } from "./io.ts";

/** Options as commander hands them over. */
export type OptionValues = Readonly<Record<string, unknown>>;

/**
 * Gives a command the options that find the data folder and its configuration; with `all`
 * also those of single settings (`--port`).
 */
export function addConfigOptions(command: Command, which: "folder" | "all"): Command {
  command
    .option("--data <folder>", "the data folder (default: ./openguild-data)")
    .option(
      "--config <file>",
      "the configuration file (default: openguild.yaml in the data folder)",
    )
    .addOption(
      new Option("--set <setting=value>", "any setting, such as media.max_upload=50MiB")
        .argParser((value, former: readonly string[] | undefined) => [...(former ?? []), value]),
    );
  if (which === "all") {
    for (const { setting } of allSettings()) {
      if (setting.flag === undefined) continue;
      command.addOption(new Option(`${setting.flag} <value>`, plain(setting.doc)));
    }
  }
  return command;
}

/** Reads the configuration as the given options, the environment and the file have it. */
export function readConfig(options: OptionValues, io: CliIo): Config {
  const flags = new Map<string, string>();
  for (const { id, setting } of allSettings()) {
    const value = setting.flag === undefined ? undefined : options[optionKey(setting.flag)];
    if (typeof value === "string") flags.set(id, value);
  }
  for (const assignment of (options["set"] ?? []) as readonly string[]) {
    const at = assignment.indexOf("=");
    if (at < 1) {
      throw new UsageError(`--set "${assignment}" needs the form section.key=value.`);
    }
    flags.set(assignment.slice(0, at).trim(), assignment.slice(at + 1));
  }
  return loadConfig({
    flags,
    env: io.env,
    dataFolder: options["data"] as string | undefined,
    configFile: options["config"] as string | undefined,
    workingFolder: io.workingFolder,
    readFile: readTextFile,
  });
}

function readTextFile(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    // A file stands where a folder should: whoever opens the data folder says so.
    if (error instanceof Deno.errors.NotADirectory) return undefined;
    const why = error instanceof Error ? error.message : String(error);
    throw new CliError(`The file ${path} cannot be read: ${why}`);
  }
}

/** `--public-url` -> `publicUrl`, as commander names it. */
function optionKey(flag: string): string {
  return flag.replace(/^--/, "").replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

export function plain(markdown: string): string {
  return (markdown.split(". ")[0] ?? markdown).replaceAll("`", "").replace(/\.$/, "");
}
