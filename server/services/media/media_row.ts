import type { Media, MediaPurpose } from "../../../core/api/media.ts";
import { encodeBase58Of16 } from "../../../core/ids/base58.ts";
import type { ServerName } from "../../../core/ids/server_name.ts";

export interface StoredThumbnail {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly size: number;
}

/** A row of `media` whose bytes are stored. */
export interface MediaRow {
  readonly media_id: string;
  readonly owner: string;
  readonly purpose: MediaPurpose;
  readonly name: string;
  readonly type: string;
  readonly inline: boolean;
  readonly size: number;
  /** base58 of 32 bytes. */
  readonly blake3: string;
  readonly width: number | null;
  readonly height: number | null;
  readonly thumbhash: string | null;
  readonly thumbnails: readonly StoredThumbnail[];
  readonly blob_prefix: string;
  readonly created_ts: number;
  /** Encrypted: nobody here has looked into it. */
  readonly sealed: boolean;
  readonly expires_ts: number | null;
}

export function mediaUri(serverName: ServerName, mediaId: string): string {
  return `mxc://${serverName}/${mediaId}`;
}

/** A row as clients see it. */
export function mediaFromRow(serverName: ServerName, row: MediaRow): Media {
  return {
    uri: mediaUri(serverName, row.media_id),
    name: row.name,
    type: row.type,
    size: row.size,
    width: row.width,
    height: row.height,
    thumbhash: row.thumbhash,
  };
}

/** An id and its place in the blob store; lower-case hex, for folders that ignore case. */
export function newMediaId(random: Uint8Array): { mediaId: string; blobPrefix: string } {
  const hex = Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return {
    mediaId: encodeBase58Of16(random),
    blobPrefix: `${MEDIA_BLOBS}${hex.slice(0, 2)}/${hex}`,
  };
}

/** Where all blobs of this part are. */
export const MEDIA_BLOBS = "media/";

/** The file itself, or one of its thumbnails. */
export function blobKey(blobPrefix: string, part = "original"): string {
  return `${blobPrefix}/${part}`;
}
