import { OperationError } from "../../core/errors.ts";
import type { MediaUri } from "../../core/ids/media_uri.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { serverOf, type UserId } from "../../core/ids/user_id.ts";
import type { Bus } from "../../core/ports/bus.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import { askProfile, type RemoteProfile } from "../../federation/perform/profile.ts";
import type { ServerPolicy, Transport } from "../../federation/ports.ts";
import { Lanes } from "../http/federation/lanes.ts";
import type { Sql, Tx } from "../postgres/sql.ts";
import { publishAccountEvent } from "../services/accounts/account_event.ts";
import { cleanProfileText, type ProfileField } from "../services/accounts/profile_text.ts";
import { Until } from "./until.ts";

/** A copy older than this is fetched anew when somebody looks at it. */
const FRESH_MS = 3_600_000;
/** After a failure the user's server is not asked about them again for so long. */
const QUIET_MS = 60_000;
/** Users looked at whose copies are known to be fresh, or who were asked about in vain. */
const LOOKED_AT_MAX = 50_000;
/** Users that wait to be looked at; beyond it they are, the next time somebody looks. */
const WAITING_MAX = 2000;
const USERS_PER_ROUND = 100;
/** Changes that are told of are gathered so long before the copies are fetched anew. */
const CHANGES_GATHER_MS = 2000;
const AT_ONCE = 2;
const WAITING_LANES = { waiting: USERS_PER_ROUND, waitingInAll: USERS_PER_ROUND * 4 };

export interface RemoteProfileDeps {
  readonly sql: Sql;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly log: Log;
  readonly self: ServerName;
  readonly transport: Pick<Transport, "call">;
  readonly policy: ServerPolicy;
}

/** What became of a question about a user of another server. */
export type ProfileOutcome = "fresh" | "absent" | "unreachable";

/**
 * How people of other servers look: copies that are fetched when somebody looks and theirs is
 * old, one question a user at a time and few of one server at once.
 */
export class RemoteProfiles {
  readonly #deps: RemoteProfileDeps;
  readonly #fresh: Until<UserId>;
  readonly #waiting = new Set<UserId>();
  /** Whose server says that they look different from the copy that may be held here. */
  readonly #changed = new Set<UserId>();
  readonly #asking = new Map<UserId, Promise<ProfileOutcome>>();
  readonly #lanes = new Lanes({ ...WAITING_LANES, atOnce: AT_ONCE });
  readonly #stopping = new AbortController();
  #working = false;
  #following = false;

  constructor(deps: RemoteProfileDeps) {
    this.#deps = deps;
    this.#fresh = new Until(deps.clock, LOOKED_AT_MAX);
  }

  stop(): void {
    this.#stopping.abort();
  }

