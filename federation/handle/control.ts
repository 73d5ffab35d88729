import { getControl as operation } from "../../core/api/federation/events.ts";
import { defineHandler } from "../ports.ts";
import { openRoom } from "./open_room.ts";
import { pduPage } from "./pdu_page.ts";
import type { ReadDeps } from "./read_deps.ts";

/** The whole control graph, page by page, parents before children. */
export function controlHandler({ rooms, keys }: ReadDeps) {
  return defineHandler({
    operation,
    async answer(asked, request) {
      const room = await openRoom(rooms, asked, request.room_id);
      const page = await room.controlPage({
        ...(request.from === undefined ? {} : { from: request.from }),
        limit: request.limit,
      });
      return { ...await pduPage(page.events, keys), next: page.next, total: page.total };
    },
  });
}
