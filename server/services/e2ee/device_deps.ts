import type { SignatureVerifier } from "../../../core/event/verify.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Bus } from "../../../core/ports/bus.ts";
import type { Tx } from "../../postgres/sql.ts";
import type { SessionCache } from "../accounts/session_cache.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";

/** What the services of identities, devices, inboxes and backups need; each takes a `Pick`. */
export interface DeviceDeps
  extends Pick<ChatDeps, "sql" | "clock" | "rng" | "log" | "throttle" | "serverName"> {
  readonly bus: Bus;
  readonly sessions: SessionCache;
  readonly verifier: SignatureVerifier;
  readonly followers: DeviceFollowers;
}

/** Who has to know when an account's identity or devices change. */
export interface DeviceFollowers {
  /** Within the transaction of the change: what must not be lost. */
  within(tx: Tx, userId: UserId): Promise<void>;
  /** After it. */
  after(userIds: readonly UserId[]): void;
}
