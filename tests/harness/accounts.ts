import type { ServerName } from "../../core/ids/server_name.ts";
import {
  Throttle,
  type ThrottlePolicies,
  throttlePolicies,
} from "../../server/services/accounts/throttle.ts";
import type { OidcProvider } from "../../server/config/oidc_providers.ts";
import { HttpClient } from "../../server/federation/http_client.ts";
import { resolveHost } from "../../server/federation/resolve_host.ts";
import { OidcClient } from "../../server/oidc/oidc_client.ts";
import type { AccountDeps } from "../../server/services/accounts/deps.ts";
import type { InviteView } from "../../server/services/accounts/gates.ts";
import { PasswordPool } from "../../server/services/accounts/password_pool.ts";
import { registerUser } from "../../server/services/accounts/register.ts";
import { settleServerIdentity } from "../../server/services/accounts/server_identity.ts";
import { SessionCache } from "../../server/services/accounts/session_cache.ts";
import type { PinnedSettings } from "../../server/services/accounts/pinned_settings.ts";
import type { StartedSession } from "../../server/services/accounts/start_session.ts";
import { LocalBus } from "../../server/system/local_bus.ts";
import { systemRng } from "../../server/system/rng.ts";
import { ManualClock, MemoryLog } from "./parts.ts";
import { freshDatabase, type TestDatabase } from "./postgres.ts";

/** A password that passes; each test may use it. */
export const GOOD_PASSWORD = "plain walrus tarmac 9";

/** The defaults of the configuration. */
const USUAL = {
  signUpsPerHour: 10,
  guildSignUpsPerHour: 60,
  loginsPerMinute: 6,
  joinsPerMinute: 12,
};

/** The account services on a database of their own, with a clock that the test moves. */
export interface TestAccounts extends AsyncDisposable {
  readonly deps: AccountDeps & { readonly clock: ManualClock; readonly log: MemoryLog };
  readonly database: TestDatabase;
  /** Invite links that exist. */
  readonly invites: Map<string, InviteView>;
  /** Guilds that somebody owns, by user id. */
  readonly owned: Map<string, string[]>;
  /** Users who left everything. */
  readonly departed: string[];
  /** A second process of the same server: its own cache, the same bus and database. */
  secondProcess(): AccountDeps;
  /** Makes an account with `GOOD_PASSWORD`, by an open door. */
  account(userName: string, options?: { cookie?: boolean }): Promise<StartedSession>;
  /** The access token of a fresh account. */
  token(userName: string): Promise<string>;
}

export async function testAccounts(
  options: {
    readonly pinned?: PinnedSettings;
    readonly throttles?: Partial<ThrottlePolicies>;
    readonly providers?: readonly OidcProvider[];
  } = {},
): Promise<TestAccounts> {
  const database = await freshDatabase();
  const { sql } = database;
  const clock = new ManualClock();
  const log = new MemoryLog();
  const bus = new LocalBus();
  const rng = systemRng;
  const passwords = new PasswordPool({ clock, rng, log });
  const http = new HttpClient({ clock, resolveHost });
  const sessions = new SessionCache();
  sessions.follow({ bus, log });
  const invites = new Map<string, InviteView>();
  const owned = new Map<string, string[]>();
  const departed: string[] = [];
  const { name } = await settleServerIdentity({ sql, clock, rng }, "example.org");
  const policies = { ...throttlePolicies(USUAL), ...options.throttles };
  const deps = {
    sql,
    clock,
    rng,
    log,
    bus,
    passwords,
    sessions,
    throttle: new Throttle({ sql, clock }, policies),
    lifetimes: { accessTokenMs: 15 * 60_000, sessionMs: 30 * 86_400_000 },
    serverName: name as ServerName,
    publicUrl: "https://example.org",
    pinned: options.pinned ?? {},
    invites: { look: (code: string) => Promise.resolve(invites.get(code)) },
    departures: {
      ownedGuilds: (userId: string) => Promise.resolve(owned.get(userId) ?? []),
      leaveAll: (userId: string) => {
        departed.push(userId);
        return Promise.resolve();
      },
    },
    avatars: { replace: () => Promise.resolve() },
    mail: { wake: () => {} },
    oidc: new OidcClient({ http, clock }, options.providers ?? []),
  };
  const account: TestAccounts["account"] = (userName, { cookie = false } = {}) =>
    registerUser({ ...deps, pinned: { registration_mode: "open" } }, {
      userName,
      password: GOOD_PASSWORD,
      displayName: null,
      token: undefined,
      address: `10.0.0.${userName.length}`,
      device: { transport: cookie ? "cookie" : "token", name: "Test", address: "10.0.0.1" },
    });
  return {
    deps,
    database,
    invites,
    owned,
    departed,
    account,
    secondProcess: () => {
      const cache = new SessionCache();
      cache.follow({ bus, log });
      return { ...deps, sessions: cache, throttle: new Throttle({ sql, clock }, policies) };
    },
    token: async (userName) => (await account(userName)).grant.tokens?.access_token ?? "",
    async [Symbol.asyncDispose]() {
      http[Symbol.dispose]();
      await passwords[Symbol.asyncDispose]();
      await bus.close();
      await database[Symbol.asyncDispose]();
    },
  };
}
