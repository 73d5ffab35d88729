import { join } from "node:path";
import type { MediaUri } from "../../../../core/ids/media_uri.ts";
import type { MediaDeps } from "../media_deps.ts";
import { blobKey, newMediaId } from "../media_row.ts";
import { prepareFile } from "../prepare_file.ts";
import { sniffType } from "../sniff_type.ts";
import type { RemoteCopy } from "./remote_copy.ts";
import { RemoteFileError } from "./receive_remote.ts";

/** A verified file in the spool. */
export interface VerifiedFile {
  readonly path: string;
  /** Of this file alone. */
  readonly folder: string;
  readonly name: string;
  readonly beginning: Uint8Array;
  readonly size: number;
  readonly blake3: string;
}

/** Writes down that a copy is about to be stored; what was begun before for the same file ends. */
export async function reserveCopy(
  deps: Pick<MediaDeps, "sql" | "rng" | "clock">,
  uri: MediaUri,
): Promise<string> {
  const { blobPrefix } = newMediaId(deps.rng.bytes(16));
  const now = deps.clock.now();
  await deps.sql.begin(async (tx) => {
    await tx`delete from remote_media where uri = ${uri}`;
    await tx`
      insert into remote_media (uri, state, type, size, blob_prefix, fetched_ts, used_ts)
      values (${uri}, 'fetching', '', 0, ${blobPrefix}, ${now}, ${now})`;
  });
  return blobPrefix;
}

/**
 * Stores a copy as it came, for its hash is its name; its type is told from its bytes as with
 * every upload, and small pictures are made from a second copy. @throws RemoteFileError
 */
export async function storeCopy(
  deps: Pick<
    MediaDeps,
    "sql" | "blobs" | "clock" | "pictures" | "settings" | "meter" | "log"
  >,
  uri: MediaUri,
  { blobPrefix, file }: { readonly blobPrefix: string; readonly file: VerifiedFile },
): Promise<RemoteCopy> {
  const look = await lookAt(deps, file);
  for (const { name, path } of look.made) {
    const { size } = await Deno.stat(path);
    await putFile(deps, { key: blobKey(blobPrefix, name), path, size });
  }
  await putFile(deps, { key: blobKey(blobPrefix), path: file.path, size: file.size });
  const thumbnails = look.made.map(({ name, width, height, size }) => ({
    name,
    width,
    height,
    size,
  }));
  const now = deps.clock.now();
  const [row] = await deps.sql<RemoteCopy[]>`
    update remote_media set state = 'stored', type = ${look.type}, inline = ${look.inline},
      size = ${file.size}, blake3 = ${file.blake3}, width = ${look.width},
      height = ${look.height}, thumbhash = ${look.thumbhash},
      thumbnails = ${deps.sql.json(thumbnails)}, fetched_ts = ${now}, used_ts = ${now}
    where uri = ${uri} and blob_prefix = ${blobPrefix} and state = 'fetching'
    returning *`;
  if (row === undefined) throw new RemoteFileError("its last use ended meanwhile");
  return row;
}

/** Takes back what was begun. */
export async function discardCopy(
  deps: Pick<MediaDeps, "sql" | "wakeJobs">,
  blobPrefix: string,
): Promise<void> {
  await deps.sql`delete from remote_media where blob_prefix = ${blobPrefix}`;
  deps.wakeJobs();
}

/** Ends the copies that were not asked for longest, until the rest fits. */
export async function makeRoom(
  deps: Pick<MediaDeps, "sql" | "settings" | "wakeJobs">,
): Promise<void> {
  const quota = deps.settings.remoteQuota;
  const [sum] = await deps.sql<{ bytes: number }[]>`
    select coalesce(sum(size), 0)::bigint as bytes from remote_media`;
  if ((sum?.bytes ?? 0) <= quota) return;
  await deps.sql`
    delete from remote_media where uri in (
      select uri from (
        select uri, sum(size) over (order by used_ts desc, uri) as kept from remote_media) as lru
      where kept > ${quota})`;
  deps.wakeJobs();
}

async function lookAt(
  deps: Pick<MediaDeps, "pictures" | "settings" | "meter" | "log">,
  file: VerifiedFile,
) {
  const sniffed = await sniffType(file.beginning);
  const plain = {
    type: sniffed.type,
    inline: sniffed.work === null && deps.settings.inlineTypes.includes(sniffed.type),
    width: null,
    height: null,
    thumbhash: null,
    made: [],
  };
  if (sniffed.work === null) return plain;
  // The worker may rewrite what it is given; the copy must stay as it came.
  const path = join(file.folder, "looked_at");
  await Deno.copyFile(file.path, path);
  const { folder, size, name } = file;
  try {
    const looked = await prepareFile(deps, {
      path,
      folder,
      sniffed,
      size,
      name,
      purpose: "attachment",
    });
    return { ...looked, type: sniffed.type, made: looked.thumbnails };
  } catch (error) {
    deps.log.log("info", "A file of another server cannot be drawn; it is only ever saved.", {
      type: sniffed.type,
      error,
    });
    return plain;
  }
}

async function putFile(
  { blobs }: Pick<MediaDeps, "blobs">,
  { key, path, size }: { readonly key: string; readonly path: string; readonly size: number },
): Promise<void> {
  const file = await Deno.open(path, { read: true });
  await blobs.put(key, file.readable, size);
}