  /** Somebody looks at these users: old copies are fetched in the background. */
  notice(users: Iterable<UserId>): void {
    for (const user of users) {
      if (serverOf(user) === this.#deps.self) continue;
      if (this.#fresh.holds(user) || this.#waiting.size >= WAITING_MAX) continue;
      this.#waiting.add(user);
    }
    if (this.#waiting.size > 0 && !this.#working) void this.#work();
  }

  /** A held copy is old now: it is fetched anew soon, and where that fails when somebody looks. */
  changed(user: UserId): void {
    if (this.#changed.size < WAITING_MAX) this.#changed.add(user);
    if (!this.#following) void this.#follow();
  }

  async #follow(): Promise<void> {
    const { sql, clock, log } = this.#deps;
    const { signal } = this.#stopping;
    this.#following = true;
    try {
      while (this.#changed.size > 0) {
        await clock.sleep(CHANGES_GATHER_MS, signal);
        const round = [...this.#changed].slice(0, USERS_PER_ROUND);
        for (const user of round) this.#changed.delete(user);
        const held = await sql<{ user_id: UserId }[]>`
          update profiles set updated_ts = 0 where user_id = any(${round}) returning user_id`;
        for (const { user_id } of held) this.#fresh.end(user_id);
        await Promise.all(held.map(({ user_id }) => this.fetch(user_id).catch(() => undefined)));
      }
    } catch (error) {
      if (signal.aborted) return;
      log.log("warn", "Changed profiles of other servers could not be fetched.", { error });
    } finally {
      this.#following = false;
    }
  }

  async #work(): Promise<void> {
    this.#working = true;
    try {
      while (this.#waiting.size > 0 && !this.#stopping.signal.aborted) {
        const round = [...this.#waiting].slice(0, USERS_PER_ROUND);
        for (const user of round) this.#waiting.delete(user);
        const old = await this.#oldAmong(round);
        await Promise.all(old.map((user) => this.fetch(user).catch(() => undefined)));
      }
    } catch (error) {
      this.#deps.log.log("warn", "Profiles of other servers could not be looked after.", { error });
    } finally {
      this.#working = false;
    }
  }

  async #oldAmong(users: readonly UserId[]): Promise<UserId[]> {
    const { sql, clock } = this.#deps;
    const rows = await sql<{ user_id: UserId; updated_ts: number }[]>`
      select user_id, updated_ts from profiles where user_id = any(${[...users]})`;
    const held = new Map(rows.map((row) => [row.user_id, clock.now() - row.updated_ts]));
    return users.filter((user) => {
      const ageMs = held.get(user) ?? Infinity;
      if (ageMs < FRESH_MS) this.#fresh.set(user, FRESH_MS - ageMs);
      return ageMs >= FRESH_MS;
    });
  }

  /** Asks the user's server now; who asks meanwhile gets the same answer. */
  fetch(user: UserId): Promise<ProfileOutcome> {
    if (serverOf(user) === this.#deps.self) return Promise.resolve("absent");
    const known = this.#asking.get(user);
    if (known !== undefined) return known;
    const asking = this.#lanes.run(serverOf(user), () => this.#ask(user))
      // Too many questions wait for this server already.
      .catch((error): ProfileOutcome => {
        if (error instanceof OperationError) return "unreachable";
        throw error;
      })
      .finally(() => this.#asking.delete(user));
    this.#asking.set(user, asking);
    return asking;
  }

  async #ask(user: UserId): Promise<ProfileOutcome> {
    const { transport, policy, log } = this.#deps;
    const server = serverOf(user);
    if (policy.refusal(server) !== undefined) return this.#inVain(user, "absent");
    const answer = await askProfile(transport, user, this.#stopping.signal);
    if (answer.kind === "found") {
      await this.#store(user, answer.profile);
      this.#fresh.set(user, FRESH_MS);
      return "fresh";
    }
    if (answer.kind === "unreachable") {
      log.log("info", "A server did not say who its user is.", { server, error: answer.error });
    }
    return this.#inVain(user, answer.kind);
  }

  #inVain(user: UserId, outcome: ProfileOutcome): ProfileOutcome {
    this.#fresh.set(user, QUIET_MS);
    return outcome;
  }

  async #store(user: UserId, profile: RemoteProfile): Promise<void> {
    const { sql, clock, bus } = this.#deps;
    const now = clock.now();
    const fields = {
      display_name: cleaned("display_name", profile.displayName),
      bio: cleaned("bio", profile.bio),
      status: cleaned("status", profile.status),
    };
    const { avatar, avatarBlake3: blake3, bot } = profile;
    const changed = await sql.begin(async (tx) => {
      const [former] = await tx<{ same: boolean }[]>`
        select (display_name, avatar, bio, status, bot) is not distinct from
          (${fields.display_name}::text, ${avatar}::text, ${fields.bio}::text,
            ${fields.status}::text, ${bot}::boolean) as same
        from profiles where user_id = ${user} for update`;
      await tx`
        insert into profiles (user_id, display_name, avatar, bio, status, bot, updated_ts)
        values (${user}, ${fields.display_name}, ${avatar}, ${fields.bio}, ${fields.status},
          ${bot}, ${now})
        on conflict (user_id) do update set display_name = excluded.display_name,
          avatar = excluded.avatar, bio = excluded.bio, status = excluded.status,
          bot = excluded.bot, updated_ts = excluded.updated_ts`;
      await setPicture(tx, { user, avatar, blake3, now });
      return former?.same !== true;
    });
    if (changed) publishAccountEvent(bus, { kind: "profile_changed", user_id: user });
  }
}

/** The picture may be fetched, and the one before it goes. */
async function setPicture(
  tx: Tx,
  { user, avatar, blake3, now }: {
    readonly user: UserId;
    readonly avatar: MediaUri | null;
    readonly blake3: string | null;
    readonly now: number;
  },
): Promise<void> {
  await tx`
    delete from remote_media_uses
    where kind = 'avatar' and subject = ${user} and uri is distinct from ${avatar}::text`;
  if (avatar === null) return;
  await tx`
    insert into remote_media_uses (uri, kind, subject, blake3, name, created_ts)
    values (${avatar}, 'avatar', ${user}, ${blake3}, 'avatar', ${now})
    on conflict (uri, kind, subject) do update set blake3 = excluded.blake3`;
}

/** What our own users could not call themselves is not shown; the rest of the profile is. */
function cleaned(field: ProfileField, text: string | null): string | null {
  try {
    return cleanProfileText(field, text);
  } catch {
    return null;
  }
}
