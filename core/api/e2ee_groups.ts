import { z } from "zod";
import { bytesOf } from "./bytes.ts";
import { defineOperation } from "./operation.ts";
import { DeviceRef, Sealed } from "./sealed.ts";

/** Bounds of the delivery of encrypted groups. docs/PROTOCOL.md, "Encryption: delivery". */
export const GROUP_LIMITS = {
  /** Devices of one group. */
  devices: 500,
  /** Of a whole bundle: commit, Welcomes and group information, before base64. */
  bundleBytes: 1024 * 1024,
  groupIdBytes: 64,
  /** Commits of one answer. */
  commitsPage: 100,
  sealedPage: 500,
  welcomesPage: 100,
  claimDevices: 500,
  /** Keys of sequencers that are asked for at once. */
  sequencerKeys: 20,
  /** Servers that a receipt names to take over, in order. */
  successors: 8,
  /** Take-overs of one group; after so many nobody takes over any more. */
  takeovers: 32,
} as const;

const Room = z.object({ room_id: z.string() });
const GroupId = bytesOf({ min: 16, max: GROUP_LIMITS.groupIdBytes });
const Bytes = bytesOf({ min: 1, max: GROUP_LIMITS.bundleBytes });
const Hash = z.string().describe("SHA-256, unpadded base64");

/**
 * The sequencer's word that a change came first; `sig` covers the canonical JSON of the rest under
 * the tag `mls-receipt`. PROTOCOL.md, "Encryption: delivery".
 */
export const Receipt = z.object({
  group: z.string(),
  room: z.string(),
  term: z.number().int(),
  base_epoch: z.number().int().describe("Epoch that the commit changed; -1: the group was made"),
  commit_hash: Hash.describe("Of the commit; of the group information where the group was made"),
  auth_hash: Hash.describe("What names the secrets of the new epoch, as core/mls gives it"),
  prev_receipt: Hash.nullable().describe("Of the receipt before, signature included"),
  ts: z.number().int(),
  by: z.string().max(255).optional().describe(
    "Server that orders the group and signs; absent in older ones: that of who made the room",
  ),
  successors: z.array(z.string().max(255)).max(GROUP_LIMITS.successors).optional().describe(
    "Servers that take over from it in this order when it is gone",
  ),
  key: z.string().describe("Id of the sequencer's key"),
  sig: z.string(),
});
export type Receipt = z.infer<typeof Receipt>;

/**
 * A server took over: `first` is its first receipt, of the next term, and names `former`, which
 * names it among the successors.
 */
export const TakeOver = z.object({ former: Receipt, first: Receipt });
export type TakeOver = z.infer<typeof TakeOver>;

export const GroupLeaf = DeviceRef.extend({ leaf: z.number().int() });
export type GroupLeaf = z.infer<typeof GroupLeaf>;

/** What the members' registered devices ask of the group. */
export const Wanted = z.object({
  add: z.array(DeviceRef).describe("Devices of joined members that are not in the group"),
  remove: z.array(GroupLeaf).describe("Leaves of nobody who is joined, or of devices that ended"),
});
export type Wanted = z.infer<typeof Wanted>;

export const Group = z.object({
  state: z.enum(["none", "active", "paused"]).describe(
    "paused: the server that orders its changes cannot be asked now; messages go on",
  ),
  group_id: z.string().nullable(),
  term: z.number().int(),
  epoch: z.number().int().nullable(),
  group_info: z.string().nullable().describe("Of this epoch, with the tree; unpadded base64"),
  leaves: z.array(GroupLeaf),
  wanted: Wanted,
  awaited: z.array(z.string()).max(GROUP_LIMITS.devices).describe(
    "Joined members none of whose devices is in the group: what is said from now on is for them too",
  ),
  since_ts: z.number().int().describe("When the asking member came into the room"),
  receipt: Receipt.nullable().describe("The last one"),
  sequencer: z.string().describe("Server that orders the group's changes"),
  successors: z.array(z.string()).describe("Servers that take over from it, in this order"),
  takeovers: z.array(TakeOver).max(GROUP_LIMITS.takeovers).describe(
    "How the order of changes came from the server of who made the room to the sequencer",
  ),
  contradictions: z.array(z.object({
    epoch: z.number().int(),
    receipts: z.tuple([Receipt, Receipt]),
  })).describe(
    "Two receipts for one epoch. Of one term: a sequencer told two stories; of two: changes of the former one are void",
  ),
});
export type Group = z.infer<typeof Group>;

