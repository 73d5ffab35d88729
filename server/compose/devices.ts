import type { Bus } from "../../core/ports/bus.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import type { EduShow } from "../../federation/edus/ports.ts";
import type { Config } from "../config/config.ts";
import { encryptionWatch } from "../federation/encryption_watch.ts";
import { RemoteDevices } from "../federation/remote_devices.ts";
import type { DeviceRouteDeps } from "../http/client/e2ee/device_routes.ts";
import { subscribeAccountEvents } from "../services/accounts/account_event.ts";
import type { SessionCache } from "../services/accounts/session_cache.ts";
import type { ChatDeps } from "../services/chat/chat_deps.ts";
import type { RemoteRooms } from "../services/chat/remote_rooms.ts";
import { takeAwayEnded } from "../services/e2ee/change_devices.ts";
import type { DeviceDeps } from "../services/e2ee/device_deps.ts";
import { publishDeviceNotice } from "../services/e2ee/device_notice.ts";
import { hearToDevice, sweepToDevice } from "../services/e2ee/to_device.ts";
import { tellDeviceServers } from "../services/e2ee/tell_servers.ts";
import type { FederationParts } from "./federation.ts";
import type { StoreParts, SystemParts } from "./store.ts";

/** Identities, devices, their inboxes and backups, of this server and of others. */
export interface DeviceParts {
  readonly routes: DeviceRouteDeps;
  readonly elsewhere: RemoteDevices;
  /** What people of other servers say of and to devices. */
  readonly hear: Pick<EduShow, "devices" | "toDevice">;
  /** Takes away what has ended; hourly. */
  sweep(): Promise<void>;
}

export interface DeviceInput {
  readonly bus: Bus;
  readonly chat: ChatDeps;
  readonly sessions: SessionCache;
  readonly serverName: ServerName;
  readonly remote: RemoteRooms;
  readonly federation: FederationParts;
  readonly store: StoreParts;
  readonly stack: AsyncDisposableStack;
}

export function composeDevices(
  config: Config,
  system: SystemParts,
  input: DeviceInput,
): DeviceParts {
  const { bus, chat, sessions, federation, remote, stack } = input;
  const log = system.log.child({ part: "devices" });
  const after = (userIds: readonly UserId[]) => {
    for (const userId of userIds) publishDeviceNotice(bus, { kind: "devices", userId });
  };
  const elsewhere = new RemoteDevices({
    ...federation,
    sql: chat.sql,
    clock: system.clock,
    log,
    changed: after,
  });
  stack.defer(() => elsewhere.stop());
  const ending = new AbortController();
  stack.defer(() => ending.abort());
  const freshen = (userIds: readonly UserId[]) => elsewhere.freshen(userIds);
  const watch = encryptionWatch({ ...chat, log, freshen, signal: ending.signal });
  stack.defer(input.store.feed.subscribe(watch));
  const deps: DeviceDeps = {
    ...chat,
    log,
    bus,
    sessions,
    remote,
    elsewhere,
    verifier: federation.verifier,
    followers: {
      within: (tx, userId) => tellDeviceServers(tx, { ...chat, remote }, userId),
      after: (userIds) => {
        remote.wake();
        after(userIds);
      },
    },
  };
  stack.defer(subscribeAccountEvents({ bus, log }, (event) => {
    if (event.kind !== "sessions_revoked") return;
    void takeAwayEnded(deps, event.user_id as UserId).catch((error) =>
      log.log("warn", "Devices of ended sessions could not be taken away yet.", { error })
    );
  }));
  return {
    routes: { ...deps, backupBytes: config.encryption.backupSize },
    elsewhere,
    hear: {
      devices: (user, version) => elsewhere.hear(user, version),
      toDevice: (message) => hearToDevice(deps, message),
    },
    async sweep() {
      while (await takeAwayEnded(deps) > 0);
      await sweepToDevice(deps);
    },
  };
}
