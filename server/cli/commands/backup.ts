import type { Command } from "commander";
import { join } from "node:path";
import { serverName } from "../../config/derived.ts";
import { migrate } from "../../postgres/migrate.ts";
import { readServerIdentity } from "../../services/accounts/server_identity.ts";
import { answer } from "../account_tools.ts";
import type { CliContext } from "../context.ts";
import { openStore } from "../open_store.ts";
import { addConfigOptions, type OptionValues, readConfig } from "../options.ts";
import { absolutePath } from "../path.ts";
import { Progress } from "../progress.ts";
import { formatBytes, formatTime, printable } from "../table.ts";
import { versionLine } from "../version.ts";

export function addBackup(program: Command, context: CliContext): void {
  const command = program.command("backup")
    .enablePositionalOptions()
    .description("write everything this server knows into one file")
    .argument("<file>", "where to write; must not exist")
    .option("--json", "as JSON");
  addConfigOptions(command, "folder").action((file: string, options: OptionValues) =>
    backup(file, options, context)
  );
  command.command("verify")
    .description("check a backup's hashes and try a restore of it, without touching the server")
    .argument("<file>", "the backup")
    .option("--json", "as JSON")
    .action((file: string, options: OptionValues) => verify(file, options, context));
}

// What a command alone needs is loaded by it: a server keeps every command ready, and is idle.

async function backup(file: string, options: OptionValues, context: CliContext): Promise<void> {
  const { createBackup } = await import("../../backup/create_backup.ts");
  const { io, parts } = context;
  const path = absolutePath(file, io);
  await using store = await openStore(parts.live?.config ?? readConfig(options, io), context);
  await migrate(store.database.sql, { log: store.log });
  const identity = await readServerIdentity(store.database.sql);
  using progress = new Progress(io);
  const manifest = await createBackup(
    { sql: store.database.sql, blobs: store.blobs, clock: io.clock },
    {
      path,
      serverName: identity?.name ?? serverName(store.config),
      program: versionLine(),
      onProgress: (what, done, total) => progress.update(what, done, total),
      signal: io.interrupted,
    },
  );
  progress.finish();
  const rows = Object.values(manifest.rows).reduce((sum, count) => sum + count, 0);
  const { size } = await Deno.stat(path);
  answer(context, options, {
    json: { file: path, bytes: size, rows: manifest.rows, blobs: manifest.blobs },
    text: `Wrote ${path} (${formatBytes(size)}): ${rows} rows, ${manifest.blobs.count} files. ` +
      `It holds everything but the private signing keys, passwords only as hashes; keep it ` +
      `where nobody else reads. Check it with: openguild backup verify ${file}\n`,
  });
}

async function verify(file: string, options: OptionValues, context: CliContext): Promise<void> {
  const { io } = context;
  const [{ checkFile }, { verifyBackup }] = await Promise.all([
    import("../../backup/check_file.ts"),
    import("../../backup/verify_backup.ts"),
  ]);
  using progress = new Progress(io);
  const onProgress = (what: string, done: number, total: number) =>
    progress.update(what, done, total);
  const checked = await checkFile(absolutePath(file, io), { onProgress, signal: io.interrupted });
  const folder = await Deno.makeTempDir({ prefix: "openguild-verify-" });
  try {
    await verifyBackup(checked, {
      folder: join(folder, "data"),
      onProgress,
      signal: io.interrupted,
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  progress.finish();
  const { header, manifest } = checked;
  const { server_name, created_ts, program } = header;
  const { rows, blobs } = manifest;
  answer(context, options, {
    json: { ok: true, server_name, created_ts, program, rows, blobs },
    text: `The backup is whole and can be restored: ${printable(server_name)}, ` +
      `${formatTime(created_ts)}, written by ${printable(program)}, ` +
      `${blobs.count} files of ${formatBytes(blobs.bytes)}.\n`,
  });
}
