import type { Command } from "commander";
import { migrate, status } from "../../postgres/migrate.ts";
import { answer } from "../account_tools.ts";
import type { CliContext } from "../context.ts";
import { openStore } from "../open_store.ts";
import { addConfigOptions, type OptionValues, readConfig } from "../options.ts";
import { formatTime, table } from "../table.ts";

export function addMigrate(program: Command, context: CliContext): void {
  const { io } = context;
  const command = program.command("migrate")
    .enablePositionalOptions()
    .description("bring the database up to this version (a start does that by itself)")
    .option("--json", "as JSON");
  addConfigOptions(command, "folder").action(async (options: OptionValues) => {
    await using store = await openStore(
      context.parts.live?.config ?? readConfig(options, io),
      context,
      { makes: true },
    );
    const count = await migrate(store.database.sql, { log: store.log });
    const text = count === 0
      ? "The database is up to date.\n"
      : `Applied ${count} migration${count > 1 ? "s" : ""}.\n`;
    answer(context, options, { json: { applied: count }, text });
  });
  const statusCommand = command.command("status")
    .description("show which migrations are applied and which wait; changes nothing")
    .option("--json", "as JSON");
  addConfigOptions(statusCommand, "folder").action(async (options: OptionValues) => {
    await using store = await openStore(
      context.parts.live?.config ?? readConfig(options, io),
      context,
    );
    const rows = await status(store.database.sql);
    const migrations = rows.map(({ version, name, appliedTs }) => ({
      version,
      name,
      applied_ts: appliedTs ?? null,
    }));
    const text = table(
      ["NUMBER", "NAME", "APPLIED"],
      rows.map(({ version, name, appliedTs }) => [
        String(version).padStart(4, "0"),
        name,
        appliedTs === undefined ? "waits" : formatTime(appliedTs),
      ]),
    );
    answer(context, options, { json: { migrations }, text });
  });
}
