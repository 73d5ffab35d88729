import type { ConfigValues } from "../../config/sections.ts";

/** What the owner of the server decides about uploads: the `media` section. */
export type MediaSettings = ConfigValues["media"];

/** Bounds of this part that nobody needs to change. */
export const MEDIA_LIMITS = {
  /** Ready-made sizes of a picture, by name; stored beside it. */
  thumbnails: [
    { name: "small", width: 96, height: 96 },
    { name: "medium", width: 400, height: 400 },
    { name: "large", width: 1024, height: 1024 },
  ],
  /** What pictures with a purpose are made to fit into. */
  fit: {
    avatar: { width: 512, height: 512 },
    icon: { width: 512, height: 512 },
    emoji: { width: 128, height: 128 },
  },
  /** Pictures are read whole by the picture worker. */
  maxPictureBytes: 100 * 1024 * 1024,
  /** All frames together; a phone's largest photograph has 50 million. */
  maxPicturePixels: 64 * 1024 * 1024,
  pictureTimeoutMs: 20_000,
  pictureIdleMs: 30_000,
  maxPictureMemoryBytes: 1024 * 1024 * 1024,
  /** The beginning of a file from which its type is told. */
  sniffBytes: 64 * 1024,
  maxNameLength: 200,
  /** Uploads one user may have under way at once. */
  maxConcurrentPerUser: 6,
  /** Uploads this process takes at once: with `max_upload` the bound of the spool's size. */
  maxConcurrent: 64,
  /** Uploads without a use that one user may have lying about. */
  maxUnusedPerUser: 200,
  /** An upload must be over by then; what is left of one that is not is removed. */
  uploadTimeoutMs: 60 * 60_000,
  /** Uses looked at before a file is called invisible. */
  maxUsesChecked: 100,
  deletionsPerRound: 50,
  deletionRetryMs: 60_000,
  maxDeletionRetryMs: 24 * 3_600_000,
  jobIntervalMs: 10_000,
  orphanSweepIntervalMs: 24 * 3_600_000,
  /** Above this share of blobs without a row the database is taken for the wrong one. */
  maxOrphanShare: 0.5,
  /** Below this many orphans the share says nothing. */
  fewOrphans: 20,
  /** Files of other servers that are fetched at once, in all and from one server. */
  remoteAtOnce: 8,
  remoteAtOncePerServer: 3,
  /** Requests for such files that wait for their turn. */
  remoteWaiting: 64,
  /** A file comes within this and the time its bytes need at the slowest speed: 64 KiB a second. */
  remoteBaseMs: 20_000,
  remoteBytesPerMs: 64,
  /** Without a byte for so long, a stream has ended. */
  remoteStallMs: 10_000,
  /** After it could not be had, a file is not asked for again for so long. */
  remoteQuietMs: 30_000,
  remoteQuietFiles: 10_000,
  /** The time of a use is written down at most so often. */
  remoteTouchMs: 3_600_000,
  /** Copies looked at when room must be made. */
  remoteEvictedPerRound: 500,
} as const;
