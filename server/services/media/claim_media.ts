import type { Media } from "../../../core/api/media.ts";
import { OperationError } from "../../../core/errors.ts";
import { mediaIdOf, type MediaUri, serverOfMedia } from "../../../core/ids/media_uri.ts";
import type { ServerName } from "../../../core/ids/server_name.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Queryable, Tx } from "../../postgres/sql.ts";
import { mediaFromRow, type MediaRow } from "./media_row.ts";
import { type MediaUse, type MediaUseKind, placeOfUse, PURPOSE_OF_USE } from "./media_use.ts";

/** What an event says of a file: every holder can verify the bytes. PROTOCOL.md 10. */
export interface ClaimedMedia extends Media {
  /** base58 of the BLAKE3 of the bytes. */
  readonly blake3: string;
  /** Encrypted by its uploader. */
  readonly sealed: boolean;
}

export interface Wanted {
  readonly serverName: ServerName;
  /** In the order they are wanted back. */
  readonly uris: readonly MediaUri[];
  /** Only one's own uploads can be used. */
  readonly owner: UserId;
  readonly kind: MediaUseKind;
}

/**
 * Looks at files before an event is built that shows them. Throws `invalid` naming the first
 * that cannot be used; absent and other people's answer alike.
 */
export async function describeMedia(sql: Queryable, wanted: Wanted): Promise<ClaimedMedia[]> {
  return await find(sql, { ...wanted, lock: false });
}

/**
 * Writes down that something uses these files, in the transaction that makes it use them: from
 * its commit on they stay (migration 0071). Repeating it changes nothing. Throws as `describeMedia` does.
 */
export async function claimMedia(
  tx: Tx,
  claim: Omit<Wanted, "kind"> & { readonly use: MediaUse; readonly nowMs: number },
): Promise<ClaimedMedia[]> {
  const { use, nowMs } = claim;
  const found = await find(tx, { ...claim, kind: use.kind, lock: true });
  const { roomId, channelId } = placeOfUse(use);
  const ids = [...new Set(claim.uris.map(mediaIdOf))];
  if (ids.length === 0) return found;
  await tx`
    insert into media_uses (media_id, kind, subject, room_id, channel_id, created_ts)
    select id, ${use.kind}, ${use.subject}, ${roomId}, ${channelId}, ${nowMs}
    from unnest(${ids}::text[]) as id
    on conflict do nothing`;
  return found;
}

async function find(
  sql: Queryable,
  wanted: Wanted & { readonly lock: boolean },
): Promise<ClaimedMedia[]> {
  const { serverName, uris, owner, kind } = wanted;
  for (const uri of uris) {
    if (serverOfMedia(uri) !== serverName) throw unusable(uri, "upload the file here first");
  }
  if (uris.length === 0) return [];
  const ids = uris.map(mediaIdOf);
  // In one order, so that two transactions never wait for each other.
  const rows = await sql<MediaRow[]>`
    select * from media
    where media_id = any(${ids}) and owner = ${owner} and state = 'stored'
    order by media_id ${wanted.lock ? sql`for update` : sql``}`;
  const byId = new Map(rows.map((row) => [row.media_id, row]));
  const purpose = PURPOSE_OF_USE[kind];
  return uris.map((uri) => {
    const row = byId.get(mediaIdOf(uri));
    if (row === undefined) throw unusable(uri, "it is not an upload of yours, or is gone");
    if (purpose !== null && row.purpose !== purpose) {
      throw unusable(uri, `it was uploaded as ${row.purpose}; upload it as ${purpose}`);
    }
    return { ...mediaFromRow(serverName, row), blake3: row.blake3, sealed: row.sealed };
  });
}

function unusable(uri: MediaUri, why: string): OperationError {
  return new OperationError("invalid", `The file ${uri} cannot be used: ${why}.`, {
    details: { uri },
  });
}
