import type { Command } from "commander";
import { join } from "node:path";
import { type Config, CONFIG_FILE_NAME } from "../../config/config.ts";
import { isTrial } from "../../config/derived.ts";
import { openDataFolder } from "../../system/data_folder.ts";
import type { CliContext } from "../context.ts";
import { CliError, type CliIo } from "../io.ts";
import { addConfigOptions, type OptionValues, readConfig } from "../options.ts";

export function addInit(program: Command, { io }: CliContext): void {
  const command = program.command("init")
    .description("give a new server its name and write its configuration file");
  addConfigOptions(command, "all").action((options: OptionValues) =>
    init(readConfig(options, io), io)
  );
}

async function init(config: Config, io: CliIo): Promise<void> {
  if (isTrial(config)) {
    throw new CliError(
      "openguild init needs the server's name: openguild init --name example.org. It stands in " +
        "every account and room and cannot be changed afterwards.",
    );
  }
  using folder = await openDataFolder(config.dataFolder);
  const path = join(folder.path, CONFIG_FILE_NAME);
  if (config.file !== undefined) {
    throw new CliError(
      `${config.file} is there already: change it with an editor, or choose another folder with --data.`,
    );
  }
  await refuseUsedFolder(folder.path);
  const text = fileText(config);
  await Deno.writeTextFile(path, text, { createNew: true, mode: 0o600 });
  io.out(
    `Wrote ${path}.\n` +
      `This server is ${config.server.name}, for ever: the name stands in every account and room ` +
      `and cannot be changed afterwards.\n` +
      `Start it with: openguild${dataOption(config, io)}\n`,
  );
}

/** What a trial has stored belongs to localhost and cannot be renamed. */
async function refuseUsedFolder(path: string): Promise<void> {
  for await (const entry of Deno.readDir(path)) {
    if (entry.name === "lock") continue;
    throw new CliError(
      `The data folder ${path} has been used already (it holds "${entry.name}"). What a trial ` +
        `stored belongs to localhost and cannot be renamed: choose a new folder with --data.`,
    );
  }
}

function fileText(config: Config): string {
  const { server, tls, listen, origins } = config;
  const given = (id: string) => origins.get(id) !== "default";
  const lines = [
    "# OpenGuild's configuration. Every setting: docs/OPERATIONS.md, or openguild serve --help.",
    "server:",
    "  # For ever: it stands in every account and room.",
    `  name: ${JSON.stringify(server.name)}`,
  ];
  if (given("server.public_url")) lines.push(`  public_url: ${JSON.stringify(server.publicUrl)}`);
  if (given("listen.host") || given("listen.port")) lines.push("listen:");
  if (given("listen.host")) lines.push(`  host: ${JSON.stringify(listen.host)}`);
  if (given("listen.port")) lines.push(`  port: ${listen.port}`);
  if (given("tls.cert") || given("tls.acme")) lines.push("tls:");
  if (given("tls.cert")) {
    lines.push(`  cert: ${JSON.stringify(tls.cert)}`, `  key: ${JSON.stringify(tls.key)}`);
  }
  if (given("tls.acme")) lines.push(`  acme: ${JSON.stringify(tls.acme)}`);
  return lines.join("\n") + "\n";
}

function dataOption(config: Config, io: CliIo): string {
  return config.dataFolder === join(io.workingFolder, "openguild-data")
    ? ""
    : ` --data ${config.dataFolder}`;
}