export const enableEncryption = defineOperation({
  id: "enableEncryption",
  scope: null,
  method: "POST",
  path: "/client/v1/rooms/:room_id/encryption",
  tag: "encryption",
  summary:
    "Encrypt a conversation from now on, for good (a DM's creator, the owner of a private channel)",
  auth: "user",
  params: Room,
  result: z.object({ encrypted: z.literal(true) }),
  errors: ["not_found", "forbidden", "invalid", "unavailable"],
});

export const getGroup = defineOperation({
  id: "getGroup",
  scope: null,
  method: "GET",
  path: "/client/v1/rooms/:room_id/group",
  tag: "encryption",
  summary: "The MLS group of a room: its epoch, group information and devices, and what is wanted",
  auth: "user",
  params: Room,
  result: Group,
  errors: ["not_found", "encrypted_room", "unavailable"],
});

/** Why the server that orders a group does not take a change of it. */
export const GROUP_REFUSALS = [
  "invalid",
  "not_found",
  "forbidden",
  "encrypted_room",
  "stale_epoch",
  "roster_mismatch",
  "policy",
  "too_large",
  "rate_limited",
] as const;

export const createGroup = defineOperation({
  id: "createGroup",
  scope: null,
  method: "POST",
  path: "/client/v1/rooms/:room_id/group",
  tag: "encryption",
  summary: "Found the group of an encrypted room, with this device alone in it",
  auth: "user",
  params: Room,
  body: z.object({
    group_id: GroupId,
    group_info: Bytes.describe("Of epoch 0, with the tree"),
  }),
  result: z.object({ receipt: Receipt }),
  errors: [...GROUP_REFUSALS, "unavailable"],
});

export const sendCommit = defineOperation({
  id: "sendCommit",
  scope: null,
  method: "POST",
  path: "/client/v1/rooms/:room_id/group/commits",
  tag: "encryption",
  summary: "Change the group: the first commit of an epoch counts, the same one again is answered",
  auth: "user",
  params: Room,
  body: z.object({
    base_epoch: z.number().int().min(0),
    commit: Bytes,
    welcome: Bytes.optional().describe("For all devices that the commit adds"),
    welcomes: z.array(DeviceRef.extend({ welcome: Bytes })).max(GROUP_LIMITS.devices).default([])
      .describe("The same Welcome by device, where there is no `welcome`"),
    group_info: Bytes.describe("Of the new epoch, with the tree"),
    external: z.boolean().optional().describe("The device joins by itself (external commit)"),
    unfollowed: z.number().int().min(0).optional().describe(
      "Of an external commit: the epoch whose commit the device could not follow",
    ),
  }),
  result: z.object({ receipt: Receipt }),
  errors: [...GROUP_REFUSALS, "unavailable"],
});

/** A change of the group as the sequencer took it. */
export const GroupCommit = z.object({
  epoch: z.number().int().describe("The epoch it changed"),
  commit: z.string(),
  receipt: Receipt,
  sender: DeviceRef,
  external: z.boolean(),
});
export type GroupCommit = z.infer<typeof GroupCommit>;

export const listCommits = defineOperation({
  id: "listCommits",
  scope: null,
  method: "GET",
  path: "/client/v1/rooms/:room_id/group/commits",
  tag: "encryption",
  summary: "Changes of the group from an epoch on, in order; older ones are kept for 30 days",
  auth: "user",
  params: Room,
  query: z.object({
    after_epoch: z.coerce.number().int().min(-1).default(-1)
      .describe("The epoch of the device minus one: its commit is not wanted"),
    limit: z.coerce.number().int().min(1).max(GROUP_LIMITS.commitsPage)
      .default(GROUP_LIMITS.commitsPage),
  }),
  result: z.object({
    commits: z.array(GroupCommit),
    has_more: z.boolean(),
    gone: z.boolean().describe("Commits in between are not kept any more: join externally"),
  }),
  errors: ["not_found", "encrypted_room", "unavailable"],
});

