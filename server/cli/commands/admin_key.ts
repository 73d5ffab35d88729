import type { Command } from "commander";
import { listSigningKeys, revokeSigningKey, rotateSigningKeys } from "../../keys/manage_keys.ts";
import { answer, openAccountTools } from "../account_tools.ts";
import type { CliContext } from "../context.ts";
import { addConfigOptions, type OptionValues } from "../options.ts";
import { formatTime, table } from "../table.ts";

/** `admin key list`, `rotate` and `revoke`, below the given `admin` command. */
export function addAdminKey(admin: Command, context: CliContext): void {
  const key = admin.command("key").description("the keys with which this server signs");
  const list = key.command("list").description("show every signing key, the newest first")
    .option("--json", "as JSON");
  addConfigOptions(list, "folder").action(async (options: OptionValues) => {
    await using tools = await openAccountTools(options, context);
    const keys = await listSigningKeys(tools.deps);
    const rows = keys.map((entry) => [
      entry.key_id,
      entry.state,
      formatTime(entry.valid_from),
      formatTime(entry.valid_until),
    ]);
    answer(context, options, {
      json: { keys },
      text: rows.length === 0
        ? "There are no keys yet; the next start makes one.\n"
        : table(["KEY", "STATE", "FROM", "UNTIL"], rows),
    });
  });
  const rotate = key.command("rotate").description("sign with new keys from now on")
    .option("--json", "as JSON");
  addConfigOptions(rotate, "folder").action(async (options: OptionValues) => {
    await using tools = await openAccountTools(options, context);
    const { retired } = await rotateSigningKeys(tools.deps, { actor: null });
    answer(context, options, {
      json: { retired },
      text:
        `Retired ${retired} key${
          retired === 1 ? "" : "s"
        }. Each running process makes its new one with its next ` +
        "event, within a minute; what was signed stays good.\n",
    });
  });
  const revoke = key.command("revoke <key-id>")
    .description("tell all servers that a key was stolen: it counts for nothing new")
    .option("--reason <text>", "why, for the administrators of other servers", "")
    .option("--json", "as JSON");
  addConfigOptions(revoke, "folder").action(async (keyId: string, options: OptionValues) => {
    await using tools = await openAccountTools(options, context);
    const reason = String(options["reason"] ?? "");
    await revokeSigningKey(tools.deps, { keyId, reason, actor: null });
    answer(context, options, {
      json: { revoked: keyId },
      text: `Revoked ${keyId}. Servers that use it learn so within ten minutes; this server ` +
        "makes a new key with its next event.\n",
    });
  });
}
