import type { Command } from "commander";
import type { GuildSummary } from "../../../core/api/guild.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { writeAudit } from "../../services/accounts/audit.ts";
import type { ChatDeps } from "../../services/chat/chat_deps.ts";
import { deleteGuild } from "../../services/guilds/delete_guild.ts";
import { listAllGuilds } from "../../services/guilds/list_all_guilds.ts";
import { answer } from "../account_tools.ts";
import type { CliContext } from "../context.ts";
import { CliError } from "../io.ts";
import { openChat } from "../open_server.ts";
import { addConfigOptions, type OptionValues } from "../options.ts";
import { printable, table } from "../table.ts";

/** `admin guild list|show|delete`. */
export function addAdminGuild(admin: Command, context: CliContext): void {
  const guild = admin.command("guild").description("the guilds of this server");
  const list = guild.command("list").description("show every guild that somebody is in")
    .option("--json", "as JSON");
  addConfigOptions(list, "folder").action(async (options: OptionValues) => {
    await using tools = await openChat(options, context);
    const guilds = await listAllGuilds(tools.chat);
    answer(context, options, {
      json: { guilds },
      text: guilds.length === 0 ? "There is no guild yet.\n" : table(
        ["NAME", "MEMBERS", "OWNER", "ID"],
        guilds.map(({ name, member_count, owner, id }) => [
          name,
          String(member_count),
          owner ?? "nobody",
          id,
        ]),
      ),
    });
  });
  const show = guild.command("show").description("show one guild")
    .argument("<guild>", "its id, or its name where no other has that")
    .option("--json", "as JSON");
  addConfigOptions(show, "folder").action(async (typed: string, options: OptionValues) => {
    await using tools = await openChat(options, context);
    const found = await findGuild(tools.chat, typed);
    answer(context, options, { json: { guild: found }, text: describe(found) });
  });
  addDelete(guild, context);
}

function addDelete(guild: Command, context: CliContext): void {
  const command = guild.command("delete")
    .description("end a guild: everybody is sent away; this cannot be undone")
    .argument("<guild>", "its id, or its name where no other has that")
    .option("--confirm <name>", "the guild's name, to show that it is the right one")
    .option("--reason <text>", "for the server's audit log")
    .option("--json", "as JSON");
  addConfigOptions(command, "folder").action(async (typed: string, options: OptionValues) => {
    await using tools = await openChat(options, context);
    const { chat } = tools;
    const found = await findGuild(chat, typed);
    if (options["confirm"] !== found.name) {
      throw new CliError(
        `This would send ${found.member_count} members out of "${printable(found.name)}", for ` +
          `ever. If that is the one, say so: --confirm ${JSON.stringify(found.name)}`,
      );
    }
    if (found.owner === null) throw new CliError("The guild has no owner left who could end it.");
    await deleteGuild(chat, found.owner as UserId, { guildId: found.id, name: found.name });
    await writeAudit(chat.sql, {
      ts: chat.clock.now(),
      actor: null,
      action: "guild.delete",
      target: found.id,
      reason: (options["reason"] as string | undefined) ?? null,
      details: { name: found.name, members: found.member_count },
    });
    answer(context, options, {
      json: { ok: true, guild: found },
      text: `"${printable(found.name)}" has ended.\n`,
    });
  });
}

async function findGuild(chat: ChatDeps, typed: string): Promise<GuildSummary> {
  const guilds = await listAllGuilds(chat);
  const found = guilds.filter((guild) => guild.id === typed || guild.name === typed);
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  throw new CliError(
    first === undefined
      ? `There is no guild ${JSON.stringify(typed)}: openguild admin guild list shows all.`
      : `There are ${found.length} guilds named ${JSON.stringify(typed)}: give the id. ${
        found.map((guild) => guild.id).join(", ")
      }`,
  );
}

function describe(guild: GuildSummary): string {
  const lines = [
    ["Name", guild.name],
    ["Id", guild.id],
    ["Owner", guild.owner ?? "nobody"],
    ["Members", String(guild.member_count)],
    ["Description", guild.description ?? "none"],
  ] as const;
  return lines.map(([name, value]) => `${name.padEnd(12)} ${printable(value)}\n`).join("");
}
