import { getMedia as operation } from "../../core/api/federation/people.ts";
import { parseMediaUri } from "../../core/ids/media_uri.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { BinaryHandler } from "../ports.ts";
import { notHere } from "./not_here.ts";
import { isInRoom } from "./open_room.ts";
import type { FileReader, FileUse } from "./ports.ts";
import type { ReadDeps } from "./read_deps.ts";
import { Viewers } from "./viewer.ts";

/** A file, for a server that may see one of its uses. PROTOCOL.md 10 (media). */
export function mediaHandler(
  deps: Pick<ReadDeps, "rooms" | "clock"> & { readonly files: FileReader },
): BinaryHandler<typeof operation.request> {
  return {
    operation,
    async open(asked, request) {
      const uri = parseMediaUri(`mxc://${request.server}/${request.media_id}`);
      const file = uri === undefined ? undefined : await deps.files.find(uri);
      if (file === undefined) throw notHere();
      for (const use of await file.uses()) {
        if (!await maySee(deps, asked.origin, use)) continue;
        const body = await file.open();
        if (body === undefined) break;
        return { body, size: file.size };
      }
      throw notHere();
    },
  };
}

async function maySee(
  { rooms, clock }: Pick<ReadDeps, "rooms" | "clock">,
  server: ServerName,
  use: FileUse,
): Promise<boolean> {
  if (use.kind === "open") return true;
  const room = await rooms.open(use.roomId);
  if (room === undefined || !isInRoom(room, server)) return false;
  const read = (await room.events([use.eventId])).get(use.eventId);
  if (read?.served !== true) return false;
  return await new Viewers(room, { server, nowMs: clock.now() }).mayRead(read.event);
}
