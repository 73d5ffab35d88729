import type { ServerName } from "../../../core/ids/server_name.ts";
import type { Bus } from "../../../core/ports/bus.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import type { Log } from "../../../core/ports/log.ts";
import type { Rng } from "../../../core/ports/rng.ts";
import type { OidcClient } from "../../oidc/oidc_client.ts";
import type { Sql } from "../../postgres/sql.ts";
import type { AvatarGate, DepartureGate, InviteGate, MailGate } from "./gates.ts";
import type { Passwords } from "./password_pool.ts";
import type { SessionCache } from "./session_cache.ts";
import type { PinnedSettings } from "./pinned_settings.ts";
import type { Lifetimes } from "./start_session.ts";
import type { Throttle } from "./throttle.ts";

/** All that the account services need between them; each takes a `Pick` of it. */
export interface AccountDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log: Log;
  readonly bus: Bus;
  readonly passwords: Passwords;
  readonly throttle: Throttle;
  readonly sessions: SessionCache;
  readonly lifetimes: Lifetimes;
  /** This server's name. */
  readonly serverName: ServerName;
  /** Where links to this server begin, without a slash at the end. */
  readonly publicUrl: string;
  /** Settings fixed by file, environment or flag. */
  readonly pinned: PinnedSettings;
  readonly invites: InviteGate;
  readonly departures: DepartureGate;
  readonly avatars: AvatarGate;
  /** The outside providers that people may sign in through. */
  readonly oidc: OidcClient;
  /** Absent where no mail server is configured. */
  readonly mail: MailGate | undefined;
}
