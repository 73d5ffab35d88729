import { join } from "node:path";
import type { MediaDeps } from "../media/media_deps.ts";
import { DRAWN_TYPES, type DrawnType } from "../media/picture/protocol.ts";
import { sniffType } from "../media/sniff_type.ts";
import { MEDIA_LIMITS } from "../media/media_settings.ts";
import { type PreviewClient, PreviewFault } from "./preview_client.ts";
import { PREVIEW_LIMITS } from "./preview_limits.ts";

export interface PreviewStill {
  readonly bytes: Uint8Array;
  readonly width: number;
  readonly height: number;
}

export type PictureDeps = Pick<MediaDeps, "pictures" | "spoolFolder"> & {
  readonly client: PreviewClient;
};

/**
 * The picture of a page, drawn anew and small: what its server sent is seen by the picture worker
 * alone, and kept nowhere. @throws PreviewFault
 */
export async function fetchPicture(
  deps: PictureDeps,
  url: URL,
  signal: AbortSignal,
): Promise<PreviewStill> {
  const { bytes } = await deps.client.fetch(url, {
    accept: "image/webp,image/png,image/jpeg,image/gif",
    timeoutMs: PREVIEW_LIMITS.pictureMs,
    maxBytes: PREVIEW_LIMITS.pictureBytes,
    beginning: false,
    isWanted: (type) => type.startsWith("image/") || type === "application/octet-stream",
    signal,
  });
  const { work } = await sniffType(bytes.subarray(0, MEDIA_LIMITS.sniffBytes));
  const type = DRAWN_TYPES.find((each) => each === work);
  if (type === undefined) throw new PreviewFault(`${url.host} gave no picture that is drawn here`);
  const folder = await Deno.makeTempDir({ dir: deps.spoolFolder });
  try {
    return await draw(deps, { bytes, type, folder });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function draw(
  deps: Pick<PictureDeps, "pictures">,
  { bytes, type, folder }: {
    readonly bytes: Uint8Array;
    readonly type: DrawnType;
    readonly folder: string;
  },
): Promise<PreviewStill> {
  const input = join(folder, "body");
  const outputFolder = join(folder, "made");
  await Deno.writeFile(input, bytes, { createNew: true, mode: 0o600 });
  await Deno.mkdir(outputFolder, { mode: 0o700 });
  const box = { width: PREVIEW_LIMITS.pictureBox, height: PREVIEW_LIMITS.pictureBox };
  const outcome = await deps.pictures.run({
    input,
    outputFolder,
    type,
    mode: "draw",
    // Makes a WebP of whatever it is, and never more of it than the box.
    fit: box,
    // Of what moves, one that stands still.
    thumbnails: [{ name: "still", ...box }],
    maxPixels: PREVIEW_LIMITS.picturePixels,
  });
  if (!outcome.ok) throw new PreviewFault(`a picture was not drawn: ${outcome.failure}`);
  const { result } = outcome;
  const { path, width, height } = result.thumbnails[0] ?? result;
  if (!result.drawn || result.type !== "image/webp" || width === null || height === null) {
    throw new PreviewFault(`a picture was not drawn: ${result.fault ?? result.type}`);
  }
  return { bytes: await Deno.readFile(path), width, height };
}
