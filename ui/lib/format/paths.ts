import type { Channel } from "../../../core/api/channel.ts";

/** Ids carry a sigil that says nothing in a path: `!abc` -> `abc`. */
function bare(id: string): string {
  return encodeURIComponent(id.replace(/^[!$]/, ""));
}

/** Page of a guild, or of a channel in it. A private channel goes by its room, sigil kept. */
export function guildPath(guildId: string, channelSlug?: string | null): string {
  return `/g/${bare(guildId)}${channelSlug ? `/${encodeURIComponent(channelSlug)}` : ""}`;
}

/** How a channel is named in a path. */
export function channelSlug(channel: Pick<Channel, "room_id" | "id" | "private">): string {
  return channel.private ? channel.room_id : channel.id;
}

/** The channel that a piece of a path names in a guild. */
export function channelNamed(
  guildId: string,
  slug: string,
): { readonly roomId: string; readonly channelId: string } {
  return slug.startsWith("!")
    ? { roomId: slug, channelId: "main" }
    : { roomId: guildId, channelId: slug };
}

export function channelPath(guildId: string, channel: Pick<Channel, "room_id" | "id" | "private">) {
  return guildPath(guildId, channelSlug(channel));
}

export function dmPath(roomId: string): string {
  return `/dm/${bare(roomId)}`;
}

export function messagePath(placePath: string, messageId: string): string {
  return `${placePath}/${bare(messageId)}`;
}

/** The piece of a path that says that a thread follows; no id of a message is so short. */
export const THREAD_PIECE = "t";

/** Page of a thread beside its channel. */
export function threadPath(placePath: string, rootId: string): string {
  return messagePath(`${placePath}/${THREAD_PIECE}`, rootId);
}

/** Page where people ask to be let into a guild. */
export function askPath(guildId: string): string {
  return `/ask/${bare(guildId)}`;
}

/** A room id out of a path piece. */
export function roomIdOf(piece: string): string {
  return piece.startsWith("!") ? piece : `!${piece}`;
}

/** A message id out of a path piece. */
export function messageIdOf(piece: string): string {
  return piece.startsWith("$") ? piece : `$${piece}`;
}
