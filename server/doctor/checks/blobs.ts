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
  if (blobs === undefined) return [ok(CHECK, "files.first")];
  const key = `doctor/${deps.rng.bytes(8).toHex()}`;
  const bytes = deps.rng.bytes(PROBE_BYTES);
  let step: Step = "write";
  try {
    await blobs.put(key, ReadableStream.from([bytes]), bytes.length);
    step = "read";
    const stream = await blobs.get(key);
    const read = new Uint8Array(await new Response(stream as BodyInit | undefined).arrayBuffer());
    if (read.toHex() !== bytes.toHex()) return [problem(CHECK, ["files.other_bytes", "files"])];
    step = "delete";
    await blobs.delete(key);
    if (await blobs.head(key) !== undefined) {
      return [problem(CHECK, ["files.undeleted", "files"])];
    }
    return [ok(CHECK, "files.good")];
  } catch (error) {
    return [failed(step, error)];
  }
}

type Step = "open" | "write" | "read" | "delete";

/** What stands in the report where the store could not be used. */
export function failed(step: Step, error: unknown): Finding {
  return problem(CHECK, ["files.failed", "files"], { step, reason: reasonOf(error) });
}
