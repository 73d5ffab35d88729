import type { Command } from "commander";
import { migrate, status } from "../../postgres/migrate.ts";
import type { CliContext } from "../context.ts";
import { openStore } from "../open_store.ts";
import { addConfigOptions, type OptionValues, readConfig } from "../options.ts";
import { formatTime, table } from "../table.ts";

export function addMigrate(program: Command, context: CliContext): void {
  const { io } = context;
  const command = program.command("migrate")
    .enablePositionalOptions()
    .description("bring the database up to this version (a start does that by itself)");
  addConfigOptions(command, "folder").action(async (options: OptionValues) => {
    await using store = await openStore(
      context.parts.live?.config ?? readConfig(options, io),
      context,
      { makes: true },
    );
    const count = await migrate(store.database.sql, { log: store.log });
    io.out(count === 0 ? "The database is up to date.\n" : `Applied ${count} migrations.\n`);
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
    if (options["json"] === true) {
      const answer = rows.map(({ version, name, appliedTs }) => ({
        version,
        name,
        applied_ts: appliedTs ?? null,
      }));
      io.out(JSON.stringify({ migrations: answer }, null, 2) + "\n");
      return;
    }
    io.out(table(
      ["NUMBER", "NAME", "APPLIED"],
      rows.map(({ version, name, appliedTs }) => [
        String(version).padStart(4, "0"),
        name,
        appliedTs === undefined ? "waits" : formatTime(appliedTs),
      ]),
    ));
  });
}
