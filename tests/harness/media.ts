import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { MediaPurpose } from "../../core/api/media.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import type { BlobStore } from "../../core/ports/blob_store.ts";
import type { Clock } from "../../core/ports/clock.ts";
import { mediaSection } from "../../server/config/sections/media.ts";
import { FolderBlobStore } from "../../server/files/blob_store.ts";
import type { MediaDeps } from "../../server/services/media/media_deps.ts";
import type { MediaSettings } from "../../server/services/media/media_settings.ts";
import { BLOB_FOLDER } from "../../server/services/media/open_blob_store.ts";
import { type OpenedMedia, openMedia } from "../../server/services/media/open_media.ts";
import { selfCommand } from "../../server/services/media/picture/self_command.ts";
import { uploadMedia } from "../../server/services/media/upload_media.ts";
import { systemClock } from "../../server/system/clock.ts";
import { systemRng } from "../../server/system/rng.ts";
import { MemoryLog } from "./parts.ts";
import { freshDatabase, type TestDatabase } from "./postgres.ts";
import { tempFolder } from "./temp_folder.ts";

export const TEST_SERVER = "og.test" as ServerName;
export const ALICE = "@alice:og.test" as UserId;
export const BOB = "@bob:og.test" as UserId;

/** The media part as a server has it: own database, blob folder and picture worker. */
export interface TestMedia extends AsyncDisposable {
  readonly media: OpenedMedia;
  readonly deps: MediaDeps;
  readonly database: TestDatabase;
  readonly clock: ShiftedClock;
  readonly log: MemoryLog;
  readonly blobFolder: string;
  readonly spoolFolder: string;
  /** Holds both folders and nothing else. */
  readonly root: string;
}

/** The machine's clock, moved ahead when a test says so. */
export class ShiftedClock implements Clock {
  shiftMs = 0;
  now(): number {
    return systemClock.now() + this.shiftMs;
  }
  monotonic(): number {
    return systemClock.monotonic();
  }
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return systemClock.sleep(ms, signal);
  }
}

/** The defaults of the `media` section, with changes. */
export function mediaSettings(changes: Partial<MediaSettings> = {}): MediaSettings {
  const defaults = Object.fromEntries(
    Object.entries(mediaSection.settings).map(([key, setting]) => [
      key,
      setting.fallback === undefined ? undefined : setting.schema.parse(setting.fallback),
    ]),
  );
  return { ...defaults, ...changes } as MediaSettings;
}

export const PICTURE_WORKER = fileURLToPath(
  new URL("../../server/services/media/picture/worker.ts", import.meta.url),
);

export async function openTestMedia(
  options: {
    readonly settings?: Partial<MediaSettings>;
    /** Kept over several openings; otherwise of this one alone. */
    readonly database?: TestDatabase;
    readonly root?: string;
    /** Default: a folder below the root. */
    readonly blobs?: BlobStore;
  } = {},
): Promise<TestMedia> {
  const folder = options.root === undefined ? await tempFolder("og-media-") : undefined;
  const root = options.root ?? folder?.path ?? "";
  const database = options.database ?? await freshDatabase();
  const [blobFolder, spoolFolder] = [join(root, BLOB_FOLDER), join(root, "spool")];
  const clock = new ShiftedClock();
  const log = new MemoryLog();
  const media = await openMedia({
    serverName: TEST_SERVER,
    sql: database.sql,
    blobs: options.blobs ?? await FolderBlobStore.open(blobFolder),
    clock,
    rng: systemRng,
    log,
    settings: mediaSettings(options.settings),
    pictureCommand: selfCommand([], {
      writable: spoolFolder,
      mainModule: PICTURE_WORKER,
      environment: Deno.env.toObject(),
    }),
    spoolFolder,
  });
  return {
    media,
    deps: media.deps,
    database,
    clock,
    log,
    blobFolder,
    spoolFolder,
    root,
    async [Symbol.asyncDispose]() {
      await media[Symbol.asyncDispose]();
      if (options.database === undefined) await database[Symbol.asyncDispose]();
      await folder?.[Symbol.asyncDispose]();
    },
  };
}

/** Uploads bytes as a client does. */
export async function upload(
  deps: MediaDeps,
  bytes: Uint8Array,
  options: {
    readonly name?: string;
    readonly owner?: UserId;
    readonly purpose?: MediaPurpose;
  } = {},
) {
  return await uploadMedia(deps, {
    owner: options.owner ?? ALICE,
    fileName: options.name ?? "file",
    purpose: options.purpose ?? "attachment",
    contentLength: String(bytes.length),
    body: new Blob([bytes.slice()]).stream(),
    signal: new AbortController().signal,
  });
}

/** The files in a folder and below, as paths relative to it, sorted. */
export function filesBelow(folder: string): string[] {
  const found: string[] = [];
  const walk = (path: string) => {
    for (const entry of Deno.readDirSync(join(folder, path))) {
      const below = path === "" ? entry.name : `${path}/${entry.name}`;
      if (entry.isDirectory) walk(below);
      else found.push(below);
    }
  };
  walk("");
  return found.sort();
}
