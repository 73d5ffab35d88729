import { z } from "zod";

/**
 * A backup is one tar file: `header.json`, row parts `tables/NAME/NNNNNN.jsonl.gz`, blobs
 * `blobs/KEY`, and last `manifest.json`, whose absence shows that the file was cut. Rows are
 * JSON arrays of the columns' text forms, in the order that the header names.
 */
export const FORMAT_VERSION = 1;

export const HEADER_NAME = "header.json";
export const MANIFEST_NAME = "manifest.json";

/** Uncompressed bytes of rows in one part: bounds the memory of writing and of reading. */
export const ROW_PART_BYTES = 4 * 1024 * 1024;
/** Header and manifest are read whole; a manifest has some 150 bytes for each part. */
export const MAX_HEADER_BYTES = 4 * 1024 * 1024;
export const MAX_MANIFEST_BYTES = 1024 * 1024 * 1024;

const Column = z.object({ name: z.string(), type: z.string() });

export const BackupTable = z.object({
  name: z.string(),
  columns: z.array(Column).min(1),
});
export type BackupTable = z.infer<typeof BackupTable>;

export const BackupHeader = z.object({
  format: z.literal(FORMAT_VERSION),
  program: z.string(),
  server_name: z.string(),
  created_ts: z.number().int(),
  migrations: z.array(
    z.object({ version: z.number().int(), name: z.string(), checksum: z.string() }),
  ).min(1),
  tables: z.array(BackupTable),
  sequences: z.array(
    z.object({ name: z.string(), last_value: z.string(), is_called: z.boolean() }),
  ),
});
export type BackupHeader = z.infer<typeof BackupHeader>;

export const BackupManifest = z.object({
  parts: z.array(
    z.object({ name: z.string(), size: z.number().int(), sha256: z.string().length(64) }),
  ),
  rows: z.record(z.string(), z.number().int()),
  blobs: z.object({ count: z.number().int(), bytes: z.number().int() }),
});
export type BackupManifest = z.infer<typeof BackupManifest>;

/** The file is no whole, unchanged backup of ours. `message` says how and what to do. */
export class BackupError extends Error {
  override readonly name = "BackupError";
}

/** Told about while work goes on; `total` 0 means unknown. */
export type OnProgress = (what: string, done: number, total: number) => void;

export function rowPartName(table: string, part: number): string {
  return `tables/${table}/${String(part).padStart(6, "0")}.jsonl.gz`;
}

/** `tables/events/000001.jsonl.gz` -> `events`, or undefined for another part. */
export function tableOfPart(name: string): string | undefined {
  return /^tables\/([^/]+)\/\d{6,}\.jsonl\.gz$/.exec(name)?.[1];
}
