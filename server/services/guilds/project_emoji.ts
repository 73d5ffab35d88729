import type { GuildEmoji } from "../../../core/api/guild.ts";
import { type EmojiContent, emojiKind } from "../../../core/event/kinds/emoji.ts";
import { readContent } from "../../../core/event/kinds/kind.ts";
import { type MediaUri, parseMediaUri } from "../../../core/ids/media_uri.ts";
import type { Authority } from "../../../core/permissions/authority.ts";
import { contentOf } from "../../rooms/content.ts";

/** Emoji of one guild: more are neither added here nor shown where another server added them. */
export const GUILD_EMOJI_MAX = 250;

export const EMOJI_TYPE = "m.guild.emoji";

/** An emoji as the guild holds it. */
export interface HeldEmoji {
  /** Its state key: what it was called first. */
  readonly key: string;
  readonly name: string;
  /** What it was called before, the key among it. */
  readonly former: readonly string[];
  readonly uri: MediaUri;
  readonly content: EmojiContent;
}

/** The emoji that a guild has now, by name. PROTOCOL.md 10 (emoji). */
export function projectEmoji(authority: Authority): GuildEmoji[] {
  return heldEmoji(authority).map(({ name, uri, former }) =>
    former.length === 0 ? { name, uri } : { name, uri, former: [...former] }
  );
}

/** As `projectEmoji`, with what changes of an emoji need. */
export function heldEmoji(authority: Authority): HeldEmoji[] {
  const present = [...authority.view.entriesOf(EMOJI_TYPE)].flatMap(([key, event]) => {
    const held = contentOf(event);
    const content = held && readContent(emojiKind, held);
    const uri = parseMediaUri(content?.uri ?? "");
    return content === undefined || uri === undefined ? [] : [{ key, uri, content }];
  }).sort((a, b) => (a.key < b.key ? -1 : 1)).slice(0, GUILD_EMOJI_MAX);
  const taken = new Set(present.map(({ key }) => key));
  return present.map(({ key, uri, content }) => {
    const name = content.name !== undefined && !taken.has(content.name) ? content.name : key;
    taken.add(name);
    const former = new Set([key, ...content.former ?? []]);
    former.delete(name);
    return { key, name, former: [...former], uri, content };
  }).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The emoji that a guild calls so, or else called so first or later. */
export function findEmoji(authority: Authority, name: string): HeldEmoji | undefined {
  const held = heldEmoji(authority);
  return held.find((emoji) => emoji.name === name) ?? held.find((emoji) => emoji.key === name) ??
    held.find((emoji) => emoji.former.includes(name));
}
