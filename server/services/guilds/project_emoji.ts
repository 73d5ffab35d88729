import type { GuildEmoji } from "../../../core/api/guild.ts";
import { type MediaUri, parseMediaUri } from "../../../core/ids/media_uri.ts";
import type { Authority } from "../../../core/permissions/authority.ts";
import { contentOf, textOf } from "../../rooms/content.ts";

/** Emoji of one guild: more are neither added here nor shown where another server added them. */
export const GUILD_EMOJI_MAX = 250;

export const EMOJI_TYPE = "m.guild.emoji";

/** The emoji that a guild has now, by name. PROTOCOL.md 10 (emoji). */
export function projectEmoji(authority: Authority): GuildEmoji[] {
  const emoji: GuildEmoji[] = [];
  for (const [name] of authority.view.entriesOf(EMOJI_TYPE)) {
    const uri = emojiUri(authority, name);
    if (uri !== undefined) emoji.push({ name, uri });
  }
  return emoji.sort((a, b) => (a.name < b.name ? -1 : 1)).slice(0, GUILD_EMOJI_MAX);
}

/** The picture of an emoji; undefined where the guild has none of that name. */
export function emojiUri(authority: Authority, name: string): MediaUri | undefined {
  return parseMediaUri(textOf(contentOf(authority.view.get(EMOJI_TYPE, name)), "uri") ?? "");
}
