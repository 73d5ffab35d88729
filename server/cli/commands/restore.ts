import type { Command } from "commander";
import type { CheckedBackup } from "../../backup/check_file.ts";
import type { Config } from "../../config/config.ts";
import { serverName, TRIAL_NAME } from "../../config/derived.ts";
import { writeConfigFile } from "../config_file.ts";
import { answer } from "../account_tools.ts";
import type { CliContext } from "../context.ts";
import { CliError } from "../io.ts";
import { openStore } from "../open_store.ts";
import { addConfigOptions, type OptionValues, readConfig } from "../options.ts";
import { Progress } from "../progress.ts";
import { absolutePath } from "../path.ts";

export function addRestore(program: Command, context: CliContext): void {
  const command = program.command("restore")
    .description("put a backup into a new data folder, or the configured database and bucket")
    .argument("<file>", "the backup")
    .option("--force", "replace everything that is there")
    .option("--json", "as JSON");
  addConfigOptions(command, "folder").action((file: string, options: OptionValues) =>
    restore(file, options, context)
  );
}

async function restore(file: string, options: OptionValues, context: CliContext): Promise<void> {
  const [{ checkFile }, { makeDistinct }, { restoreBackup }] = await Promise.all([
    import("../../backup/check_file.ts"),
    import("../../backup/make_distinct.ts"),
    import("../../backup/restore_backup.ts"),
  ]);
  const { io } = context;
  const config = readConfig(options, io);
  using progress = new Progress(io);
  const onProgress = (what: string, done: number, total: number) =>
    progress.update(what, done, total);
  const signal = io.interrupted;
  const backup = await checkFile(absolutePath(file, io), { onProgress, signal });
  const adopted = adoptedName(config, backup);
  await using store = await openStore(config, context, { alone: true });
  await restoreBackup(
    {
      sql: store.database.sql,
      blobs: store.blobs,
      makeDistinct: (tx) => makeDistinct(tx, io),
    },
    { backup, force: options["force"] === true, onProgress, signal },
  );
  progress.finish();
  const name = adopted ?? serverName(config);
  const written = adopted === undefined
    ? undefined
    : await writeConfigFile({ ...config, server: { ...config.server, name } });
  answer(context, options, {
    json: { server_name: name, config_file: written ?? null },
    text: (written === undefined ? "" : `Wrote ${written} with the server's name, ${name}.\n`) +
      "Restored. The server signs with new keys from now on; do not let the server that the " +
      "backup came from run again.\n",
  });
}

/** The backup's name, where the configuration has none yet and must get it. */
function adoptedName(config: Config, backup: CheckedBackup): string | undefined {
  const { server_name: name } = backup.header;
  if (name === serverName(config)) return undefined;
  if (config.server.name === undefined && config.file === undefined) return name;
  throw new CliError(
    `The backup is of "${name}", this configuration is of "${serverName(config)}": a server's ` +
      `name is for ever. ` +
      (name === TRIAL_NAME
        ? "A trial can only be restored as one: choose a new folder with --data."
        : `Set server.name to ${name}, or choose a new folder with --data.`),
  );
}
