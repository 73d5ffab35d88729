import type { ServerName } from "../../../core/ids/server_name.ts";
import type { BlobStore } from "../../../core/ports/blob_store.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import type { Log } from "../../../core/ports/log.ts";
import type { Rng } from "../../../core/ports/rng.ts";
import { FolderBlobStore } from "../../files/blob_store.ts";
import type { Sql } from "../../postgres/sql.ts";
import { HasherPool } from "./hasher_pool.ts";
import type { MediaDeps } from "./media_deps.ts";
import { MediaJobs } from "./media_jobs.ts";
import { MediaCounters } from "./media_meter.ts";
import { MEDIA_LIMITS, type MediaSettings } from "./media_settings.ts";
import { PictureProcess } from "./picture/picture_process.ts";
import type { SelfCommand } from "./picture/self_command.ts";
import { makeScan } from "./scan_upload.ts";
import { UploadSlots } from "./upload_slots.ts";

export interface OpenMediaOptions {
  readonly serverName: ServerName;
  readonly sql: Sql;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log: Log;
  readonly settings: MediaSettings;
  /** How to start the picture worker: `selfCommand(["picture-worker"], ...)`. */
  readonly pictureCommand: SelfCommand;
  /** A folder of this part's own; what is in it is removed. */
  readonly spoolFolder: string;
}

/** The media part of a running server. */
export interface OpenedMedia extends AsyncDisposable {
  readonly deps: MediaDeps;
  readonly jobs: MediaJobs;
  readonly counters: MediaCounters;
}

/**
 * Puts the part together, for the one process that owns the data folder; call `jobs.start()` once
 * migrations are done.
 */
export async function openMedia(options: OpenMediaOptions): Promise<OpenedMedia> {
  const { clock, settings, spoolFolder } = options;
  const log = options.log.child({ part: "media" });
  await emptyFolder(spoolFolder);
  if (options.blobs instanceof FolderBlobStore) await options.blobs.removeUnfinished();
  const counters = new MediaCounters();
  const pictures = new PictureProcess({
    command: options.pictureCommand,
    clock,
    log,
    jobTimeoutMs: MEDIA_LIMITS.pictureTimeoutMs,
    maxMemoryBytes: MEDIA_LIMITS.maxPictureMemoryBytes,
    idleMs: MEDIA_LIMITS.pictureIdleMs,
  });
  const jobs = new MediaJobs({
    sql: options.sql,
    blobs: options.blobs,
    clock,
    log,
    meter: counters,
    settings,
  });
  const deps: MediaDeps = {
    serverName: options.serverName,
    sql: options.sql,
    blobs: options.blobs,
    clock,
    rng: options.rng,
    log,
    settings,
    pictures,
    scan: makeScan({ clock, log, meter: counters }, settings),
    meter: counters,
    slots: new UploadSlots(),
    hashers: new HasherPool(),
    spoolFolder,
    wakeJobs: () => jobs.wake(),
  };
  return {
    deps,
    jobs,
    counters,
    async [Symbol.asyncDispose]() {
      await jobs[Symbol.asyncDispose]();
      await pictures[Symbol.asyncDispose]();
    },
  };
}

/** What an earlier process was still receiving is nobody's. */
async function emptyFolder(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  await Deno.mkdir(path, { recursive: true, mode: 0o700 });
}
