import type { Bus } from "../../core/ports/bus.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { Config } from "../config/config.ts";
import type { Signer } from "../keys/signer.ts";
import type { SessionCache } from "../services/accounts/session_cache.ts";
import type { ChatDeps } from "../services/chat/chat_deps.ts";
import type { RemoteRooms } from "../services/chat/remote_rooms.ts";
import { composeDevices, type DeviceParts } from "./devices.ts";
import type { FederationParts } from "./federation.ts";
import { composeGroups, type GroupParts } from "./groups.ts";
import type { Heard } from "./heard.ts";
import type { StoreParts, SystemParts } from "./store.ts";

/** The server's half of end-to-end encryption: whose devices there are, and what they share. */
export interface EncryptionParts {
  readonly devices: DeviceParts;
  readonly groups: GroupParts;
  readonly hear: Omit<Heard, "relationship" | "profile">;
  /** Takes away what has ended; hourly. */
  sweep(): Promise<void>;
}

export function composeEncryption(
  config: Config,
  system: SystemParts,
  input: {
    readonly bus: Bus;
    readonly chat: ChatDeps;
    readonly sessions: SessionCache;
    readonly serverName: ServerName;
    readonly signer: Signer;
    readonly remote: RemoteRooms;
    readonly federation: FederationParts;
    readonly store: StoreParts;
    readonly stack: AsyncDisposableStack;
  },
): EncryptionParts {
  const devices = composeDevices(config, system, input);
  const groups = composeGroups(system, { ...input, elsewhere: devices.elsewhere });
  return {
    devices,
    groups,
    hear: { ...devices.hear, ...groups.hear },
    async sweep() {
      await devices.sweep();
      await groups.sweep();
    },
  };
}
