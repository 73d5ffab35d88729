import type { Command } from "commander";
import type { AdminGuild } from "../../../core/api/admin_guilds.ts";
import type { ChatDeps } from "../../services/chat/chat_deps.ts";
import {
  deleteGuildAsAdmin,
  getAdminGuild,
  listAdminGuilds,
} from "../../services/guilds/admin_guilds.ts";
import { parseRoomId } from "../../../core/ids/room_id.ts";
import { answer } from "../account_tools.ts";
import type { CliContext } from "../context.ts";
import { CliError } from "../io.ts";
import { openChat } from "../open_server.ts";
import { addConfigOptions, type OptionValues } from "../options.ts";
import { formatBytes, formatTime, printable, table } from "../table.ts";

const PAGE_GUILDS = 100;

/** `admin guild list|show|delete`. */
export function addAdminGuild(admin: Command, context: CliContext): void {
  const guild = admin.command("guild").description("the guilds of this server");
  const list = guild.command("list").description("show every guild that somebody is in")
    .option("--json", "as JSON");
  addConfigOptions(list, "folder").action(async (options: OptionValues) => {
    await using tools = await openChat(options, context);
    const guilds = await listAll(tools.chat);
    answer(context, options, {
      json: { guilds },
      text: guilds.length === 0 ? "There is no guild yet.\n" : table(
        ["NAME", "MEMBERS", "MESSAGES", "MEDIA", "OWNER", "ID"],
        guilds.map((each) => [
          each.name,
          String(each.member_count),
          String(each.messages),
          formatBytes(each.media_bytes),
          each.owner ?? "nobody",
          each.id,
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
    .option("--yes", "do not ask for the name: for scripts")
    .option("--reason <text>", "for the server's audit log")
    .option("--json", "as JSON");
  addConfigOptions(command, "folder").action(async (typed: string, options: OptionValues) => {
    await using tools = await openChat(options, context);
    const { chat } = tools;
    const found = await findGuild(chat, typed);
    if (options["yes"] !== true && options["confirm"] !== found.name) {
      throw new CliError(
        `This would send ${found.local_members} members out of "${printable(found.name)}", for ` +
          `ever. If that is the one, say so: --confirm ${JSON.stringify(found.name)}`,
      );
    }
    await deleteGuildAsAdmin(chat, {
      guildId: found.id,
      actor: null,
      reason: (options["reason"] as string | undefined) ?? null,
    });
    answer(context, options, {
      json: { ok: true, guild: found },
      text: `"${printable(found.name)}" has ended.\n`,
    });
  });
}

async function findGuild(chat: ChatDeps, typed: string): Promise<AdminGuild> {
  if (parseRoomId(typed) !== undefined) return await getAdminGuild(chat, typed);
  const found = (await listAll(chat)).filter((guild) => guild.name === typed);
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

/** All of them, by name. */
async function listAll(chat: ChatDeps): Promise<AdminGuild[]> {
  const guilds: AdminGuild[] = [];
  let after: string | undefined;
  do {
    const page = await listAdminGuilds(chat, { limit: PAGE_GUILDS, after });
    guilds.push(...page.guilds);
    after = page.next ?? undefined;
  } while (after !== undefined);
  return guilds.sort((a, b) => a.name.localeCompare(b.name));
}

function describe(guild: AdminGuild): string {
  const lines = [
    ["Name", guild.name],
    ["Id", guild.id],
    ["Owner", guild.owner ?? "nobody"],
    ["Made", formatTime(guild.created_ts)],
    ["Members", `${guild.member_count}, of this server ${guild.local_members}`],
    ["Messages", String(guild.messages)],
    ["Media", `${guild.media_files} files, ${formatBytes(guild.media_bytes)}`],
    ["Description", guild.description ?? "none"],
  ] as const;
  return lines.map(([name, value]) => `${name.padEnd(12)} ${printable(value)}\n`).join("");
}
