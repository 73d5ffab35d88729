import { OperationError } from "../../../core/errors.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import type { Sql } from "../../postgres/sql.ts";

/**
 * A token bucket: `burst` acts at once, one more every `refillMs`. `burst` 0 switches it off.
 * Levels live in Postgres, so that all processes count together and a restart forgives
 * nothing; a crash of the database itself empties them.
 */
export interface Bucket {
  readonly burst: number;
  readonly refillMs: number;
}

/** What is throttled, and what an act is counted against. */
export interface ThrottlePolicies {
  /** Accounts made from one address. */
  readonly signUpAddress: Bucket;
  /** Accounts made through one guild's links. */
  readonly signUpGuild: Bucket;
  /** Passwords tried from one address. */
  readonly loginAddress: Bucket;
  /** Passwords tried for one account from one address. */
  readonly loginAccountAddress: Bucket;
  /** Passwords tried for one account from anywhere. */
  readonly loginAccount: Bucket;
  /** Codes of the second step tried for one account; six digits bear few guesses. */
  readonly secondFactor: Bucket;
  /** Guilds joined from one address. */
  readonly joinAddress: Bucket;
  /** Guilds joined by one account. */
  readonly joinAccount: Bucket;
  /** Members joining one guild. */
  readonly joinGuild: Bucket;
  /** Friends asked for by one account. */
  readonly friendAsk: Bucket;
  /** What people of one other server say to people here of being friends. */
  readonly friendWord: Bucket;
  /** Identities of one account given up for another. */
  readonly identityReset: Bucket;
  /** Devices and certificates of one account that others must be told of. */
  readonly deviceChange: Bucket;
  /** Messages from device to device, sent by one account. */
  readonly toDevice: Bucket;
  /** The same, of all people of one other server. */
  readonly toDeviceServer: Bucket;
  /** Changes of encrypted groups by one device. */
  readonly groupCommit: Bucket;
  /** Requests for others' key packages by one account. */
  readonly keyClaim: Bucket;
  /** One-time key packages of a device that its room's group has already, to one account or server. */
  readonly keyClaimInside: Bucket;
  /** Key packages brought by one device, in any number at once. */
  readonly keyUpload: Bucket;
  /** Reports of what failed, by one account. */
  readonly failureReport: Bucket;
  /** Messages reported by one account. */
  readonly messageReport: Bucket;
  /** Calls joined, and begun anew, by one account. */
  readonly voiceJoin: Bucket;
  /** Calls of one account that ring others. */
  readonly voiceRing: Bucket;
  /** The same in one conversation. */
  readonly voiceRingRoom: Bucket;
  /** Calls that ring people here, told by one other server. */
  readonly voiceRingServer: Bucket;
  /** Key packages of people here, asked for by one other server. */
  readonly keyClaimServer: Bucket;
  /** Searches through messages by one account. */
  readonly search: Bucket;
  /** Mails with a link to confirm an address, asked for by one account. */
  readonly mailAccount: Bucket;
  /** The same to one address, whoever asks. */
  readonly mailAddress: Bucket;
  /** Mails to the administrators that somebody waits to be let in. */
  readonly registrationNews: Bucket;
  /** Links for a new password, asked for from one address. */
  readonly resetAddress: Bucket;
  /** The same for one name or mail address that was typed, whether or not there is an account. */
  readonly resetAsked: Bucket;
  /** Links for a new password, mailed to one account. */
  readonly resetAccount: Bucket;
  /** Trial notifications to devices of one account. */
  readonly pushTrial: Bucket;
  /** Copies of their own data that one account has made. */
  readonly dataExport: Bucket;
  /** Webhooks made by one account. */
  readonly webhookMake: Bucket;
  /** Messages, edits and deletions of one webhook. */
  readonly webhookPost: Bucket;
  /** The same of all webhooks of one guild here. */
  readonly webhookGuild: Bucket;
  /** Names and codes looked up from one address without an account. */
  readonly lookupAddress: Bucket;
}

/** What the owner of the server decides; 0 switches the buckets of a figure off. */
export interface ThrottleSettings {
  readonly signUpsPerHour: number;
  readonly guildSignUpsPerHour: number;
  readonly loginsPerMinute: number;
  readonly joinsPerMinute: number;
}

