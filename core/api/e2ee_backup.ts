import { z } from "zod";
import { bytesOf } from "./bytes.ts";
import { defineOperation } from "./operation.ts";

/** Bounds of the encrypted backup; how large one may be in all is a setting of the server. */
export const E2EE_BACKUP = {
  slots: 8,
  slotBytes: 2048,
  chunkBytes: 256 * 1024,
  /** Chunks of one backup; a device that would go beyond it writes a new version. */
  chunks: 100_000,
  /** Bytes of chunks in one page, and chunks. */
  pageBytes: 2 * 1024 * 1024,
  pageChunks: 100,
} as const;

/** 32 bytes of SHA-256; all zero where a chain has no chunk yet. */
const Hash = bytesOf({ min: 32, max: 32 });
const Version = z.number().int().min(1).max(2 ** 31 - 1);
const Seq = z.number().int().min(0).max(E2EE_BACKUP.chunks);

/** A way to the backup's key; what is in it is the clients' own affair. */
export const BackupSlot = z.object({
  kind: z.enum(["recovery_key", "passphrase", "passkey"]),
  data: bytesOf({ min: 1, max: E2EE_BACKUP.slotBytes }),
});
export type BackupSlot = z.infer<typeof BackupSlot>;

/** Where a backup stands: its version, how many chunks it has, and the last one's hash. */
export const BackupHead = z.object({ version: Version, seq: Seq, hash: Hash });
export type BackupHead = z.infer<typeof BackupHead>;

export const Backup = z.object({
  head: BackupHead,
  slots: z.array(BackupSlot).max(E2EE_BACKUP.slots),
  slots_revision: z.number().int().describe("Rises with every change of the slots"),
  bytes: z.number().int().describe("Of all chunks that the server holds for the account"),
  max_bytes: z.number().int(),
  changed_ts: z.number().int(),
});
export type Backup = z.infer<typeof Backup>;

export const BackupChunk = z.object({
  seq: Seq,
  hash: Hash.describe("SHA-256 of the chunk"),
  chunk: bytesOf({ min: 1, max: E2EE_BACKUP.chunkBytes }),
});
export type BackupChunk = z.infer<typeof BackupChunk>;

const tag = "encryption";
const auth = "user" as const;

export const getBackup = defineOperation({
  id: "getBackup",
  scope: null,
  method: "GET",
  path: "/client/v1/backup",
  tag,
  summary: "Where the account's encrypted backup stands, and the ways to its key",
  auth,
  result: Backup,
  errors: ["not_found"],
});

export const putBackup = defineOperation({
  id: "putBackup",
  scope: null,
  method: "PUT",
  path: "/client/v1/backup",
  tag,
  summary:
    "Begin a backup, change its slots, or go over to the next version, whose chunks were put before; `expect` is what the caller last saw",
  auth,
  body: z.object({
    expect: z.object({ head: BackupHead, slots_revision: z.number().int() }).nullable().describe(
      "null: there is none yet",
    ),
    head: BackupHead.describe(
      "As it is to be: the present one, or the end of the chunks of the version after it",
    ),
    slots: z.array(BackupSlot).min(1).max(E2EE_BACKUP.slots),
  }),
  result: Backup,
  errors: ["invalid", "conflict"],
});

export const putBackupChunk = defineOperation({
  id: "putBackupChunk",
  scope: null,
  method: "PUT",
  path: "/client/v1/backup/chunks/:seq",
  tag,
  summary:
    "Put the chunk after the head of the present version, or of the one that is being prepared; the same chunk again is no error",
  auth,
  params: z.object({ seq: z.coerce.number().int().min(1).max(E2EE_BACKUP.chunks) }),
  body: z.object({
    version: Version,
    previous_hash: Hash.describe("Of the chunk before; all zero for the first"),
    chunk: bytesOf({ min: 1, max: E2EE_BACKUP.chunkBytes }),
  }),
  result: BackupHead,
  errors: ["invalid", "conflict", "limit_reached", "not_found"],
});

export const listBackupChunks = defineOperation({
  id: "listBackupChunks",
  scope: null,
  method: "GET",
  path: "/client/v1/backup/chunks",
  tag,
  summary: "Chunks of the present version in order, as many as fit into a page",
  auth,
  query: z.object({ after: z.coerce.number().int().min(0).default(0) }),
  result: z.object({
    head: BackupHead,
    chunks: z.array(BackupChunk),
    more: z.boolean(),
  }),
  errors: ["not_found"],
});

export const deleteBackup = defineOperation({
  id: "deleteBackup",
  scope: null,
  method: "DELETE",
  path: "/client/v1/backup",
  tag,
  summary: "Delete the backup: what no device holds can be read by nobody again",
  auth,
  confirm: true,
  whileSuspended: true,
  result: z.object({}),
  errors: ["not_found", "confirmation_required"],
});
