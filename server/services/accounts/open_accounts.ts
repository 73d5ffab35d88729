import type { ServerName } from "../../../core/ids/server_name.ts";
import type { Bus } from "../../../core/ports/bus.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import type { Log } from "../../../core/ports/log.ts";
import type { Rng } from "../../../core/ports/rng.ts";
import type { Config } from "../../config/config.ts";
import type { Authenticate } from "../../http/caller.ts";
import type { OidcClient } from "../../oidc/oidc_client.ts";
import type { Sql } from "../../postgres/sql.ts";
import { replaceMediaUse } from "../media/replace_media_use.ts";
import { authenticate } from "./authenticate.ts";
import type { AccountDeps } from "./deps.ts";
import type { DepartureGate, InviteGate, MailGate } from "./gates.ts";
import { makeFirstAdministratorLink, type OneTimeLink } from "./one_time_link.ts";
import { PasswordPool } from "./password_pool.ts";
import type { PinnedSettings } from "./pinned_settings.ts";
import { SessionCache } from "./session_cache.ts";
import { clearStatuses } from "./clear_statuses.ts";
import { sweepAccounts } from "./sweep_accounts.ts";
import { Throttle, throttlePolicies } from "./throttle.ts";

const SWEEP_EVERY_MS = 3_600_000;
/** A status that was meant for half an hour stays at most so much longer. */
const CLEAR_STATUSES_EVERY_MS = 20_000;

export interface OpenAccountsOptions {
  readonly sql: Sql;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log: Log;
  readonly config: Pick<Config, "accounts" | "federation" | "server" | "origins">;
  /** As `settleServerIdentity` answered. */
  readonly serverName: ServerName;
  /** Without a slash at the end. */
  readonly publicUrl: string;
  readonly invites: InviteGate;
  readonly departures: DepartureGate;
  readonly mail: MailGate | undefined;
  readonly oidc: OidcClient;
}

/** The accounts part of a running server. */
export interface OpenedAccounts extends AsyncDisposable {
  readonly deps: AccountDeps;
  readonly authenticate: Authenticate;
  /** A fresh link for the log; undefined where there is an administrator. */
  firstAdministratorLink(): Promise<OneTimeLink | undefined>;
}

/** Puts the part together and begins what it does from time to time. */
export function openAccounts(options: OpenAccountsOptions): OpenedAccounts {
  const { sql, bus, clock, rng, config, serverName } = options;
  const log = options.log.child({ part: "accounts" });
  const passwords = new PasswordPool({ clock, rng, log });
  const sessions = new SessionCache();
  const unfollow = sessions.follow({ bus, log });
  const deps: AccountDeps = {
    sql,
    bus,
    clock,
    rng,
    log,
    passwords,
    sessions,
    serverName,
    publicUrl: options.publicUrl,
    throttle: new Throttle({ sql, clock }, throttlePolicies(config.accounts)),
    lifetimes: {
      accessTokenMs: config.accounts.accessTokenTtl,
      sessionMs: config.accounts.sessionTtl,
    },
    pinned: pinnedOf(config),
    invites: options.invites,
    departures: options.departures,
    mail: options.mail,
    oidc: options.oidc,
    avatars: {
      replace: async (tx, { userId, uri }) => {
        const use = { kind: "avatar", subject: userId } as const;
        await replaceMediaUse(tx, { serverName, use, uri, owner: userId, nowMs: clock.now() });
      },
    },
  };
  const stop = new AbortController();
  const jobs = [
    repeat(deps, SWEEP_EVERY_MS, () => sweepAccounts(deps), stop.signal),
    repeat(deps, CLEAR_STATUSES_EVERY_MS, () => clearStatuses(deps), stop.signal),
  ];
  return {
    deps,
    authenticate: (credentials, from) => authenticate(deps, credentials, from),
    firstAdministratorLink: () => makeFirstAdministratorLink(deps, clock.now()),
    async [Symbol.asyncDispose]() {
      stop.abort();
      unfollow();
      await passwords[Symbol.asyncDispose]();
      await Promise.all(jobs);
    },
  };
}

/** What configuration says outright, administrators cannot change in the pages. */
export function pinnedOf(
  config: Pick<Config, "accounts" | "federation" | "server" | "origins">,
): PinnedSettings {
  const { accounts, federation, server, origins } = config;
  const said = (id: string) => (origins.get(id) ?? "default") !== "default";
  return {
    ...(said("accounts.registration") ? { registration_mode: accounts.registration } : {}),
    ...(said("accounts.invite_links_open_registration")
      ? { invite_links_open_registration: accounts.inviteLinksOpenRegistration }
      : {}),
    ...(said("accounts.approval") ? { registration_approval: accounts.approval } : {}),
    ...(said("accounts.require_email") ? { registration_email: accounts.requireEmail } : {}),
    ...(said("federation.allow") ? { federation_allow: federation.allow.join(", ") } : {}),
    ...(said("federation.block") ? { federation_block: federation.block.join(", ") } : {}),
    ...(server.abuseContact === undefined ? {} : { abuse_contact: server.abuseContact }),
    ...(server.title === undefined ? {} : { server_title: server.title }),
    ...(server.description === undefined ? {} : { server_description: server.description }),
  };
}

async function repeat(
  { clock, log }: Pick<AccountDeps, "clock" | "log">,
  everyMs: number,
  work: () => Promise<unknown>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await work();
    } catch (error) {
      log.log("error", "What has ended could not be swept: sessions, links or statuses.", {
        error,
      });
    }
    await clock.sleep(everyMs, signal).catch(() => {}); // aborted: the loop ends
  }
}
