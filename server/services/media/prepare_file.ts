import { join } from "node:path";
import type { MediaPurpose } from "../../../core/api/media.ts";
import { OperationError } from "../../../core/errors.ts";
import { renameEnding } from "./file_name.ts";
import type { MediaDeps } from "./media_deps.ts";
import { MEDIA_LIMITS } from "./media_settings.ts";
import { type PictureJob, PictureResult } from "./picture/protocol.ts";
import type { SniffedType } from "./sniff_type.ts";

/** A file that may be stored: without metadata, its type and size known. */
export interface PreparedFile {
  readonly path: string;
  readonly name: string;
  readonly type: string;
  readonly inline: boolean;
  readonly width: number | null;
  readonly height: number | null;
  readonly thumbhash: string | null;
  readonly thumbnails: PictureResult["thumbnails"];
}

interface Arrived {
  /** The spooled file; changed in place or left. */
  readonly path: string;
  /** Of this upload alone. */
  readonly folder: string;
  readonly sniffed: SniffedType;
  readonly size: number;
  readonly name: string;
  readonly purpose: MediaPurpose;
}

/**
 * Removes metadata and makes small pictures. Throws `unsupported_media`, `too_large`,
 * `unavailable`.
 */
export async function prepareFile(
  deps: Pick<MediaDeps, "pictures" | "settings" | "meter" | "log">,
  arrived: Arrived,
): Promise<PreparedFile> {
  const { name, sniffed: { type, work } } = arrived;
  if (deps.settings.refusedTypes.includes(type)) {
    throw new OperationError(
      "unsupported_media",
      `${JSON.stringify(name)} is ${type}, which this server does not take.`,
      { details: { type } },
    );
  }
  const mayShow = deps.settings.inlineTypes.includes(type);
  if (work === null) {
    requirePicture(arrived, { type, drawn: false });
    const none = { width: null, height: null, thumbhash: null, thumbnails: [] };
    return { path: arrived.path, name, type, inline: mayShow, ...none };
  }
  if (type.startsWith("image/") && arrived.size > MEDIA_LIMITS.maxPictureBytes) {
    throw new OperationError(
      "too_large",
      `The picture ${JSON.stringify(name)} has ${arrived.size} bytes; pictures may have ` +
        `${MEDIA_LIMITS.maxPictureBytes}. Make it smaller, or send it in an archive.`,
      { details: { limit_bytes: MEDIA_LIMITS.maxPictureBytes } },
    );
  }
  const result = await processPicture(deps, arrived, work);
  requirePicture(arrived, { type, drawn: result.drawn && result.thumbhash !== null });
  if (!result.drawn) deps.meter.add("undrawable_pictures", 1);
  const finalType = result.type === work ? type : result.type;
  return {
    path: result.path,
    name: finalType === type ? name : renameEnding(name, finalType.slice("image/".length)),
    type: finalType,
    inline: result.drawn && deps.settings.inlineTypes.includes(finalType),
    width: result.width,
    height: result.height,
    thumbhash: result.thumbhash,
    thumbnails: result.thumbnails,
  };
}

/** An avatar, icon or emoji must be something that was really drawn. */
function requirePicture(arrived: Arrived, found: { type: string; drawn: boolean }): void {
  if (arrived.purpose === "attachment" || found.drawn) return;
  throw new OperationError(
    "unsupported_media",
    `${JSON.stringify(arrived.name)} is ${found.type} and cannot be shown as a picture; ` +
      "take a JPEG, PNG, WebP or GIF.",
    { details: { type: found.type } },
  );
}

async function processPicture(
  deps: Pick<MediaDeps, "pictures" | "log">,
  arrived: Arrived,
  work: PictureJob["type"],
): Promise<PictureResult> {
  const outputFolder = join(arrived.folder, "made");
  await Deno.mkdir(outputFolder, { mode: 0o700 });
  const job: PictureJob = {
    input: arrived.path,
    outputFolder,
    type: work,
    mode: "draw",
    fit: arrived.purpose === "attachment" ? null : MEDIA_LIMITS.fit[arrived.purpose],
    thumbnails: [...MEDIA_LIMITS.thumbnails],
    maxPixels: MEDIA_LIMITS.maxPicturePixels,
  };
  const drawn = await deps.pictures.run(job);
  if (drawn.ok) return drawn.result;
  // It ended its process. Its metadata goes all the same, by code that decodes nothing.
  const stripped = await deps.pictures.run({ ...job, mode: "strip" });
  if (stripped.ok) return stripped.result;
  if (stripped.failure === "timed_out") {
    // Nothing in that takes long, whatever the file holds: the machine is what is slow.
    throw new OperationError(
      "unavailable",
      `${JSON.stringify(arrived.name)} could not be looked at in time: this server has too much ` +
        "to do. Try again in a moment.",
    );
  }
  throw new OperationError(
    "unsupported_media",
    `${JSON.stringify(arrived.name)} is damaged: what it says about you and the place it was ` +
      "taken cannot be removed. Save it anew, or send it in an archive.",
  );
}
