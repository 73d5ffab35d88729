import { z } from "zod";
import { bytesOf } from "../bytes.ts";
import {
  GROUP_LIMITS,
  GROUP_REFUSALS,
  GroupCommit,
  Receipt,
  TakeOver,
  Wanted,
} from "../e2ee_groups.ts";
import { KEY_PACKAGE_LIMITS } from "../e2ee_keys.ts";
import { defineFederationOperation } from "./operation.ts";
import { RoomIdText, UserIdText } from "./shapes.ts";

const Bytes = bytesOf({ min: 1, max: GROUP_LIMITS.bundleBytes });
const DeviceText = z.string().max(64);
const Device = z.object({ user: UserIdText, device: DeviceText });
const WelcomeId = z.string().min(1).max(64);

/** Bytes of commits and Welcomes in one page, before base64. */
export const GROUP_PAGE_BYTES = 4 * 1024 * 1024;

/**
 * Why the sequencer does not take a change. A code and a reason of closed lists and no words:
 * texts of another server are shown to nobody.
 */
export const GroupRefusal = z.object({
  code: z.enum(GROUP_REFUSALS),
  reason: z.string().max(64).regex(/^[a-z_]+$/).nullable(),
});
export type GroupRefusal = z.infer<typeof GroupRefusal>;

const Outcome = z.object({ receipt: Receipt.nullable(), refusal: GroupRefusal.nullable() });

/** What a member server has not seen yet of a room's group. */
export const syncGroup = defineFederationOperation({
  id: "syncGroup",
  method: "POST",
  path: "/_federation/groups/:room_id/sync",
  summary:
    "Changes of a room's group after an epoch, and Welcomes for devices of the asker, for servers with a joined member of the room",
  request: z.object({
    room_id: RoomIdText,
    /** The epoch that the asker's copy is in; -1: it has none. */
    epoch: z.number().int().min(-1),
    /** Welcomes that the asker has stored: they need not be kept any longer. */
    stored: z.array(WelcomeId).max(GROUP_LIMITS.welcomesPage).default([]),
  }),
  answer: z.object({
    /** Null: there is none. On the last page alone with its group information. */
    group: z.object({
      group_id: z.string().max(128),
      term: z.number().int().min(0),
      epoch: z.number().int().min(0),
      group_info: Bytes.nullable(),
      receipt: Receipt,
    }).nullable(),
    /** How the order came from the server of who made the room to the one that has it. */
    takeovers: z.array(TakeOver).max(GROUP_LIMITS.takeovers),
    /** The receiver orders the group, or will with the next change that it is handed. */
    orders: z.boolean(),
    wanted: Wanted,
    commits: z.array(GroupCommit).max(GROUP_LIMITS.commitsPage),
    has_more: z.boolean(),
    /** Commits in between are not kept any more. */
    gone: z.boolean(),
    welcomes: z.array(
      Device.extend({
        id: WelcomeId,
        epoch: z.number().int().min(0),
        welcome: Bytes,
      }),
    ).max(GROUP_LIMITS.welcomesPage),
  }),
  maxAnswerBytes: 16 * 1024 * 1024,
  timeoutMs: 20_000,
});

/** What a member's server can say of the server that orders a group. */
export const askSequencer = defineFederationOperation({
  id: "askSequencer",
  method: "POST",
  path: "/_federation/groups/:room_id/sequencer",
  summary:
    "How far the receiver's copy of a room's group is, and whether it reaches the server that orders it now",
  request: z.object({
    room_id: RoomIdText,
    /** Try now to reach it. */
    look: z.boolean(),
  }),
  answer: z.object({
    /** Null: the receiver knows of no group. */
    held: z.object({
      sequencer: z.string().max(255),
      term: z.number().int().min(0),
      epoch: z.number().int().min(0),
    }).nullable(),
    /** Null: it was not tried. */
    reached: z.boolean().nullable(),
  }),
  maxAnswerBytes: 64 * 1024,
  timeoutMs: 25_000,
});

/** A device of the asker founds the group of a room that the receiver orders. */
export const foundGroup = defineFederationOperation({
  id: "foundGroup",
  method: "POST",
  path: "/_federation/groups/:room_id/found",
  summary: "Found the group of a room, for a device of one of the asker's users",
  request: Device.extend({
    room_id: RoomIdText,
    group_id: bytesOf({ min: 16, max: GROUP_LIMITS.groupIdBytes }),
    group_info: Bytes,
  }),
  answer: Outcome,
  maxAnswerBytes: 64 * 1024,
  timeoutMs: 20_000,
});

/** A bundle of a device of the asker; the same one again is answered with the same receipt. */
export const changeGroup = defineFederationOperation({
  id: "changeGroup",
  method: "POST",
  path: "/_federation/groups/:room_id/commits",
  summary:
    "Change a room's group, for a device of one of the asker's users; the first commit of an epoch counts",
  request: Device.extend({
    room_id: RoomIdText,
    base_epoch: z.number().int().min(0),
    external: z.boolean(),
    /** Of an external commit: the epoch whose commit the device could not follow. */
    unfollowed: z.number().int().min(0).nullable().default(null),
    commit: Bytes,
    group_info: Bytes,
    welcome: Bytes.nullable(),
  }),
  answer: Outcome,
  maxAnswerBytes: 64 * 1024,
  timeoutMs: 20_000,
});

const Packages = z.object({
  packages: z.array(
    Device.extend({
      key_package: bytesOf({ min: 1, max: KEY_PACKAGE_LIMITS.bytes }),
      last_resort: z.boolean(),
    }),
  ).max(GROUP_LIMITS.claimDevices),
});

/** Asked of the sequencer, which notes what was given out for the room. */
export const claimForGroup = defineFederationOperation({
  id: "claimForGroup",
  method: "POST",
  path: "/_federation/groups/:room_id/key-packages",
  summary: "Key packages of devices of a room's members, for a user of the asker who adds them",
  request: z.object({
    room_id: RoomIdText,
    user: UserIdText,
    devices: z.array(Device).min(1).max(GROUP_LIMITS.claimDevices),
  }),
  answer: Packages,
  maxAnswerBytes: 8 * 1024 * 1024,
  timeoutMs: 30_000,
});

/** Asked of the devices' own server. */
export const claimKeyPackages = defineFederationOperation({
  id: "claimKeyPackages",
  method: "POST",
  path: "/_federation/key-packages",
  summary: "Key packages of devices of the receiver's users who are in a room with the asker's",
  request: z.object({
    room_id: RoomIdText,
    devices: z.array(Device).min(1).max(GROUP_LIMITS.claimDevices),
  }),
  answer: Packages,
  maxAnswerBytes: 8 * 1024 * 1024,
  timeoutMs: 15_000,
});

/** Content of `m.group`: the group of a room has a newer epoch, or Welcomes wait. */
export const GroupEdu = z.object({
  room_id: RoomIdText,
  term: z.number().int().min(0),
  epoch: z.number().int().min(0),
});
