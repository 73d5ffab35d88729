import { join } from "node:path";
import type { BlobStore } from "../../../core/ports/blob_store.ts";
import type { ConfigValues } from "../../config/sections.ts";
import { FolderBlobStore } from "../../files/blob_store.ts";

/** The folder of blobs in the data folder, where no S3 is set. */
export const BLOB_FOLDER = "media";

/**
 * The blob store that the `blobs` section asks for. A bucket is asked for an answer first: throws
 * `S3Error` with advice when it gives none.
 */
export async function openBlobStore(
  config: { readonly blobs: ConfigValues["blobs"]; readonly dataFolder: string },
): Promise<BlobStore & Partial<Disposable>> {
  const { blobs } = config;
  if (blobs.s3Bucket === undefined) {
    return await FolderBlobStore.open(join(config.dataFolder, BLOB_FOLDER));
  }
  const { s3Endpoint, s3Prefix } = blobs;
  // Here and not above: the client of S3 is a tenth of an idle server's memory.
  const { S3BlobStore } = await import("../../s3/blob_store.ts");
  const store = new S3BlobStore({
    ...(s3Endpoint === undefined ? {} : { endpoint: s3Endpoint }),
    ...(s3Prefix === undefined ? {} : { prefix: s3Prefix }),
    region: blobs.s3Region,
    bucket: blobs.s3Bucket,
    accessKeyId: blobs.s3AccessKey?.reveal() ?? "",
    secretAccessKey: blobs.s3SecretKey?.reveal() ?? "",
    pathStyle: blobs.s3PathStyle,
  });
  try {
    await store.check();
  } catch (error) {
    store[Symbol.dispose]();
    throw error;
  }
  return store;
}
