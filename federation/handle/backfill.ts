import { backfill as operation } from "../../core/api/federation/events.ts";
import { parseChannelId } from "../../core/ids/channel_id.ts";
import { parseEventId } from "../../core/ids/event_id.ts";
import { defineHandler } from "../ports.ts";
import { notHere } from "./not_here.ts";
import { openRoom } from "./open_room.ts";
import { fitting, pduPage } from "./pdu_page.ts";
import type { ReadDeps } from "./read_deps.ts";
import { Viewer } from "./viewer.ts";
import { walkBack } from "./walk_back.ts";

/** History of a channel, newest first. A channel that is hidden from the asker does not exist. */
export function backfillHandler({ rooms, keys, clock }: ReadDeps) {
  return defineHandler({
    operation,
    async answer(asked, request) {
      const room = await openRoom(rooms, asked, request.room_id);
      const channelId = parseChannelId(request.channel_id);
      const viewer = channelId === undefined
        ? undefined
        : Viewer.of(room, { server: asked.origin, channelId, nowMs: clock.now() });
      if (channelId === undefined || viewer === undefined) throw notHere();
      const from = request.from === undefined
        ? (await room.heads()).channels.get(channelId) ?? []
        : request.from.flatMap((raw) => parseEventId(raw) ?? []);
      const events = await walkBack(room, {
        channelId,
        from,
        until: [],
        limit: request.limit,
        may: (event) => viewer.mayRead(event),
      });
      return await pduPage(fitting(events), keys);
    },
  });
}
