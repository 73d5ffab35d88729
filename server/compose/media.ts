import { join } from "node:path";
import { parseEventId } from "../../core/ids/event_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { holds } from "../../core/permissions/bits.ts";
import type { Config } from "../config/config.ts";
import type { Sql } from "../postgres/sql.ts";
import { isHistoryJoined } from "../../core/permissions/joined_history.ts";
import { loadEvent } from "../postgres/event_store.ts";
import { mayReadRow } from "../services/messages/readable_rows.ts";
import type { Rooms } from "../rooms/rooms.ts";
import type { MediaVisibility } from "../services/media/media_visibility.ts";
import { openBlobStore } from "../services/media/open_blob_store.ts";
import { type OpenedMedia, openMedia } from "../services/media/open_media.ts";
import { selfCommand } from "../services/media/picture/self_command.ts";
import type { BlobStore } from "../../core/ports/blob_store.ts";
import type { SystemParts } from "./store.ts";

export interface MediaParts {
  readonly media: OpenedMedia;
  readonly blobs: BlobStore;
}

/** Blob store, uploads, pictures and the jobs that delete. */
export async function composeMedia(
  config: Config,
  system: SystemParts,
  input: {
    readonly sql: Sql;
    readonly serverName: ServerName;
    readonly environment: Readonly<Record<string, string>>;
    readonly stack: AsyncDisposableStack;
  },
): Promise<MediaParts> {
  const blobs = await openBlobStore(config);
  input.stack.defer(() => blobs[Symbol.dispose]?.());
  const spoolFolder = join(config.dataFolder, "spool");
  const media = input.stack.use(
    await openMedia({
      ...system,
      sql: input.sql,
      blobs,
      serverName: input.serverName,
      settings: config.media,
      spoolFolder,
      pictureCommand: selfCommand(["picture-worker"], {
        writable: spoolFolder,
        environment: input.environment,
      }),
    }),
  );
  media.jobs.start();
  return { media, blobs };
}

/** Who may see a file that a message shows: whoever may read the channel. */
export function mediaVisibility(
  deps: {
    readonly sql: Sql;
    readonly rooms: Rooms;
    readonly clock: SystemParts["clock"];
  },
): MediaVisibility {
  return {
    async mayView(caller, use) {
      const room = await deps.rooms.open(use.roomId);
      const eventId = parseEventId(use.subject);
      if (room === undefined || eventId === undefined) return false;
      const rights = room.authority.rights(caller, use.channelId, deps.clock.now());
      if (!holds(rights, "VIEW_CHANNEL") || !holds(rights, "READ_HISTORY")) return false;
      if (!isHistoryJoined(room.authority)) return true;
      const row = await loadEvent(deps.sql, room.id, eventId);
      return row !== undefined && await mayReadRow(room, caller, row);
    },
  };
}
