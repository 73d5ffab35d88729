import type { Preferences } from "../../../core/api/preferences.ts";
import { RELATIONSHIPS } from "../../../core/api/relationships.ts";
import { OperationError } from "../../../core/errors.ts";
import type { ServerName } from "../../../core/ids/server_name.ts";
import { serverOf, type UserId } from "../../../core/ids/user_id.ts";
import {
  afterDeed,
  afterWord,
  type Deed,
  type Relationship,
  type Step,
  type Word,
} from "../../../core/rules/relationship.ts";
import { LOCK_CLASS } from "../../postgres/lock_keys.ts";
import type { Queryable } from "../../postgres/sql.ts";
import { readPreferences } from "../accounts/preferences.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import type { RemoteRooms } from "../chat/remote_rooms.ts";
import { sharesGuild } from "../users/shares_guild.ts";
import type { RelationshipNotice } from "./relationship_notice.ts";
import { countRelationships, lockSides, type Side, writeSide } from "./relationship_rows.ts";

export interface RelationshipDeps extends Pick<ChatDeps, "sql" | "clock" | "serverName"> {
  readonly remote: Pick<RemoteRooms, "tellWithin" | "wake">;
  readonly announceRelationship: (notice: RelationshipNotice) => void;
}

/** More words than two sides ever say to each other after one deed. */
const WORDS_MAX = 6;

/**
 * Does what a user asks for, and tells the other side: in the same transaction where it is here,
 * else by a word that is sent until their server has it.
 * @throws OperationError `conflict`, `not_found`, `limit_reached`
 */
export async function changeRelationship(
  deps: RelationshipDeps,
  [user, other]: Side,
  deed: Deed,
): Promise<void> {
  await inTransaction(deps, [user, other], async (tx, held) => {
    const now = sideOf(held, user);
    const outcome = afterDeed(now, deed);
    if (!outcome.ok) throw refusal(outcome.why, other);
    await requireRoom(tx, user, { now, after: outcome.after });
    return { by: [user, other], step: outcome };
  });
}

/**
 * What somebody of another server says to one of ours. Whoever is not here, does not want to be
 * asked, or has too much waiting answers nothing. PROTOCOL.md 10.
 */
export async function hearRelationship(
  deps: RelationshipDeps & Pick<ChatDeps, "throttle">,
  { from, to, word }: { readonly from: UserId; readonly to: UserId; readonly word: Word },
): Promise<void> {
  if (serverOf(to) !== deps.serverName || serverOf(from) === deps.serverName) return;
  if (!await isPaced(deps, serverOf(from))) return;
  const requestsFrom = await accountSetting(deps.sql, to);
  if (requestsFrom === undefined) return;
  await inTransaction(deps, [to, from], async (tx, held) => {
    const admits = word === "request" && await doesAdmit(deps, tx, { to, from, requestsFrom });
    return { by: [to, from], step: afterWord(sideOf(held, to), word, { admits }) };
  });
}

/** A server that says more than its people can is not heard further. */
async function isPaced({ throttle }: Pick<ChatDeps, "throttle">, server: ServerName) {
  try {
    await throttle.take("words about friends", [{ policy: "friendWord", who: server }]);
    return true;
  } catch (error) {
    if (error instanceof OperationError) return false;
    throw error;
  }
}

interface Moved {
  readonly by: Side;
  readonly step: Step;
}

async function inTransaction(
  deps: RelationshipDeps,
  side: Side,
  first: (tx: Queryable, held: Map<UserId, Relationship>) => Promise<Moved>,
): Promise<void> {
  const { sql, clock } = deps;
  const [user, other] = side;
  const isLocal = serverOf(other) === deps.serverName;
  const touched = await sql.begin(async (tx) => {
    const nowMs = clock.now();
    const sides: Side[] = isLocal ? [side, [other, user]] : [side];
    const held = await lockSides(tx, sides, nowMs);
    let moved: Moved | undefined = await first(tx, held);
    for (let words = 0; moved !== undefined && words < WORDS_MAX; words++) {
      held.set(moved.by[0], moved.step.after);
      moved = await passOn(deps, tx, { moved, held });
    }
    for (const each of sides) {
      await writeSide(tx, each, { after: sideOf(held, each[0]), nowMs });
    }
    return sides;
  });
  deps.remote.wake();
  for (const [userId, with_] of touched) deps.announceRelationship({ userId, other: with_ });
}

