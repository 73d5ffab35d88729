import { getEvents as operation } from "../../core/api/federation/events.ts";
import type { HeldEvent } from "../../core/event/event.ts";
import { parseEventId } from "../../core/ids/event_id.ts";
import { defineHandler } from "../ports.ts";
import { openRoom } from "./open_room.ts";
import { pduPage } from "./pdu_page.ts";
import type { ReadDeps } from "./read_deps.ts";
import { Viewers } from "./viewer.ts";

/** Events by id. What may not be seen is left out, exactly like what is not held. */
export function eventsHandler({ rooms, keys, clock }: ReadDeps) {
  return defineHandler({
    operation,
    async answer(asked, request) {
      const room = await openRoom(rooms, asked, request.room_id);
      const viewers = new Viewers(room, { server: asked.origin, nowMs: clock.now() });
      const ids = request.event_ids.flatMap((raw) => parseEventId(raw) ?? []);
      const held = await room.events(ids);
      const found: HeldEvent[] = [];
      for (const id of new Set(ids)) {
        const read = held.get(id);
        if (read?.served === true && await viewers.mayRead(read.event)) found.push(read.event);
      }
      return await pduPage(found, keys);
    },
  });
}
