import { decodeBase58To16, encodeBase58Of16 } from "./base58.ts";
import type { Brand } from "./brand.ts";
import { ProvenTexts } from "./proven_texts.ts";

/** A channel inside a room: base58 of 16 random bytes, or `main` in a DM, group DM or private room. PROTOCOL.md 4. */
export type ChannelId = Brand<"ChannelId">;

/** The one channel of a DM, group DM or private room. */
export const MAIN_CHANNEL = "main" as ChannelId;

const proven = new ProvenTexts(1024);

/** The channel id, or undefined. Whether `main` or a random id fits the room is not decided here. */
export function parseChannelId(text: string): ChannelId | undefined {
  if (text === MAIN_CHANNEL) return MAIN_CHANNEL;
  if (proven.has(text)) return text as ChannelId;
  if (decodeBase58To16(text) === undefined) return undefined;
  proven.add(text);
  return text as ChannelId;
}

/** A new channel's id. Throws RangeError unless `random` has 16 bytes. */
export function channelIdFromBytes(random: Uint8Array): ChannelId {
  return encodeBase58Of16(random) as ChannelId;
}
