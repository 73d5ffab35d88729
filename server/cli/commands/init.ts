import type { Command } from "commander";
import { join } from "node:path";
import { type Config, DEFAULT_DATA_FOLDER } from "../../config/config.ts";
import { migrate } from "../../postgres/migrate.ts";
import { settleServerIdentity } from "../../services/accounts/server_identity.ts";
import { writeConfigFile } from "../config_file.ts";
import { answer } from "../account_tools.ts";
import type { CliContext } from "../context.ts";
import { CliError, type CliIo, UsageError } from "../io.ts";
import { openStore } from "../open_store.ts";
import { addConfigOptions, type OptionValues, readConfig } from "../options.ts";

export function addInit(program: Command, context: CliContext): void {
  const command = program.command("init")
    .description("give a new server its name, for ever, and write its configuration file")
    .option("--json", "as JSON");
  addConfigOptions(command, "all").action((options: OptionValues) => init(options, context));
}

async function init(options: OptionValues, context: CliContext): Promise<void> {
  const { io } = context;
  const config = readConfig(options, io);
  const { name } = config.server;
  if (name === undefined) {
    throw new UsageError(
      "openguild init needs the server's name: openguild init --name example.org. It stands in " +
        "every account and room and cannot be changed afterwards.",
    );
  }
  if (config.file !== undefined) {
    throw new CliError(
      `${config.file} is there already: change it with an editor, or choose another folder with --data.`,
    );
  }
  await using store = await openStore(config, context, { alone: true });
  await migrate(store.database.sql, { log: store.log });
  await settleServerIdentity({ sql: store.database.sql, ...io }, name);
  const path = await writeConfigFile(config);
  answer(context, options, {
    json: { server_name: name, config_file: path },
    text: `Wrote ${path}.\n` +
      `This server is ${name}, for ever: the name stands in every account and room ` +
      `and cannot be changed afterwards.\n` +
      `Start it with: openguild${dataOption(config, io)}\n`,
  });
}

function dataOption(config: Config, io: CliIo): string {
  return config.dataFolder === join(io.workingFolder, DEFAULT_DATA_FOLDER)
    ? ""
    : ` --data ${config.dataFolder}`;
}
