import { missingEvents as operation } from "../../core/api/federation/events.ts";
import { parseChannelId } from "../../core/ids/channel_id.ts";
import { type EventId, parseEventId } from "../../core/ids/event_id.ts";
import { defineHandler } from "../ports.ts";
import { notHere } from "./not_here.ts";
import { openRoom } from "./open_room.ts";
import { fitting, pduPage } from "./pdu_page.ts";
import type { ReadDeps } from "./read_deps.ts";
import { Viewers } from "./viewer.ts";
import { walkBack } from "./walk_back.ts";

/** What lies between, oldest first; of a longer way the part next to `latest`. */
export function missingEventsHandler({ rooms, keys, clock }: ReadDeps) {
  return defineHandler({
    operation,
    async answer(asked, request) {
      const room = await openRoom(rooms, asked, request.room_id);
      const viewers = new Viewers(room, { server: asked.origin, nowMs: clock.now() });
      const channel = request.channel_id === undefined ? {} : {
        channelId: parseChannelId(request.channel_id) ?? refuse(),
      };
      if (channel.channelId !== undefined && viewers.in(channel.channelId) === undefined) {
        throw notHere();
      }
      const latest = parseIds(request.latest);
      const asking = new Set(latest);
      const events = await walkBack(room, {
        ...channel,
        from: latest,
        until: parseIds(request.earliest),
        limit: request.limit,
        may: async (event) => !asking.has(event.id) && await viewers.mayRead(event),
      });
      return await pduPage(fitting(events).reverse(), keys);
    },
  });
}

function refuse(): never {
  throw notHere();
}

function parseIds(raw: readonly string[]): EventId[] {
  return raw.flatMap((id) => parseEventId(id) ?? []);
}
