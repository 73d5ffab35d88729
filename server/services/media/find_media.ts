import type { UserId } from "../../../core/ids/user_id.ts";
import { findVisibleMedia, type MediaAddress, noSuchMedia } from "./find_visible_media.ts";
import type { MediaDeps } from "./media_deps.ts";
import type { MediaRow } from "./media_row.ts";
import type { MediaVisibility } from "./media_visibility.ts";
import type { RemoteMedia } from "./remote/remote_media.ts";

export interface MediaReadDeps extends MediaDeps {
  readonly visibility: MediaVisibility;
  /** Files of other servers; absent where there are none to ask. */
  readonly remote?: RemoteMedia;
}

/** What serving needs of a file, whoever's it is. */
export type ReadableFile = Pick<
  MediaRow,
  "name" | "type" | "inline" | "size" | "blake3" | "thumbnails" | "blob_prefix"
>;

/** A file that the caller may see, of this server or of another. */
export async function findMedia(
  deps: MediaReadDeps,
  address: MediaAddress,
  caller: UserId | undefined,
): Promise<ReadableFile> {
  if (address.server === deps.serverName) return await findVisibleMedia(deps, address, caller);
  if (deps.remote === undefined) throw noSuchMedia(address);
  return await deps.remote.find(address, caller);
}
