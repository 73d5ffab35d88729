import { OperationError } from "../../../core/errors.ts";
import type { JsonObject } from "../../../core/event/json.ts";
import { type MediaUri, parseMediaUri } from "../../../core/ids/media_uri.ts";
import type { MediaDesk } from "../messages/attachments.ts";
import { type ClaimedMedia, describeMedia } from "./claim_media.ts";
import type { MediaDeps } from "./media_deps.ts";
import { UNKNOWN_TYPE } from "./sniff_type.ts";
import { beginUse, endEventUses } from "./media_row_kinds.ts";

/** Media as messages need it. */
export function mediaDesk(deps: Pick<MediaDeps, "sql" | "serverName" | "clock">): MediaDesk {
  return {
    async attach(owner, media, { sealed = false } = {}) {
      if (media.length === 0) return [];
      const uris = media.map(({ uri }) => {
        const parsed = parseMediaUri(uri);
        if (parsed !== undefined) return parsed;
        throw new OperationError(
          "invalid",
          `The file ${JSON.stringify(uri.slice(0, 100))} is no mxc:// address; upload it first.`,
          { details: { field: "media" } },
        );
      });
      const files = await describeMedia(deps.sql, {
        serverName: deps.serverName,
        uris,
        owner,
        kind: "event",
      });
      if (!sealed) files.forEach(requireOpen);
      return files.map((file, at) => ({
        content: sealed ? sealedContentOf(file) : contentOf(file, media[at] ?? {}),
        use: (place) =>
          beginUse(file.uri as MediaUri, {
            kind: "event",
            subject: place.eventId,
            roomId: place.roomId,
            channelId: place.channelId,
          }, deps.clock.now()),
      }));
    },
    release: endEventUses,
  };
}

/** Of a sealed file only what servers need to keep and hand it out. */
function sealedContentOf({ uri, blake3, size, type }: ClaimedMedia): JsonObject {
  if (type === UNKNOWN_TYPE) return { uri, blake3, size, type };
  throw new OperationError(
    "invalid",
    `The file ${uri} is not encrypted (it is ${type}): in this conversation only encrypted files are sent.`,
    { details: { field: "media" } },
  );
}

/** What nobody could look into is no file for everybody. */
function requireOpen(file: ClaimedMedia): void {
  if (!file.sealed) return;
  throw new OperationError(
    "invalid",
    `The file ${file.uri} was uploaded encrypted: here nobody could open it. Upload it as it is.`,
    { details: { field: "media" } },
  );
}

function contentOf(
  file: ClaimedMedia,
  given: { readonly alt?: string | null | undefined; readonly spoiler?: boolean | undefined },
): JsonObject {
  return {
    uri: file.uri,
    blake3: file.blake3,
    size: file.size,
    type: file.type,
    name: file.name,
    ...(file.width === null ? {} : { width: file.width }),
    ...(file.height === null ? {} : { height: file.height }),
    ...(file.thumbhash === null ? {} : { thumbhash: file.thumbhash }),
    ...(given.alt === undefined || given.alt === null || given.alt === ""
      ? {}
      : { alt: given.alt }),
    ...(given.spoiler === true ? { spoiler: true } : {}),
  };
}
