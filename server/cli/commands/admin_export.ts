import type { Command } from "commander";
import { getAdminUser } from "../../services/accounts/admin_users.ts";
import { readServerIdentity } from "../../services/accounts/server_identity.ts";
import { answer, typedUser } from "../account_tools.ts";
import type { CliContext } from "../context.ts";
import { CliError } from "../io.ts";
import { openStore } from "../open_store.ts";
import { addConfigOptions, type OptionValues, readConfig } from "../options.ts";
import { absolutePath } from "../path.ts";
import { Progress } from "../progress.ts";
import { formatBytes } from "../table.ts";

/** `admin user export`: everything this server holds of an account, in one tar file. */
export function addExport(
  add: (name: string, description: string) => Command,
  context: CliContext,
): void {
  addConfigOptions(
    add("export <name> <file>", "write all that is held of an account into a tar file"),
    "folder",
  ).action((name: string, file: string, options: OptionValues) =>
    writeExport({ name, file }, options, context)
  );
}

async function writeExport(
  typed: { readonly name: string; readonly file: string },
  options: OptionValues,
  context: CliContext,
): Promise<void> {
  const { buildExport } = await import("../../services/exports/build_export.ts");
  const { io, parts } = context;
  const path = absolutePath(typed.file, io);
  await using store = await openStore(parts.live?.config ?? readConfig(options, io), context);
  const { sql } = store.database;
  const identity = await readServerIdentity(sql);
  if (identity === undefined) {
    throw new CliError("This server has never been started, so that it has no accounts yet.");
  }
  const { name: serverName } = identity;
  const { id: userId } = await getAdminUser(sql, typedUser(typed.name, { serverName }));
  using progress = new Progress(io);
  const built = await buildExport({ sql, blobs: store.blobs, clock: io.clock }, {
    userId,
    serverName,
    path,
    // Whoever gives the command sees the disk, and wants all of it.
    maxBytes: Infinity,
    onProgress: (done, total) => progress.update("rooms and files", done, total),
    signal: io.interrupted,
  });
  progress.finish();
  const { size } = await Deno.stat(path);
  answer(context, options, {
    json: { ok: true, user_id: userId, path, bytes: size, ...built },
    text: `Wrote ${path} (${formatBytes(size)}): ${built.rooms} rooms, ${built.files} files of ` +
      `${userId}. Give it to nobody else.\n`,
  });
}
