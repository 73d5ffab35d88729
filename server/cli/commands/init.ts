import type { Command } from "commander";
import { join } from "node:path";
import { type Config, DEFAULT_DATA_FOLDER } from "../../config/config.ts";
import { isTrial } from "../../config/derived.ts";
import { migrate } from "../../postgres/migrate.ts";
import { settleServerIdentity } from "../../services/accounts/server_identity.ts";
import { writeConfigFile } from "../config_file.ts";
import type { CliContext } from "../context.ts";
import { CliError, type CliIo } from "../io.ts";
import { openStore } from "../open_store.ts";
import { addConfigOptions, type OptionValues, readConfig } from "../options.ts";

export function addInit(program: Command, context: CliContext): void {
  const command = program.command("init")
    .description("give a new server its name, for ever, and write its configuration file");
  addConfigOptions(command, "all").action((options: OptionValues) =>
    init(readConfig(options, context.io), context)
  );
}

async function init(config: Config, context: CliContext): Promise<void> {
  const { io } = context;
  if (isTrial(config)) {
    throw new CliError(
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
  await settleServerIdentity({ sql: store.database.sql, ...io }, config.server.name);
  const path = await writeConfigFile(config);
  io.out(
    `Wrote ${path}.\n` +
      `This server is ${config.server.name}, for ever: the name stands in every account and room ` +
      `and cannot be changed afterwards.\n` +
      `Start it with: openguild${dataOption(config, io)}\n`,
  );
}

function dataOption(config: Config, io: CliIo): string {
  return config.dataFolder === join(io.workingFolder, DEFAULT_DATA_FOLDER)
    ? ""
    : ` --data ${config.dataFolder}`;
}
