import type { PublishedIdentity } from "../../../core/api/e2ee_devices.ts";
import type { SignatureVerifier } from "../../../core/event/verify.ts";
import type { DeviceId } from "../../../core/ids/device_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Bus } from "../../../core/ports/bus.ts";
import type { Tx } from "../../postgres/sql.ts";
import type { SessionCache } from "../accounts/session_cache.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import type { RemoteRooms } from "../chat/remote_rooms.ts";

/** What the services of identities, devices, inboxes and backups need; each takes a `Pick`. */
export interface DeviceDeps
  extends Pick<ChatDeps, "sql" | "clock" | "rng" | "log" | "throttle" | "serverName"> {
  readonly bus: Bus;
  readonly sessions: SessionCache;
  readonly verifier: SignatureVerifier;
  readonly followers: DeviceFollowers;
  /** What people of other servers have published. */
  readonly elsewhere: DevicesElsewhere;
  readonly remote: Pick<RemoteRooms, "tellNow">;
}

/** Identities and devices of people of other servers. */
export interface DevicesElsewhere {
  find(users: readonly UserId[]): Promise<ReadonlyMap<UserId, PublishedIdentity>>;
  /** A device of somebody elsewhere has spoken; null: their server does not say which. */
  meet(user: UserId, device: DeviceId | null): Promise<void>;
}

/** Who has to know when an account's identity or devices change. */
export interface DeviceFollowers {
  /** Within the transaction of the change: what must not be lost. */
  within(tx: Tx, userId: UserId): Promise<void>;
  /** After it. */
  after(userIds: readonly UserId[]): void;
}