/** Says what a step has to say: to a row, or to a server. */
async function passOn(
  deps: RelationshipDeps,
  tx: Queryable,
  { moved: { by: [from, to], step: { say } }, held }: {
    readonly moved: Moved;
    readonly held: ReadonlyMap<UserId, Relationship>;
  },
): Promise<Moved | undefined> {
  if (say === undefined) return undefined;
  const server = serverOf(to);
  if (server !== deps.serverName) {
    await deps.remote.tellWithin(tx, {
      kind: "relationship",
      to: server,
      from,
      user: to,
      word: say,
    });
    return undefined;
  }
  const requestsFrom = await accountSetting(tx, to);
  const admits = say === "request" && requestsFrom !== undefined &&
    await doesAdmit(deps, tx, { to, from, requestsFrom });
  return { by: [to, from], step: afterWord(sideOf(held, to), say, { admits }) };
}

/** Who may ask this account; undefined where there is none. */
async function accountSetting(
  sql: Queryable,
  user: UserId,
): Promise<Preferences["requests_from"] | undefined> {
  const rows = await sql`select 1 from users where user_id = ${user} and state <> 'deactivated'`;
  return rows.length === 0 ? undefined : (await readPreferences(sql, user)).requests_from;
}

async function doesAdmit(
  deps: RelationshipDeps,
  tx: Queryable,
  ask: {
    readonly to: UserId;
    readonly from: UserId;
    readonly requestsFrom: Preferences["requests_from"];
  },
): Promise<boolean> {
  if (ask.requestsFrom === "nobody") return false;
  if (ask.requestsFrom === "shared" && !await sharesGuild({ sql: tx }, ask.to, ask.from)) {
    return false;
  }
  await tx`select pg_advisory_xact_lock(${LOCK_CLASS.requestsOf}, hashtext(${ask.to}))`;
  const { asks } = await countRelationships(tx, ask.to);
  if (asks >= RELATIONSHIPS.asks) return false;
  const server = serverOf(ask.from);
  if (server === deps.serverName) return true;
  const [row] = await tx<{ count: number }[]>`
    select count(*)::int as count from relationships
    where bond = 'asks' and split_part(other_id, ':', 2) = split_part(${ask.from}, ':', 2)`;
  return (row?.count ?? 0) < RELATIONSHIPS.asksPerServer;
}

/** The bounds of one account, where a deed adds to something. */
async function requireRoom(
  tx: Queryable,
  user: UserId,
  { now, after }: { readonly now: Relationship; readonly after: Relationship },
): Promise<void> {
  const more = {
    friends: after.bond === "friend" && now.bond !== "friend",
    asked: after.bond === "asked" && now.bond !== "asked",
    blocked: after.blocked && !now.blocked,
  };
  if (!more.friends && !more.asked && !more.blocked) return;
  const counts = await countRelationships(tx, user);
  const full = ([["friends", "friends"], ["asked", "requests that wait"], [
    "blocked",
    "blocked people",
  ]] as const).find(([name]) => more[name] && counts[name] >= RELATIONSHIPS[name]);
  if (full === undefined) return;
  const [name, words] = full;
  throw new OperationError(
    "limit_reached",
    `You have ${RELATIONSHIPS[name]} ${words}, which is the most: remove some first.`,
  );
}

function sideOf(held: ReadonlyMap<UserId, Relationship>, user: UserId): Relationship {
  return held.get(user) ?? { bond: null, blocked: false };
}

function refusal(why: "blocked" | "not_asked", other: UserId): OperationError {
  return why === "blocked"
    ? new OperationError("conflict", `You have blocked ${other}: lift the block first.`)
    : new OperationError("not_found", `${other} does not ask you; they may have taken it back.`);
}
