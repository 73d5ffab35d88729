import { join } from "node:path";
import type { Media, MediaPurpose } from "../../../core/api/media.ts";
import { OperationError } from "../../../core/errors.ts";
import { encodeBase58Of32 } from "../../../core/ids/base58.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { cleanFileName } from "./file_name.ts";
import type { MediaDeps } from "./media_deps.ts";
import { blobKey, mediaFromRow, type MediaRow } from "./media_row.ts";
import { MEDIA_LIMITS } from "./media_settings.ts";
import { type PreparedFile, prepareFile } from "./prepare_file.ts";
import { receiveBody } from "./receive_body.ts";
import { type Reservation, reserveUpload } from "./reserve_upload.ts";
import { sniffType, UNKNOWN_TYPE } from "./sniff_type.ts";

/** What servers call every encrypted file. */
const SEALED_NAME = "file";

export interface Upload {
  readonly owner: UserId;
  readonly fileName: string;
  readonly purpose: MediaPurpose;
  /** Encrypted: nothing can be told of what is in it. */
  readonly sealed?: boolean;
  /** The `content-length` header as it came. */
  readonly contentLength: string | null;
  readonly body: ReadableStream<Uint8Array> | null;
  readonly signal: AbortSignal;
}

/**
 * Takes a file in: size and quota are checked before its first byte is read, and held to while it
 * streams to the spool; there it is scanned, told and cleaned, and only then stored. A refusal
 * or a crash at any point leaves nothing that is not found and removed. PROTOCOL.md 10.
 */
export async function uploadMedia(deps: MediaDeps, upload: Upload): Promise<Media> {
  try {
    return await takeIn(deps, upload);
  } catch (error) {
    if (error instanceof OperationError) deps.meter.add("refused_uploads", 1);
    throw error;
  }
}

async function takeIn(deps: MediaDeps, upload: Upload): Promise<Media> {
  const size = announcedSize(upload.contentLength, deps.settings.maxUpload);
  if (upload.body === null) throw new OperationError("invalid", "The upload has no body.");
  using _slot = deps.slots.take(upload.owner);
  const { owner, purpose, sealed = false } = upload;
  const name = sealed ? SEALED_NAME : cleanFileName(upload.fileName);
  const reservation = await reserveUpload(deps, { owner, name, purpose, size, sealed });
  const folder = await Deno.makeTempDir({ dir: deps.spoolFolder });
  const limit = new AbortController();
  const over = new AbortController();
  deps.clock.sleep(MEDIA_LIMITS.uploadTimeoutMs, over.signal).then(
    () => limit.abort(new OperationError("timeout", "The upload took too long; send it again.")),
    () => {}, // it was quicker
  );
  try {
    const signal = AbortSignal.any([upload.signal, limit.signal]);
    const path = join(folder, "body");
    const beginning = await receiveBody(upload.body, { path, size, signal });
    // What is encrypted may begin like a picture by chance, and would be damaged as one.
    const sniffed = sealed ? { type: UNKNOWN_TYPE, work: null } : await sniffType(beginning);
    await deps.scan?.({ path, size, name, type: sniffed.type }, signal);
    const arrived = { path, folder, sniffed, size, name, purpose };
    const file = await prepareFile(deps, arrived);
    signal.throwIfAborted();
    const row = await store(deps, reservation, file);
    // Whoever left by now never reads the address: it would lie there, unknown to all.
    upload.signal.throwIfAborted();
    deps.meter.add("uploaded_files", 1);
    deps.meter.add("uploaded_bytes", row.size);
    return mediaFromRow(deps.serverName, row);
  } catch (error) {
    await discard(deps, reservation);
    throw error;
  } finally {
    over.abort();
    await Deno.remove(folder, { recursive: true });
  }
}

function announcedSize(header: string | null, maxBytes: number): number {
  if (header === null || !/^\d{1,15}$/.test(header)) {
    throw new OperationError(
      "invalid",
      "The upload does not say how long it is; send a content-length header.",
    );
  }
  const size = Number(header);
  if (size === 0) throw new OperationError("invalid", "The upload is empty; choose another file.");
  if (size > maxBytes) {
    throw new OperationError(
      "too_large",
      `The upload has ${size} bytes; this server takes at most ${maxBytes}.`,
      { details: { limit_bytes: maxBytes, size } },
    );
  }
  return size;
}

/** Blobs first, then the row that shows them: whoever reads the row can read the bytes. */
async function store(
  deps: Pick<MediaDeps, "sql" | "blobs" | "hashers" | "clock" | "settings">,
  reservation: Reservation,
  file: PreparedFile,
): Promise<MediaRow> {
  const { mediaId, blobPrefix } = reservation;
  for (const { name, path } of file.thumbnails) {
    await putFile(deps, blobKey(blobPrefix, name), path);
  }
  const { size, blake3 } = await putFile(deps, blobKey(blobPrefix), file.path);
  const thumbnails = file.thumbnails.map(({ name, width, height, size }) => ({
    name,
    width,
    height,
    size,
  }));
  const expires = deps.clock.now() + deps.settings.unusedKept;
  const [row] = await deps.sql<MediaRow[]>`
    update media set state = 'stored', name = ${file.name}, type = ${file.type},
      inline = ${file.inline}, size = ${size}, blake3 = ${blake3}, width = ${file.width},
      height = ${file.height}, thumbhash = ${file.thumbhash},
      thumbnails = ${deps.sql.json(thumbnails)}, expires_ts = ${expires}
    where media_id = ${mediaId} and state = 'uploading'
    returning *`;
  if (row !== undefined) return row;
  throw new OperationError("timeout", "The upload took too long; send it again.");
}

/** Stores a file and hashes what was stored in the same reading. */
async function putFile(
  deps: Pick<MediaDeps, "blobs" | "hashers">,
  key: string,
  path: string,
): Promise<{ size: number; blake3: string }> {
  const { size } = await Deno.stat(path);
  return await deps.hashers.use(async (hasher) => {
    const file = await Deno.open(path, { read: true });
    const hashed = file.readable.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          hasher.update(chunk);
          controller.enqueue(chunk);
        },
      }),
    );
    await deps.blobs.put(key, hashed, size);
    return { size, blake3: encodeBase58Of32(hasher.digest("binary")) };
  });
}

/**
 * Takes back what was begun: the row goes, and whatever was stored by then follows it. Nothing uses
 * the file yet, because nobody was told where it is. Where even that fails the row's expiry does it later, and the first error is the one to tell.
 */
async function discard(
  deps: Pick<MediaDeps, "sql" | "clock" | "log" | "wakeJobs">,
  reservation: Reservation,
): Promise<void> {
  try {
    await deps.sql.begin(async (tx) => {
      await tx`delete from media where media_id = ${reservation.mediaId}`;
      await tx`
        insert into media_deletions (blob_prefix, due_ts)
        values (${reservation.blobPrefix}, ${deps.clock.now()}) on conflict do nothing`;
    });
    deps.wakeJobs();
  } catch (error) {
    deps.log.log("warn", "A failed upload could not be taken back now.", { error });
  }
}
