import type { GuildEmoji, Member } from "../../../core/api/guild.ts";
import { othersIn } from "../format/dm_name.ts";
import { handleOf, localPart, memberName, nameOf } from "../format/names.ts";
import { emojiKey, searchGuildEmoji } from "../format/guild_emoji.ts";
import { can } from "../format/rights.ts";
import { t } from "../i18n/t.ts";
import type { ChatState } from "../store/chat.ts";
import { plainText } from "../store/links.ts";
import { channelOf, guildOf, isTalk } from "../store/place.ts";
import { callApi } from "./browser_api.ts";
import { mentionOf } from "./mention_person.ts";
import { loadEmoji, searchEmoji } from "./emoji_data.ts";
import { withTexts } from "../i18n/later.ts";

/** One line of the list over the composer. */
export interface Suggestion {
  readonly key: string;
  readonly label: string;
  readonly detail: string;
  /** What stands in the text afterwards. */
  readonly insert: string;
  readonly emoji?: string;
  /** The emoji of a guild, in place of a character. */
  readonly picture?: GuildEmoji;
  readonly user?: { readonly id: string; readonly avatar: string | null };
}

export interface Trigger {
  readonly sigil: "@" | "#" | ":" | "/";
  readonly query: string;
  /** Where the sigil stands in the text. */
  readonly start: number;
}

const SHOWN = 8;
const COMMANDS_SHOWN = 14;

/** What is being typed right before the caret, if it can be completed. */
export function findTrigger(text: string, caret: number): Trigger | undefined {
  const command = /^\/([a-z]*)$/i.exec(text.slice(0, caret));
  if (command) return { sigil: "/", query: command[1] ?? "", start: 0 };
  const match = /(?:^|[\s(])([@#:])([\p{L}\p{N}_.+-]*)$/u.exec(text.slice(0, caret));
  if (!match?.[1]) return undefined;
  const sigil = match[1] as Trigger["sigil"];
  const query = match[2] ?? "";
  if (sigil === ":" && query.length < 2) return undefined;
  return { sigil, query, start: caret - query.length - 1 };
}

export async function suggest(state: ChatState, trigger: Trigger): Promise<readonly Suggestion[]> {
  if (trigger.sigil === "/") return await suggestCommands(state, trigger.query);
  if (trigger.sigil === ":") {
    return await suggestEmoji(state, trigger.query);
  }
  return trigger.sigil === "#"
    ? suggestChannels(state, trigger.query)
    : suggestPeople(state, trigger.query);
}

/** Those of the guild first: their names are its own. */
async function suggestEmoji(state: ChatState, query: string): Promise<readonly Suggestion[]> {
  const guild = guildOf(state.known, state.place.value);
  const own = searchGuildEmoji(guild, query, SHOWN).map((picture): Suggestion => {
    const key = emojiKey(picture.name);
    return { key, label: key, detail: guild?.name ?? "", insert: key, picture };
  });
  const rows = await loadEmoji(state.props.emojiUrl);
  const others = searchEmoji(rows, query, SHOWN).map(([emoji, code]): Suggestion => ({
    key: emoji,
    label: `:${code}:`,
    detail: "",
    insert: emoji,
    emoji,
  }));
  return [...own, ...others].slice(0, SHOWN);
}

async function suggestCommands(state: ChatState, query: string): Promise<readonly Suggestion[]> {
  const place = state.place.value;
  if (!isTalk(place)) return [];
  // Fetched with the first slash: most messages are none.
  const [{ findCommands, usageOf }, { commandPlace }] = await Promise.all([
    withTexts(import("../commands/commands.ts")),
    import("./run_command.ts"),
  ]);
  return findCommands(query, commandPlace(state, place)).slice(0, COMMANDS_SHOWN).map((
    command,
  ) => ({
    key: command.name,
    label: usageOf(command, (key) => t(key)),
    detail: t(command.about),
    insert: `/${command.name}`,
  }));
}

function suggestChannels(state: ChatState, query: string): Suggestion[] {
  const guild = guildOf(state.known, state.place.value);
  const typed = query.toLowerCase();
  return (guild?.channels ?? [])
    .filter((channel) =>
      channel.kind !== "category" && !channel.private && channel.name.toLowerCase().includes(typed)
    )
    .sort((a, b) => a.name.toLowerCase().indexOf(typed) - b.name.toLowerCase().indexOf(typed))
    .slice(0, SHOWN)
    .map((channel) => ({
      key: channel.id,
      label: `#${channel.name}`,
      detail: plainText(state, channel.topic ?? "", guild),
      insert: `#${channel.name}`,
    }));
}

/**
 * The same list with members whom only the server knows; undefined where it knows no more. The
 * members found can be mentioned from then on.
 */
export async function suggestMore(
  state: ChatState,
  trigger: Trigger,
): Promise<readonly Suggestion[] | undefined> {
  const guild = guildOf(state.known, state.place.value);
  if (trigger.sigil !== "@" || trigger.query === "" || !guild) return undefined;
  const held = state.members.value.get(guild.id);
  if (held && held.next === null) return undefined;
  const found = await callApi("listMembers", {
    params: { guild_id: guild.id },
    query: { search: trigger.query, limit: SHOWN },
  });
  for (const member of found.members) state.users.set(member.user.id, member.user);
  return suggestPeople(state, trigger.query, found.members);
}

function suggestPeople(
  state: ChatState,
  query: string,
  more: readonly Member[] = [],
): Suggestion[] {
  const typed = query.toLowerCase();
  const place = state.place.value;
  const guild = guildOf(state.known, place);
  const held = guild ? state.members.value.get(guild.id)?.members ?? [] : [];
  const members = [
    ...held,
    ...more.filter((member) => !held.some(({ user }) => user.id === member.user.id)),
  ];
  const people = guild
    ? members.map((member) => ({
      user: { ...member.user, avatar: member.guild_avatar ?? member.user.avatar },
      name: memberName(member),
    }))
    : state.dms.value.filter((dm) => place.kind === "dm" && dm.room_id === place.roomId)
      .flatMap((dm) => othersIn(dm, state.self.value.user.id))
      .map((user) => ({ user, name: nameOf(user) }));
  const found = people
    .filter(({ user, name }) =>
      name.toLowerCase().includes(typed) || localPart(user.id).startsWith(typed)
    )
    .sort((a, b) => a.name.toLowerCase().indexOf(typed) - b.name.toLowerCase().indexOf(typed))
    .slice(0, SHOWN)
    .map(({ user, name }): Suggestion => ({
      key: user.id,
      label: name,
      detail: handleOf(user.id),
      insert: mentionOf(state, user.id),
      user: { id: user.id, avatar: user.avatar },
    }));
  return [...found, ...suggestRoles(state, typed)].slice(0, SHOWN);
}

function suggestRoles(state: ChatState, typed: string): Suggestion[] {
  const place = state.place.value;
  const guild = guildOf(state.known, place);
  if (!guild) return [];
  const all = can(channelOf(state.known, place)?.permissions ?? "0", "MENTION_EVERYONE");
  const roles = guild.roles
    .filter((role) =>
      role.id !== "everyone" && (role.mentionable || all) &&
      role.name.toLowerCase().startsWith(typed)
    )
    .map((role): Suggestion => ({
      key: role.id,
      label: `@${role.name}`,
      detail: "",
      insert: `@${role.name}`,
    }));
  const everyone: Suggestion = {
    key: "everyone",
    label: "@everyone",
    detail: "",
    insert: "@everyone",
  };
  return all && "everyone".startsWith(typed) ? [...roles, everyone] : roles;
}
