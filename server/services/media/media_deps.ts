import type { ServerName } from "../../../core/ids/server_name.ts";
import type { BlobStore } from "../../../core/ports/blob_store.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import type { Log } from "../../../core/ports/log.ts";
import type { Rng } from "../../../core/ports/rng.ts";
import type { Sql } from "../../postgres/sql.ts";
import type { HasherPool } from "./hasher_pool.ts";
import type { MediaMeter } from "./media_meter.ts";
import type { MediaSettings } from "./media_settings.ts";
import type { PictureProcess } from "./picture/picture_process.ts";
import type { ScanUpload } from "./scan_upload.ts";
import type { UploadSlots } from "./upload_slots.ts";

/** What the media services need; one object made in `open_media.ts`. */
export interface MediaDeps {
  readonly serverName: ServerName;
  readonly sql: Sql;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log: Log;
  readonly settings: MediaSettings;
  readonly pictures: PictureProcess;
  /** Undefined where no scan is configured. */
  readonly scan: ScanUpload | undefined;
  readonly meter: MediaMeter;
  readonly slots: UploadSlots;
  readonly hashers: HasherPool;
  /** An existing folder for files on their way; on the same machine as the picture worker. */
  readonly spoolFolder: string;
  /** Deletes what has become due, soon and in the background. */
  readonly wakeJobs: () => void;
}
