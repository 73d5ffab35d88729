import type { Guild, GuildEmoji } from "../../../core/api/guild.ts";

const KEY = /^:([0-9A-Za-z_]{2,32}):$/;

/** How an emoji of a guild is written, in messages and as a reaction. */
export const emojiKey = (name: string) => `:${name}:`;

/** What an older version kept on this device knows of none. */
export function ownEmoji(guild: Partial<Guild> | null | undefined): readonly GuildEmoji[] {
  return guild?.emoji ?? [];
}

/** The emoji of a guild that is written so; undefined for anything else, such as a removed one. */
export function findEmoji(guild: Guild | null | undefined, key: string): GuildEmoji | undefined {
  const name = KEY.exec(key)?.[1];
  return name === undefined ? undefined : ownEmoji(guild).find((emoji) => emoji.name === name);
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
