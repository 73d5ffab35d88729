import { z } from "zod";
import { defineOperation } from "./operation.ts";

/** What a file is uploaded for. All but `attachment` must be pictures and are made small. */
export const MediaPurpose = z.enum(["attachment", "avatar", "icon", "emoji"]);
export type MediaPurpose = z.infer<typeof MediaPurpose>;

/** A file this server holds: what a client needs to show or send it. */
export const Media = z.object({
  uri: z.string().describe("mxc://server/id"),
  name: z.string(),
  type: z.string().describe("MIME type as sniffed by the server, never as claimed"),
  size: z.number().int().describe("Bytes stored, after removal of metadata"),
  width: z.number().int().nullable(),
  height: z.number().int().nullable(),
  thumbhash: z.string().nullable().describe("base64; placeholder to show while it loads"),
});
export type Media = z.infer<typeof Media>;

/** The two parts of `mxc://server/id`. */
export const MediaParams = z.object({
  server: z.string().max(255),
  media_id: z.string().max(64),
});

const UPLOAD_ERRORS = [
  "invalid",
  "too_large",
  "limit_reached",
  "rejected_by_scan",
  "unsupported_media",
  "rate_limited",
  "timeout",
  "unavailable",
] as const;

/**
 * The body is the file; `content-length` is required and is a promise that is held to.
 * Location and every other hidden datum of a picture is gone from what is stored.
 * Only the uploader sees the file until a message, profile, icon or emoji uses it;
 * one that is never used is removed after a day.
 */
export const uploadMedia = defineOperation({
  id: "uploadMedia",
  scope: "write:messages",
  method: "PUT",
  path: "/client/v1/media/upload",
  tag: "media",
  summary: "Upload a file",
  auth: "user",
  binaryBody: true,
  query: z.object({
    filename: z.string().min(1).max(255).default("file"),
    purpose: MediaPurpose.default("attachment"),
    sealed: z.literal("1").optional().describe(
      "The bytes are encrypted: kept as they are and without a name, neither looked into nor shown",
    ),
  }),
  result: Media,
  errors: UPLOAD_ERRORS,
});

/**
 * Visible to those who may see one of its uses; absent and forbidden answer alike.
 * One range, `ETag`, `If-None-Match`, `If-Range` and HEAD are honored.
 */
export const downloadMedia = defineOperation({
  id: "downloadMedia",
  scope: "read",
  method: "GET",
  path: "/client/v1/media/:server/:media_id",
  tag: "media",
  summary: "Download a file",
  auth: "optional",
  binaryResult: true,
  params: MediaParams,
  query: z.object({
    download: z.literal("1").optional().describe("Always answer as an attachment to be saved"),
  }),
  result: z.unknown(),
  errors: ["not_found", "range", "unavailable"],
});

/** The smallest ready-made size that fills the box asked for; a still of what moves. */
export const downloadThumbnail = defineOperation({
  id: "downloadThumbnail",
  scope: "read",
  method: "GET",
  path: "/client/v1/media/:server/:media_id/thumbnail",
  tag: "media",
  summary: "Download a smaller picture",
  auth: "optional",
  binaryResult: true,
  params: MediaParams,
  query: z.object({
    width: z.coerce.number().int().min(1).max(4096),
    height: z.coerce.number().int().min(1).max(4096),
  }),
  result: z.unknown(),
  errors: ["not_found", "range", "unavailable"],
});

export const deleteMedia = defineOperation({
  id: "deleteMedia",
  scope: "write:messages",
  method: "DELETE",
  path: "/client/v1/media/:server/:media_id",
  tag: "media",
  summary: "Delete an own upload that nothing uses",
  auth: "user",
  params: MediaParams,
  result: z.object({}),
  errors: ["not_found", "conflict"],
});

export const getMediaUsage = defineOperation({
  id: "getMediaUsage",
  scope: "account:read",
  method: "GET",
  path: "/client/v1/media/usage",
  tag: "media",
  summary: "Own storage used and allowed",
  auth: "user",
  result: z.object({
    files: z.number().int(),
    bytes: z.number().int(),
    quota_bytes: z.number().int().nullable().describe("null: no limit"),
    max_upload_bytes: z.number().int(),
  }),
  errors: [],
});

/** Storage of the whole server, and of those who use most of it. */
export const MediaUsageReport = z.object({
  files: z.number().int(),
  bytes: z.number().int(),
  unused_files: z.number().int().describe("Uploads that nothing uses yet"),
  unused_bytes: z.number().int(),
  deletions_waiting: z.number().int().describe("Blobs whose deletion is not done yet"),
  users: z.array(z.object({
    user_id: z.string(),
    files: z.number().int(),
    bytes: z.number().int(),
  })).describe("Largest first"),
  guilds: z.array(z.object({
    guild_id: z.string(),
    name: z.string(),
    files: z.number().int(),
    bytes: z.number().int(),
  })).describe("Those whose messages and pictures show most; a file shown in two counts in both"),
  remote: z.object({
    files: z.number().int(),
    bytes: z.number().int(),
    quota_bytes: z.number().int(),
  }).describe("Copies of other servers' files; they are fetched again when they are asked for"),
  user_quota_bytes: z.number().int().nullable().describe("null: no limit"),
});
export type MediaUsageReport = z.infer<typeof MediaUsageReport>;

export const adminMediaUsage = defineOperation({
  id: "adminMediaUsage",
  scope: "admin",
  method: "GET",
  path: "/client/v1/admin/media/usage",
  tag: "admin",
  summary: "Storage used, by user",
  auth: "admin",
  query: z.object({ limit: z.coerce.number().int().min(1).max(500).default(50) }),
  result: MediaUsageReport,
  errors: [],
});

/** What to purge: one file, or what matches every filter given. At least one is needed. */
export const MediaPurgeFilter = z.object({
  uri: z.string().optional(),
  user_id: z.string().optional(),
  before_ts: z.number().int().optional().describe("Uploaded before (ms)"),
  unused: z.boolean().optional().describe("Only what nothing uses"),
  remote: z.boolean().optional().describe(
    "The copies of other servers' files, and with `before_ts` only those not asked for since",
  ),
  orphans: z.boolean().optional().describe("Also blobs in the store that no row names"),
  dry_run: z.boolean().default(false).describe("Count, delete nothing"),
}).refine(
  (filter) =>
    filter.uri !== undefined || filter.user_id !== undefined || filter.before_ts !== undefined ||
    filter.unused === true || filter.orphans === true || filter.remote === true,
  { message: "Name what to purge: uri, user_id, before_ts, unused, remote or orphans." },
);
export type MediaPurgeFilter = z.infer<typeof MediaPurgeFilter>;

export const MediaPurgeResult = z.object({
  files: z.number().int(),
  bytes: z.number().int(),
  orphans: z.number().int(),
  dry_run: z.boolean(),
});
export type MediaPurgeResult = z.infer<typeof MediaPurgeResult>;

export const adminPurgeMedia = defineOperation({
  id: "adminPurgeMedia",
  scope: null,
  method: "POST",
  path: "/client/v1/admin/media/purge",
  tag: "admin",
  summary: "Delete files for good",
  auth: "admin",
  confirm: true,
  body: MediaPurgeFilter,
  result: MediaPurgeResult,
  errors: ["invalid", "not_found"],
});
