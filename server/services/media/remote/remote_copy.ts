import type { MediaUri } from "../../../../core/ids/media_uri.ts";
import type { Sql } from "../../../postgres/sql.ts";
import { MEDIA_LIMITS } from "../media_settings.ts";
import type { MediaRow } from "../media_row.ts";
import type { MediaUseRow } from "../media_use.ts";

/** A row of `remote_media` whose bytes are stored. */
export interface RemoteCopy extends
  Pick<
    MediaRow,
    "type" | "inline" | "size" | "blake3" | "width" | "height" | "thumbhash" | "thumbnails"
  > {
  readonly uri: MediaUri;
  readonly blob_prefix: string;
  readonly used_ts: number;
}

/** Something here that names a file of another server. */
export interface RemoteUseRow extends MediaUseRow {
  readonly blake3: string | null;
  readonly size: number | null;
  readonly name: string;
}

export async function findCopy(sql: Sql, uri: MediaUri): Promise<RemoteCopy | undefined> {
  const [row] = await sql<RemoteCopy[]>`
    select * from remote_media where uri = ${uri} and state = 'stored'`;
  return row;
}

export async function findRemoteUses(sql: Sql, uri: MediaUri): Promise<readonly RemoteUseRow[]> {
  return await sql<RemoteUseRow[]>`
    select kind, subject, room_id, channel_id, blake3, size, name from remote_media_uses
    where uri = ${uri} order by created_ts, subject limit ${MEDIA_LIMITS.maxUsesChecked}`;
}
