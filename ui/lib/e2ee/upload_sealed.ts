import { base64Of } from "../../../core/e2ee/bytes.ts";
import { sealFile } from "../../../core/e2ee/attachment.ts";
import type { Media } from "../../../core/api/media.ts";
import { type Upload, uploadFile } from "../browser/upload.ts";
import type { MediaLock, StoredFile } from "../store/locked_media.ts";
import { readPicture } from "./picture_facts.ts";

const rng = { bytes: (length: number) => crypto.getRandomValues(new Uint8Array(length)) };
/** The small picture is the lesser part of the way. */
const THUMB_PART = 0.05;

/** The sealed form of a file, and what opens it. */
async function seal(blob: Blob): Promise<{ sealed: File; key: Omit<StoredFile, "uri"> }> {
  const sealer = sealFile({ size: blob.size, rng });
  const bytes = await new Response(blob.stream().pipeThrough(sealer.stream)).blob();
  const { key, hash, size } = sealer.key();
  return {
    // Neither name nor type are for servers to see.
    sealed: new File([bytes], "file", { type: "application/octet-stream" }),
    key: { key: base64Of(key), hash: base64Of(hash), size },
  };
}

/** Seals a file, with a smaller form where it is a picture, and sends both. */
export function uploadSealed(file: File, onProgress: (part: number) => void): Upload {
  const running = new Set<Upload>();
  let cancelled = false;
  const send = async (blob: Blob, told: (part: number) => void): Promise<StoredFile> => {
    const { sealed, key } = await seal(blob);
    if (cancelled) throw new DOMException("The upload was cancelled.", "AbortError");
    const upload = uploadFile(sealed, told, { sealed: true });
    running.add(upload);
    try {
      return { ...key, uri: (await upload.done).uri };
    } finally {
      running.delete(upload);
    }
  };
  const all = async (): Promise<Media> => {
    const picture = await readPicture(file);
    const thumb = picture?.thumb &&
      await send(picture.thumb, (part) => onProgress(part * THUMB_PART));
    const stored = await send(
      picture?.file ?? file,
      (part) => onProgress(thumb ? THUMB_PART + part * (1 - THUMB_PART) : part),
    );
    const lock: MediaLock = { key: stored.key, hash: stored.hash, thumb };
    const media: Media & { readonly lock: MediaLock } = {
      uri: stored.uri,
      name: file.name.slice(0, 255) || "file",
      type: file.type || "application/octet-stream",
      size: stored.size,
      width: picture?.width ?? null,
      height: picture?.height ?? null,
      thumbhash: picture?.thumbhash ?? null,
      lock,
    };
    return media;
  };
  return {
    done: all(),
    cancel() {
      cancelled = true;
      for (const upload of running) upload.cancel();
    },
  };
}
