/**
 * First halves of our advisory locks (`pg_advisory_lock(class, id)`), kept in one place so that
 * no two uses share one. The same numbers stand in `migrations/0001_append_log.sql`.
 */
export const LOCK_CLASS = {
  /** One process migrates at a time; id 0. */
  migrate: 76_001,
  /** Writers are numbered in the order they commit; id 0. */
  writerRegistry: 76_002,
  /** Shared by every batch of a writer, exclusive for the one who closes it; id = writer. */
  writerBatches: 76_003,
  /** Held by a session as long as the writer's process lives; id = writer. */
  writerAlive: 76_004,
  /** Held while a request of friends is counted and kept; id = hash of who is asked. */
  requestsOf: 76_005,
  /** Held while an encrypted group is made or changed, or packages for it are claimed; id = hash of its room. */
  groupOf: 76_006,
  /** Held by the process that holds the server's calls, as long as it lives; id 0. */
  voiceCalls: 76_007,
  /** Held while a moderator decides about somebody's voice; id = hash of who it is. */
  voiceMarksOf: 76_008,
  /** Held while what somebody wants to be told of is counted and changed; id = hash of who. */
  notifyOf: 76_012,
  /** Held while the registrations by an invite link are counted; id = hash of the link. */
  inviteUses: 76_020,
  /** Held while an administrator is taken away, so that the last one stays; id 0. */
  administrators: 76_021,
  /** Held while the accounts of a mail address are counted; id = hash of the address. */
  emailOf: 76_022,
  /** Held while devices of somebody that are told are counted and kept; id = hash of who. */
  pushOf: 76_024,
  /** Held while the index of the search is carried on; id 0. */
  searchIndex: 76_025,
} as const;
