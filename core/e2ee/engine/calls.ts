import type { OperationInput, OperationResult } from "../../api/call_types.ts";
import type * as backup from "../../api/e2ee_backup.ts";
import type * as devices from "../../api/e2ee_devices.ts";
import type * as groups from "../../api/e2ee_groups.ts";
import type * as packages from "../../api/e2ee_keys.ts";
import type * as messages from "../../api/messages.ts";
import type { Sealed } from "../../api/sealed.ts";

/** The operations of the client API that a device uses, by their ids. */
export interface DeviceOperations {
  enableEncryption: typeof groups.enableEncryption;
  getGroup: typeof groups.getGroup;
  createGroup: typeof groups.createGroup;
  sendCommit: typeof groups.sendCommit;
  listCommits: typeof groups.listCommits;
  listSequencerKeys: typeof groups.listSequencerKeys;
  listWelcomes: typeof groups.listWelcomes;
  ackWelcome: typeof groups.ackWelcome;
  listSealed: typeof groups.listSealed;
  reportEncryptionFailures: typeof groups.reportEncryptionFailures;
  uploadKeyPackages: typeof packages.uploadKeyPackages;
  countKeyPackages: typeof packages.countKeyPackages;
  claimKeyPackages: typeof packages.claimKeyPackages;
  publishIdentity: typeof devices.publishIdentity;
  queryIdentities: typeof devices.queryIdentities;
  registerDevice: typeof devices.registerDevice;
  sendMessage: typeof messages.sendMessage;
  editMessage: typeof messages.editMessage;
  sendToDevice: typeof devices.sendToDevice;
  listToDevice: typeof devices.listToDevice;
  deleteToDevice: typeof devices.deleteToDevice;
  getBackup: typeof backup.getBackup;
  putBackup: typeof backup.putBackup;
  putBackupChunk: typeof backup.putBackupChunk;
  listBackupChunks: typeof backup.listBackupChunks;
}
export type DeviceCallName = keyof DeviceOperations;

/** What a call is given: path parameters, query and body where it has them. */
export type DeviceCallInput<Name extends DeviceCallName> = OperationInput<DeviceOperations[Name]>;

/** What it is answered with. */
export type DeviceCallResult<Name extends DeviceCallName> = OperationResult<DeviceOperations[Name]>;

/** A sealed message as servers hold it (`content.sealed`). */
export type SealedObject = Sealed;
export type GroupView = DeviceCallResult<"getGroup">;
export type FeedPage = DeviceCallResult<"listSealed">;
export type FeedItem = FeedPage["items"][number];
export type LoggedCommit = DeviceCallResult<"listCommits">["commits"][number];
export type Receipt = DeviceCallResult<"sendCommit">["receipt"];
export type ToDeviceItem = DeviceCallResult<"listToDevice">["items"][number];
/** A device by its owner and name. */
export type DeviceRef = GroupView["wanted"]["add"][number];
