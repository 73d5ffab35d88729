import type { Command } from "commander";
import { listAccessTokens, revokeAccessToken } from "../../services/accounts/access_tokens.ts";
import { getAdminUser } from "../../services/accounts/admin_users.ts";
import { answer, openAccountTools, typedUser } from "../account_tools.ts";
import type { CliContext } from "../context.ts";
import { addConfigOptions, type OptionValues } from "../options.ts";
import { formatTime, table } from "../table.ts";

/** `admin user tokens`: the personal access tokens of an account, and the end of one. */
export function addAccessTokens(
  add: (name: string, description: string) => Command,
  context: CliContext,
): void {
  const command = add("tokens <name>", "show an account's personal access tokens")
    .option("--revoke <id>", "end this one, by the id that the list shows");
  addConfigOptions(command, "folder").action(async (name: string, options: OptionValues) => {
    await using tools = await openAccountTools(options, context);
    const userId = typedUser(name, tools.deps);
    await getAdminUser(tools.deps.sql, userId);
    const id = options["revoke"];
    if (typeof id === "string") {
      await revokeAccessToken(tools.deps, { userId, id, by: { actor: null } });
      answer(context, options, {
        json: { ok: true },
        text: `The access token ${id} of ${userId} opens nothing any more.\n`,
      });
      return;
    }
    const tokens = await listAccessTokens(tools.deps.sql, userId);
    const rows = tokens.map((token) => [
      token.id,
      token.name,
      token.scopes.join(" "),
      formatTime(token.created_ts),
      token.expires_ts === null ? "never" : formatTime(token.expires_ts),
      token.last_used_ts === null ? "never" : formatTime(token.last_used_ts),
    ]);
    answer(context, options, {
      json: { tokens },
      text: rows.length === 0
        ? `${userId} has no access tokens.\n`
        : table(["ID", "NAME", "SCOPES", "MADE", "ENDS", "LAST USED"], rows),
    });
  });
}
