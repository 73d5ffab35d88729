import {
  deleteBackup as deleteBackupOperation,
  E2EE_BACKUP,
  getBackup as getBackupOperation,
  listBackupChunks,
  putBackup as putBackupOperation,
  putBackupChunk,
} from "../../../../core/api/e2ee_backup.ts";
import {
  deleteToDevice as deleteToDeviceOperation,
  listDevices as listOperation,
  listToDevice as listToDeviceOperation,
  publishIdentity as publishOperation,
  queryIdentities as queryOperation,
  registerDevice as registerOperation,
  removeDevice as removeOperation,
  renameDevice as renameOperation,
  sendToDevice as sendToDeviceOperation,
} from "../../../../core/api/e2ee_devices.ts";
import {
  type BackupDeps,
  deleteBackup,
  getBackup,
  listChunks,
  putBackup,
  putChunk,
} from "../../../services/e2ee/backup.ts";
import type { DeviceDeps } from "../../../services/e2ee/device_deps.ts";
import {
  listDevices,
  registerDevice,
  removeDevice,
  renameDevice,
} from "../../../services/e2ee/devices.ts";
import { publishIdentity } from "../../../services/e2ee/identities.ts";
import { queryIdentities } from "../../../services/e2ee/query_identities.ts";
import { deleteToDevice, listToDevice, sendToDevice } from "../../../services/e2ee/to_device.ts";
import { type Route, route } from "../../route.ts";

export type DeviceRouteDeps = DeviceDeps & BackupDeps;

/** A chunk in base64 and what is around it. */
const CHUNK_BODY_BYTES = Math.ceil(E2EE_BACKUP.chunkBytes * 4 / 3) + 1024;

/** Identities, devices, what they say to each other, and encrypted backups. */
export function deviceRoutes(deps: DeviceRouteDeps): Route[] {
  return [
    route(publishOperation, ({ caller, body }) => publishIdentity(deps, caller, body)),
    route(queryOperation, async ({ caller, body }) => ({
      users: await queryIdentities(deps, caller.userId, body.users),
    })),
    route(
      registerOperation,
      ({ caller, params, body }) =>
        registerDevice(deps, caller, { rawId: params.device_id, ...body }),
    ),
    route(listOperation, async ({ caller }) => ({ devices: await listDevices(deps, caller) })),
    route(
      renameOperation,
      ({ caller, params, body }) =>
        renameDevice(deps, caller, { rawId: params.device_id, name: body.name }),
    ),
    route(removeOperation, async ({ caller, params }) => {
      await removeDevice(deps, caller, params.device_id);
      return {};
    }),
    route(sendToDeviceOperation, ({ caller, body }) => sendToDevice(deps, caller, body)),
    route(listToDeviceOperation, ({ caller }) => listToDevice(deps, caller)),
    route(deleteToDeviceOperation, async ({ caller, params }) => {
      await deleteToDevice(deps, caller, params.id);
      return {};
    }),
    ...backupRoutes(deps),
  ];
}

function backupRoutes(deps: DeviceRouteDeps): Route[] {
  return [
    route(getBackupOperation, ({ caller }) => getBackup(deps, caller.userId)),
    route(putBackupOperation, ({ caller, body }) => putBackup(deps, caller.userId, body)),
    route(
      putBackupChunk,
      ({ caller, params, body }) => putChunk(deps, caller.userId, { seq: params.seq, ...body }),
      { bodyBytes: CHUNK_BODY_BYTES },
    ),
    route(listBackupChunks, ({ caller, query }) => listChunks(deps, caller.userId, query.after)),
    route(deleteBackupOperation, async ({ caller }) => {
      await deleteBackup(deps, caller.userId);
      return {};
    }),
  ];
}
