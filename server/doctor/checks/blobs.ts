import type { BlobStore } from "../../../core/ports/blob_store.ts";
import type { Rng } from "../../../core/ports/rng.ts";
import { type Finding, ok, problem, reasonOf } from "../finding.ts";

const CHECK = "file store";
const PROBE_BYTES = 1024;

/** Writes, reads and deletes one small blob. Without a store: the folder is not there yet. */
export async function checkBlobs(
  deps: { readonly blobs: BlobStore | undefined; readonly rng: Rng },
): Promise<Finding[]> {
  const { blobs } = deps;
  if (blobs === undefined) return [ok(CHECK, "The first start makes the folder of files.")];
  const key = `doctor/${deps.rng.bytes(8).toHex()}`;
  const bytes = deps.rng.bytes(PROBE_BYTES);
  let step = "write";
  try {
    await blobs.put(key, ReadableStream.from([bytes]), bytes.length);
    step = "read";
    const stream = await blobs.get(key);
    const read = new Uint8Array(await new Response(stream as BodyInit | undefined).arrayBuffer());
    if (read.toHex() !== bytes.toHex()) return [failed("read", "it gives back other bytes")];
    step = "delete";
    await blobs.delete(key);
    if (await blobs.head(key) !== undefined) {
      return [failed("delete", "what was deleted is still there")];
    }
    return [ok(CHECK, "A file was written, read and deleted.")];
  } catch (error) {
    return [failed(step, reasonOf(error))];
  }
}

/** What stands in the report where the store could not be used; `step`: open, write, ... */
export function failed(step: string, reason: string): Finding {
  return problem(
    CHECK,
    `The file store fails to ${step}: ${reason}.`,
    "For S3 check endpoint, bucket, keys and the rights to get, put, delete and list; for a " +
      "folder its owner and the disk.",
  );
}
