import type { ServerName } from "../../../core/ids/server_name.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import type { Log } from "../../../core/ports/log.ts";
import type { Rng } from "../../../core/ports/rng.ts";
import type { Sql } from "../../postgres/sql.ts";
import type { Rooms } from "../../rooms/rooms.ts";
import type { AwayServers } from "../federation/away_servers.ts";
import type { NonceBook } from "../messages/nonce_book.ts";
import type { SlowMode } from "../messages/slow_mode.ts";
import type { PinnedSettings } from "../accounts/pinned_settings.ts";
import type { Throttle } from "../accounts/throttle.ts";
import type { RemoteHistoryDesk } from "../messages/remote_history.ts";
import type { PreferenceBook } from "../users/preference_book.ts";
import type { UserDirectory } from "../users/user_directory.ts";

/** Presence as others see it. */
export type PresenceOf = (userId: UserId) => "online" | "idle" | "dnd" | "offline";

/** What the services of guilds, channels and messages need between them; each takes a `Pick`. */
export interface ChatDeps {
  readonly sql: Sql;
  readonly rooms: Rooms;
  readonly users: UserDirectory;
  /** What accounts of this server decided about privacy. */
  readonly preferences: PreferenceBook;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log: Log;
  readonly throttle: Throttle;
  /** Settings that the configuration fixes. */
  readonly pinned: PinnedSettings;
  readonly nonces: NonceBook;
  readonly slowMode: SlowMode;
  readonly presenceOf: PresenceOf;
  /** Servers that cannot be reached. */
  readonly away: AwayServers;
  readonly serverName: ServerName;
  /** Where links to this server begin, without a slash at the end. */
  readonly publicUrl: string;
  /** What other servers hold of the past of channels; absent where there are none to ask. */
  readonly history?: RemoteHistoryDesk;
}
