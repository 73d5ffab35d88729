import { useState } from "preact/hooks";
import type { GuildEmoji } from "../../../core/api/guild.ts";
import { emojiKey, findEmoji } from "../../lib/format/guild_emoji.ts";
import { mediaUrl, thumbnailUrl } from "../../lib/format/media_url.ts";
import { useVenue } from "./chat_context.ts";

/** A guild's emoji is drawn from its small, still version of this many pixels. */
const STILL_PIXELS = 96;

/**
 * An emoji of a guild. Where less motion is asked for it moves under the pointer alone: styles
 * choose between the two pictures, and the other is never fetched. One that is away is its name.
 */
export function EmojiPicture({ emoji }: { emoji: GuildEmoji }) {
  const [away, setAway] = useState(false);
  const name = emojiKey(emoji.name);
  if (away) return <>{name}</>;
  const picture = (kind: "moving" | "still", src: string) => (
    <img
      class={kind}
      src={src}
      alt={name}
      width={22}
      height={22}
      loading="lazy"
      decoding="async"
      draggable={false}
      onError={() => setAway(true)}
    />
  );
  return (
    <span class="guild-emoji" title={name}>
      {picture("moving", mediaUrl(emoji.uri))}
      {picture("still", thumbnailUrl(emoji.uri, STILL_PIXELS))}
    </span>
  );
}

/** What somebody reacted with: the picture where it is an emoji of this guild, else as it is. */
export function ReactionKey({ value }: { value: string }) {
  const emoji = findEmoji(useVenue().guild, value);
  return <span class="emoji">{emoji ? <EmojiPicture emoji={emoji} /> : value}</span>;
}
