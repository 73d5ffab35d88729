import type { Bus } from "../../core/ports/bus.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import type { Config } from "../config/config.ts";
import type { DeviceRouteDeps } from "../http/client/e2ee/device_routes.ts";
import { subscribeAccountEvents } from "../services/accounts/account_event.ts";
import type { SessionCache } from "../services/accounts/session_cache.ts";
import type { ChatDeps } from "../services/chat/chat_deps.ts";
import { takeAwayEnded } from "../services/e2ee/change_devices.ts";
import type { DeviceDeps } from "../services/e2ee/device_deps.ts";
import { publishDeviceNotice } from "../services/e2ee/device_notice.ts";
import { sweepToDevice } from "../services/e2ee/to_device.ts";
import type { FederationParts } from "./federation.ts";
import type { SystemParts } from "./store.ts";

/** Identities, devices, their inboxes and backups. */
export interface DeviceParts {
  readonly routes: DeviceRouteDeps;
  /** Takes away what has ended; hourly. */
  sweep(): Promise<void>;
}

export function composeDevices(
  config: Config,
  system: SystemParts,
  input: {
    readonly bus: Bus;
    readonly chat: ChatDeps;
    readonly sessions: SessionCache;
    readonly federation: Pick<FederationParts, "verifier">;
    readonly stack: AsyncDisposableStack;
  },
): DeviceParts {
  const { bus, chat, sessions, federation, stack } = input;
  const log = system.log.child({ part: "devices" });
  const deps: DeviceDeps = {
    ...chat,
    log,
    bus,
    sessions,
    verifier: federation.verifier,
    followers: {
      within: () => Promise.resolve(),
      after: (userIds) => {
        for (const userId of userIds) publishDeviceNotice(bus, { kind: "devices", userId });
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
    async sweep() {
      while (await takeAwayEnded(deps) > 0);
      await sweepToDevice(deps);
    },
  };
}
