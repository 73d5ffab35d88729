import { HttpError } from "fresh";
import type { Channel } from "../../core/api/channel.ts";
import type { Guild } from "../../core/api/guild.ts";
import type { State } from "../utils.ts";
import { channelSlug } from "./format/paths.ts";
import type { Context } from "./fresh/mod.ts";
import { readGuild } from "./guild_settings.ts";

/** The channel a settings page is about, and its guild, as the visitor sees them. */
export async function readChannel(
  ctx: Context<State>,
): Promise<{ guild: Guild; channel: Channel }> {
  const guild = await readGuild(ctx, "gs.channels");
  const channel = guild.channels.find((entry) => channelSlug(entry) === ctx.params["channel"]);
  if (!channel) throw new HttpError(404, "There is no such channel.");
  return { guild, channel };
}

export function channelParams(channel: Channel): { room_id: string; channel_id: string } {
  return { room_id: channel.room_id, channel_id: channel.id };
}
