import { mediaIdOf, type MediaUri, serverOfMedia } from "../../core/ids/media_uri.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { BlobStore } from "../../core/ports/blob_store.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { FileReader, FileUse, HeldFile } from "../../federation/handle/ports.ts";
import type { Sql } from "../postgres/sql.ts";
import { findStored } from "../services/media/find_visible_media.ts";
import { blobKey } from "../services/media/media_row.ts";
import { MEDIA_LIMITS } from "../services/media/media_settings.ts";
import type { MediaUseRow } from "../services/media/media_use.ts";
import { findCopy, findRemoteUses } from "../services/media/remote/remote_copy.ts";

export interface FileReaderDeps {
  readonly sql: Sql;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly serverName: ServerName;
}

/** Files of this server and copies of others', as other servers may be given them. */
export function fileReader(deps: FileReaderDeps): FileReader {
  return {
    async find(uri: MediaUri): Promise<HeldFile | undefined> {
      if (serverOfMedia(uri) === deps.serverName) return await ownFile(deps, uri);
      const copy = await findCopy(deps.sql, uri);
      if (copy === undefined) return undefined;
      return {
        size: copy.size,
        // What names no hash is its own server's alone to give.
        uses: async () =>
          (await findRemoteUses(deps.sql, uri)).filter(({ blake3 }) => blake3 === copy.blake3)
            .flatMap(eventUse),
        open: () => deps.blobs.get(blobKey(copy.blob_prefix)),
      };
    },
  };
}

async function ownFile(deps: FileReaderDeps, uri: MediaUri): Promise<HeldFile | undefined> {
  const mediaId = mediaIdOf(uri);
  const row = await findStored(deps, { server: deps.serverName, mediaId });
  if (row === undefined) return undefined;
  return {
    size: row.size,
    uses: async () =>
      (await deps.sql<MediaUseRow[]>`
        select kind, subject, room_id, channel_id from media_uses where media_id = ${mediaId}
        order by created_ts desc limit ${MEDIA_LIMITS.maxUsesChecked}`)
        .flatMap((use): FileUse[] => use.kind === "event" ? eventUse(use) : [{ kind: "open" }]),
    open: () => deps.blobs.get(blobKey(row.blob_prefix)),
  };
}

function eventUse(use: MediaUseRow): FileUse[] {
  if (use.kind !== "event" || use.room_id === null) return [];
  return [{ kind: "event", roomId: use.room_id as RoomId, eventId: use.subject as EventId }];
}