/** An entry of a key document: its id is its hash, so that neither key nor window can change. */
const KeyEntry = z.object({
  server: z.string(),
  key: z.string().describe("Ed25519, unpadded base64"),
  valid_from: z.number().int(),
  valid_until: z.number().int(),
});

export const listSequencerKeys = defineOperation({
  id: "listSequencerKeys",
  scope: null,
  method: "GET",
  path: "/client/v1/rooms/:room_id/group/keys",
  tag: "encryption",
  summary: "Keys of the servers that order or ordered the group, as receipts name them",
  auth: "user",
  params: Room,
  query: z.object({
    keys: z.string().max(1000).describe("Ids, comma-separated; at most 20"),
  }),
  result: z.object({ keys: z.array(KeyEntry) }),
  errors: ["not_found", "encrypted_room", "invalid", "unavailable"],
});

export const listWelcomes = defineOperation({
  id: "listWelcomes",
  scope: null,
  method: "GET",
  path: "/client/v1/welcomes",
  tag: "encryption",
  summary: "Welcomes that wait for this device, the oldest first",
  auth: "user",
  result: z.object({
    welcomes: z.array(z.object({
      id: z.string(),
      room_id: z.string(),
      epoch: z.number().int().describe("The epoch it lets the device into"),
      welcome: z.string(),
    })),
    has_more: z.boolean(),
  }),
  errors: ["forbidden"],
});

export const ackWelcome = defineOperation({
  id: "ackWelcome",
  scope: null,
  method: "DELETE",
  path: "/client/v1/welcomes/:welcome_id",
  tag: "encryption",
  summary: "This device has joined with the Welcome, or cannot: it is not kept any longer",
  auth: "user",
  params: z.object({ welcome_id: z.string().max(64) }),
  result: z.object({}),
  errors: ["forbidden"],
});

export const listSealed = defineOperation({
  id: "listSealed",
  scope: null,
  method: "GET",
  path: "/client/v1/rooms/:room_id/sealed",
  tag: "encryption",
  summary:
    "Sealed messages, edits and reactions in the order in which this server stored them, oldest first",
  auth: "user",
  params: Room,
  query: z.object({
    after: z.coerce.number().int().min(0).default(0)
      .describe("`next` of the page before, or a `position`"),
    limit: z.coerce.number().int().min(1).max(GROUP_LIMITS.sealedPage)
      .default(GROUP_LIMITS.sealedPage),
  }),
  result: z.object({
    items: z.array(z.object({
      event_id: z.string(),
      sender: z.string(),
      origin_ts: z.number().int(),
      channel_id: z.string(),
      sealed: Sealed,
      position: z.number().int(),
    })).describe("Without those that were deleted"),
    next: z.number().int().nullable().describe(
      "Where to go on; null: nothing was stored after `after`",
    ),
    has_more: z.boolean(),
  }),
  errors: ["not_found", "invalid"],
});

/** Why a device could not read or change what it should have: counted, never with content. */
export const EncryptionFailure = z.enum([
  "future_epoch",
  "past_epoch",
  "generation_gone",
  "not_genuine",
  "welcome_unusable",
  "commit_failed",
  "group_differs",
  "state_lost",
  "no_group_info",
  "identity_changed",
  "backup_unusable",
  "other",
]);

export const reportEncryptionFailures = defineOperation({
  id: "reportEncryptionFailures",
  scope: null,
  method: "POST",
  path: "/client/v1/encryption/failures",
  tag: "encryption",
  summary: "Count what went wrong with encryption on a device, by reason and without content",
  auth: "user",
  body: z.object({
    failures: z.array(z.object({
      reason: EncryptionFailure,
      count: z.number().int().min(1).max(1000),
    })).max(EncryptionFailure.options.length),
  }),
  result: z.object({}),
  errors: ["rate_limited"],
});
