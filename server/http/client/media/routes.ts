import type { MediaDeps } from "../../../services/media/media_deps.ts";
import type { MediaVisibility } from "../../../services/media/media_visibility.ts";
import type { RemoteMedia } from "../../../services/media/remote/remote_media.ts";
import type { LinkDesk } from "../../../services/previews/link_desk.ts";
import type { Route } from "../../route.ts";
import { adminPurgeMediaRoute } from "../admin/media/purge.ts";
import { adminMediaUsageRoute } from "../admin/media/usage.ts";
import { deleteRoute } from "./delete.ts";
import { downloadRoute } from "./download.ts";
import { previewLinkRoute } from "./preview_link.ts";
import { previewPictureRoute } from "./preview_picture.ts";
import { thumbnailRoute } from "./thumbnail.ts";
import { uploadRoute } from "./upload.ts";
import { usageRoute } from "./usage.ts";

/**
 * Every route of this part. `visibility` is answered by the rooms; `links` is absent where no pages
 * are asked.
 */
export function mediaRoutes(
  deps: MediaDeps,
  visibility: MediaVisibility,
  { remote, links }: { readonly remote?: RemoteMedia; readonly links?: LinkDesk | undefined } = {},
): readonly Route[] {
  const visible = { ...deps, visibility, ...(remote === undefined ? {} : { remote }) };
  return [
    uploadRoute(deps),
    downloadRoute(visible),
    thumbnailRoute(visible),
    previewPictureRoute(deps),
    previewLinkRoute(links),
    deleteRoute(deps),
    usageRoute(deps),
    adminMediaUsageRoute(deps),
    adminPurgeMediaRoute(deps),
  ];
}