/** The buckets of the settings. Limits of one account or address follow from them. */
export function throttlePolicies(settings: ThrottleSettings): ThrottlePolicies {
  const { signUpsPerHour, guildSignUpsPerHour, loginsPerMinute, joinsPerMinute } = settings;
  const lookups = signUpsPerHour === 0 && loginsPerMinute === 0 ? 0 : 30;
  return {
    signUpAddress: bucket(signUpsPerHour, { perMs: HOUR_MS, bursts: 1 }),
    signUpGuild: bucket(guildSignUpsPerHour, { perMs: HOUR_MS, bursts: 1 }),
    loginAddress: bucket(loginsPerMinute, { perMs: MINUTE_MS, bursts: 5 }),
    loginAccountAddress: bucket(loginsPerMinute / 3, { perMs: MINUTE_MS, bursts: 5 }),
    loginAccount: bucket(loginsPerMinute / 3, { perMs: MINUTE_MS, bursts: 50 }),
    secondFactor: bucket(loginsPerMinute * 2, { perMs: HOUR_MS, bursts: 1 }),
    joinAddress: bucket(joinsPerMinute / 6, { perMs: MINUTE_MS, bursts: 15 }),
    joinAccount: bucket(joinsPerMinute / 12, { perMs: MINUTE_MS, bursts: 20 }),
    joinGuild: bucket(joinsPerMinute, { perMs: MINUTE_MS, bursts: 10 }),
    friendAsk: bucket(joinsPerMinute / 12, { perMs: MINUTE_MS, bursts: 20 }),
    friendWord: bucket(60, { perMs: MINUTE_MS, bursts: 5 }),
    identityReset: bucket(5, { perMs: HOUR_MS, bursts: 1 }),
    deviceChange: bucket(60, { perMs: HOUR_MS, bursts: 1 }),
    toDevice: bucket(120, { perMs: MINUTE_MS, bursts: 2 }),
    toDeviceServer: bucket(600, { perMs: MINUTE_MS, bursts: 5 }),
    groupCommit: bucket(6, { perMs: MINUTE_MS, bursts: 5 }),
    keyClaim: bucket(30, { perMs: MINUTE_MS, bursts: 2 }),
    keyClaimInside: bucket(4, { perMs: HOUR_MS, bursts: 1 }),
    keyUpload: bucket(6, { perMs: MINUTE_MS, bursts: 2 }),
    failureReport: bucket(6, { perMs: MINUTE_MS, bursts: 2 }),
    messageReport: bucket(2, { perMs: MINUTE_MS, bursts: 10 }),
    voiceJoin: bucket(30, { perMs: MINUTE_MS, bursts: 1 }),
    voiceRing: bucket(6, { perMs: MINUTE_MS, bursts: 1 }),
    voiceRingRoom: bucket(2, { perMs: MINUTE_MS, bursts: 2 }),
    voiceRingServer: bucket(300, { perMs: MINUTE_MS, bursts: 1 }),
    keyClaimServer: bucket(600, { perMs: MINUTE_MS, bursts: 5 }),
    search: bucket(lookups * 4, { perMs: MINUTE_MS, bursts: 1 }),
    mailAccount: bucket(lookups, { perMs: 6 * HOUR_MS, bursts: 1 / 6 }),
    mailAddress: bucket(lookups, { perMs: 6 * HOUR_MS, bursts: 1 / 6 }),
    registrationNews: bucket(lookups / 30, { perMs: HOUR_MS, bursts: 1 }),
    resetAddress: bucket(lookups, { perMs: HOUR_MS, bursts: 1 }),
    resetAsked: bucket(lookups / 10, { perMs: HOUR_MS, bursts: 1 }),
    resetAccount: bucket(lookups / 10, { perMs: HOUR_MS, bursts: 1 }),
    pushTrial: bucket(6, { perMs: MINUTE_MS, bursts: 1 }),
    dataExport: bucket(lookups / 10, { perMs: 24 * HOUR_MS, bursts: 1 }),
    webhookMake: bucket(lookups, { perMs: HOUR_MS, bursts: 1 }),
    webhookPost: bucket(60, { perMs: MINUTE_MS, bursts: 0.5 }),
    webhookGuild: bucket(300, { perMs: MINUTE_MS, bursts: 0.5 }),
    lookupAddress: bucket(lookups, { perMs: MINUTE_MS, bursts: 2 }),
  };
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** `rate` acts every `perMs`, `bursts` times as many at once. */
function bucket(rate: number, { perMs, bursts }: { perMs: number; bursts: number }): Bucket {
  if (rate <= 0) return { burst: 0, refillMs: perMs };
  return { burst: Math.max(1, Math.round(rate * bursts)), refillMs: Math.ceil(perMs / rate) };
}

/** One act counted against one bucket. `who` is an address, a user id, a guild id. */
export interface ThrottleClaim {
  readonly policy: keyof ThrottlePolicies;
  readonly who: string;
}

/** Refused keys remembered in memory, so that a flood costs the database nothing. */
const REMEMBERED_REFUSALS = 10_000;
const KEY_CHARS = 300;

export class Throttle {
  readonly #deps: { readonly sql: Sql; readonly clock: Clock };
  readonly #policies: ThrottlePolicies;
  readonly #refusedUntil = new Map<string, number>();

  constructor(deps: { readonly sql: Sql; readonly clock: Clock }, policies: ThrottlePolicies) {
    this.#deps = deps;
    this.#policies = policies;
  }

  /**
   * Counts one act against every claim.
   * @param act What is refused, as in "Too many {act}".
   * @throws OperationError `rate_limited` with `details.retry_after_ms`.
   */
  async take(act: string, claims: readonly ThrottleClaim[]): Promise<void> {
    const nowMs = this.#deps.clock.now();
    for (const claim of claims) {
      const bucket = this.#policies[claim.policy];
      if (bucket.burst <= 0) continue;
      const key = keyOf(claim);
      const until = this.#refusedUntil.get(key);
      if (until !== undefined && until > nowMs) throw tooMany(act, until - nowMs);
      const waitMs = await takeOne(this.#deps.sql, key, { bucket, nowMs });
      if (waitMs === 0) continue;
      this.#remember(key, nowMs + waitMs);
      throw tooMany(act, waitMs);
    }
  }

  /**
   * Counts one act against each of these that still has one left, in one statement, and says which:
   * for acts that are done in another way where they are too many.
   */
  async takeLeft(
    policy: keyof ThrottlePolicies,
    whos: readonly string[],
  ): Promise<ReadonlySet<string>> {
    const bucket = this.#policies[policy];
    if (bucket.burst <= 0 || whos.length === 0) return new Set(whos);
    const keys = whos.map((who) => keyOf({ policy, who }));
    const taken = await takeEach(this.#deps.sql, keys, { bucket, nowMs: this.#deps.clock.now() });
    return new Set(whos.filter((_, at) => taken.has(keys[at] ?? "")));
  }

  /** Undoes one `take`: what proved honest must not count as guessing. */
  async giveBack(claims: readonly ThrottleClaim[]): Promise<void> {
    for (const claim of claims) {
      const { burst } = this.#policies[claim.policy];
      if (burst <= 0) continue;
      await this.#deps.sql`
        update throttles set level = least(${burst}::float8, level + 1)
        where key = ${keyOf(claim)}`;
    }
  }

  #remember(key: string, untilMs: number): void {
    this.#refusedUntil.delete(key);
    if (this.#refusedUntil.size >= REMEMBERED_REFUSALS) {
      const oldest = this.#refusedUntil.keys().next();
      if (oldest.done !== true) this.#refusedUntil.delete(oldest.value);
    }
    this.#refusedUntil.set(key, untilMs);
  }
}

/** Those of these keys that had an act left, which is counted. */
async function takeEach(
  sql: Sql,
  keys: readonly string[],
  { bucket, nowMs }: { readonly bucket: Bucket; readonly nowMs: number },
): Promise<ReadonlySet<string>> {
  const { burst, refillMs } = bucket;
  const taken = await sql<{ key: string }[]>`
    insert into throttles as t (key, level, updated_ts, full_ts)
    select k, ${burst - 1}::float8, ${nowMs}::bigint, ${nowMs + refillMs}::bigint
    from (select distinct k from unnest(${[...keys]}::text[]) as u (k) order by k) as wanted
    on conflict (key) do update set
      level = ${levelNow(sql, { burst, refillMs, nowMs })} - 1,
      updated_ts = ${nowMs},
      full_ts = ${nowMs} + ((${burst}::float8 + 1
        - ${levelNow(sql, { burst, refillMs, nowMs })}) * ${refillMs}::float8)::bigint
    where ${levelNow(sql, { burst, refillMs, nowMs })} >= 1
    returning t.key`;
  return new Set(taken.map(({ key }) => key));
}

/** 0, or how long until the next act is allowed. */
async function takeOne(
  sql: Sql,
  key: string,
  { bucket, nowMs }: { bucket: Bucket; nowMs: number },
): Promise<number> {
  if ((await takeEach(sql, [key], { bucket, nowMs })).has(key)) return 0;
  const { burst, refillMs } = bucket;
  const [row] = await sql<{ level: number }[]>`
    select ${levelNow(sql, { burst, refillMs, nowMs })} as level from throttles t
    where key = ${key}`;
  return Math.max(1, Math.ceil((1 - (row?.level ?? 0)) * refillMs));
}

/** A clock that went back refills nothing, and takes nothing away. */
function levelNow(sql: Sql, at: { burst: number; refillMs: number; nowMs: number }) {
  return sql`least(${at.burst}::float8, t.level
    + greatest(0, ${at.nowMs}::bigint - t.updated_ts)::float8 / ${at.refillMs}::float8)`;
}

function keyOf({ policy, who }: ThrottleClaim): string {
  return `${policy} ${who}`.slice(0, KEY_CHARS);
}

function tooMany(act: string, waitMs: number): OperationError {
  return new OperationError("rate_limited", `Too many ${act}. Try again ${inWords(waitMs)}.`, {
    details: { retry_after_ms: waitMs },
  });
}

function inWords(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 90) return seconds === 1 ? "in a second" : `in ${seconds} seconds`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 90 ? `in ${minutes} minutes` : `in ${Math.ceil(minutes / 60)} hours`;
}

/** Forgets buckets that are full again; says how many. */
export async function sweepThrottles(deps: { sql: Sql; clock: Clock }): Promise<number> {
  const gone = await deps.sql`delete from throttles where full_ts <= ${deps.clock.now()}`;
  return gone.count;
}
