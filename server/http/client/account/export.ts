import {
  beginExport as beginOperation,
  deleteExport as deleteOperation,
  downloadExport as downloadOperation,
  getExport as getOperation,
} from "../../../../core/api/data_export.ts";
import type { BlobStore } from "../../../../core/ports/blob_store.ts";
import { localpartOf } from "../../../../core/ids/user_id.ts";
import {
  beginExport,
  deleteExport,
  findExport,
  getOwnExport,
  type OwnExportDeps,
} from "../../../services/exports/own_export.ts";
import type { MediaMeter } from "../../../services/media/media_meter.ts";
import { serveBlob } from "../media/serve_blob.ts";
import { type Route, route } from "../../route.ts";

export interface ExportRouteDeps extends OwnExportDeps {
  readonly blobs: BlobStore;
  readonly meter: MediaMeter;
}

/** The copy of one's own data: only its owner ever gets it. */
export function exportRoutes(deps: ExportRouteDeps): readonly Route[] {
  return [
    route(getOperation, async ({ caller }) => ({
      export: await getOwnExport(deps, caller.userId),
    })),
    route(beginOperation, async ({ caller }) => ({
      export: await beginExport(deps, caller.userId),
    })),
    route(deleteOperation, async ({ caller }) => {
      await deleteExport(deps, caller.userId);
      return { export: null };
    }),
    route(downloadOperation, async ({ caller, request }) => {
      const held = await findExport(deps, caller.userId);
      const day = new Date(held.created_ts).toISOString().slice(0, 10);
      return await serveBlob(deps, {
        key: held.blob_key,
        size: held.bytes,
        type: "application/x-tar",
        inline: false,
        name: `${localpartOf(caller.userId)}-${day}.tar`,
        tag: held.blob_key.slice(-32),
      }, request);
    }),
  ];
}
