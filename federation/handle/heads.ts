import { getHeads as operation } from "../../core/api/federation/events.ts";
import type { Blake3 } from "../../core/event/hash.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import { limits } from "../../core/limits.ts";
import { stateHash } from "../../core/state/state_hash.ts";
import { defineHandler } from "../ports.ts";
import { openRoom } from "./open_room.ts";
import type { ReadDeps } from "./read_deps.ts";
import { Viewers } from "./viewer.ts";

/** Ends of the control graph, of the channels that the asker may read, and the state between. */
export function headsHandler({ rooms, clock, blake3 }: ReadDeps & { readonly blake3: Blake3 }) {
  return defineHandler({
    operation,
    async answer(asked, request) {
      const room = await openRoom(rooms, asked, request.room_id);
      const viewers = new Viewers(room, { server: asked.origin, nowMs: clock.now() });
      const { control, channels } = await room.heads();
      const shown: Record<string, EventId[]> = {};
      for (const [channelId, ids] of channels) {
        const viewer = viewers.in(channelId);
        if (viewer === undefined) continue;
        const held = await room.events(ids.slice(0, limits.federation.maxHeadsPerGraph));
        const readable: EventId[] = [];
        for (const [id, { event, served }] of held) {
          if (served && await viewer.mayRead(event)) readable.push(id);
        }
        if (readable.length > 0) shown[channelId] = readable;
      }
      return {
        control: control.slice(0, limits.federation.maxHeadsPerGraph),
        state_hash: stateHash(room.authority.view, blake3),
        channels: shown,
      };
    },
  });
}
