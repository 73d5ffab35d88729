import type { Guild, GuildEmoji } from "../../../core/api/guild.ts";

const KEY = /^:([0-9A-Za-z_]{2,32}):$/;

/** How an emoji of a guild is written, in messages and as a reaction. */
export const emojiKey = (name: string) => `:${name}:`;

/** What an older version kept on this device knows of none. */
export function ownEmoji(guild: Partial<Guild> | null | undefined): readonly GuildEmoji[] {
  return guild?.emoji ?? [];
}

/**
 * The emoji of a guild that is written so, or was when it was called otherwise; undefined for
 * anything else, such as a removed one.
 */
export function findEmoji(guild: Guild | null | undefined, key: string): GuildEmoji | undefined {
  const name = KEY.exec(key)?.[1];
  if (name === undefined) return undefined;
  const own = ownEmoji(guild);
  return own.find((emoji) => emoji.name === name) ??
    own.find((emoji) => emoji.former?.includes(name));
}

/** Emoji of a guild by part of their name, those that begin with it first. */
export function searchGuildEmoji(
  guild: Guild | undefined,
  typed: string,
  count: number,
): readonly GuildEmoji[] {
  const query = typed.toLowerCase();
  const placeIn = ({ name }: GuildEmoji) => name.toLowerCase().indexOf(query);
  return ownEmoji(guild).filter((emoji) => placeIn(emoji) >= 0)
    .sort((a, b) => placeIn(a) - placeIn(b) || a.name.length - b.name.length)
    .slice(0, count);
}
