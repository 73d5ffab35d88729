import { serverOf } from "../../core/ids/user_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { Log } from "../../core/ports/log.ts";
import type { ChannelRef } from "../../federation/ports.ts";
import type { FeedBatch } from "../postgres/log_feed.ts";
import type { Sql } from "../postgres/sql.ts";

/**
 * Hears what is stored and tells of channels in which something others said names what is not
 * held: `notice` looks whether it lies between held events.
 */
export function gapWatch(deps: {
  readonly sql: Sql;
  readonly self: ServerName;
  readonly log: Log;
  readonly notice: (channel: ChannelRef) => void;
}): (batch: FeedBatch) => void {
  const look = async (channel: ChannelRef) => {
    const rows = await deps.sql`
      select 1 from event_gaps
      where room_id = ${channel.roomId} and channel_id = ${channel.channelId} limit 1`;
    if (rows.length > 0) deps.notice(channel);
  };
  return ({ events }) => {
    const channels = new Map<string, ChannelRef>();
    for (const { channelId, roomId, sender, outcome } of events) {
      if (channelId === undefined || outcome !== "accepted") continue;
      if (serverOf(sender) !== deps.self) {
        channels.set(`${roomId} ${channelId}`, { roomId, channelId });
      }
    }
    for (const channel of channels.values()) {
      look(channel).catch((error) =>
        deps.log.log("warn", "Gaps of a channel could not be looked for.", { ...channel, error })
      );
    }
  };
}
