import type { RoomId } from "../../core/ids/room_id.ts";
import { serverOf, type UserId } from "../../core/ids/user_id.ts";
import { stayUntil } from "../../core/permissions/stay.ts";
import type { FeedBatch } from "../postgres/log_feed.ts";
import { defineRowKind, recordset } from "../postgres/row_kind.ts";
import type { Room } from "../rooms/room.ts";
import type { ChatDeps } from "../services/chat/chat_deps.ts";
import { stayIntents } from "../services/members/stays.ts";
import { giveLinkRole } from "../services/invites/give_link_role.ts";
import { untilBack } from "../system/until_back.ts";

/** A role that a link promised to a user of another server, and the end of their membership. */
interface LinkGrant {
  readonly roomId: RoomId;
  readonly userId: UserId;
  readonly author: UserId;
  readonly roleId: string | null;
  readonly stayS: number | null;
  readonly createdTs: number;
}

/** Stored with the invite; the last promise to a user counts. */
export const linkGrants = defineRowKind<LinkGrant>("link_grants", (sql, grants) => {
  const last = new Map(grants.map((grant) => [`${grant.roomId} ${grant.userId}`, grant]));
  return sql`
    insert into link_grants (room_id, user_id, author, role_id, stay_s, created_ts)
    select x."roomId", x."userId", x.author, x."roleId", x."stayS", x."createdTs"
    from json_to_recordset(${recordset(sql, [...last.values()])}) as x("roomId" text,
      "userId" text, author text, "roleId" text, "stayS" integer, "createdTs" bigint)
    on conflict (room_id, user_id) do update
    set author = excluded.author, role_id = excluded.role_id, stay_s = excluded.stay_s,
      created_ts = excluded.created_ts`;
});

/** Promises that nobody came for are forgotten after so long. */
const KEPT_MS = 30 * 86_400_000;

interface GrantRow {
  readonly room_id: RoomId;
  readonly user_id: UserId;
  readonly author: UserId;
  readonly role_id: string | null;
  readonly stay_s: number | null;
}

type GrantDeps = Pick<ChatDeps, "sql" | "rooms" | "clock" | "log" | "serverName">;

/**
 * Gives people of other servers the role of the link that they came by, once their join is
 * here. A crash loses nothing: every start looks at all promises. PROTOCOL.md 9.
 */
export class LinkGranter implements AsyncDisposable {
  readonly #deps: GrantDeps;
  readonly #ending = new AbortController();
  #work: Promise<void>;

  constructor(deps: GrantDeps) {
    this.#deps = deps;
    this.#work = this.#inTurn(() => this.#grantAll());
  }

  /** Hears what is stored. */
  take(batch: FeedBatch): void {
    const joined = batch.events.filter((event) =>
      event.type === "m.room.member" && event.stateKey === event.sender &&
      event.outcome === "accepted" && serverOf(event.sender) !== this.#deps.serverName
    );
    if (joined.length === 0) return;
    const keys = joined.map(({ roomId, sender }) => ({ roomId, userId: sender }));
    this.#work = this.#work.then(() => this.#inTurn(() => this.#grant(keys)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    await this.#work;
  }

  async #inTurn(work: () => Promise<void>): Promise<void> {
    const { signal } = this.#ending;
    await untilBack(work, { ...this.#deps, signal }).catch((error) =>
      this.#deps.log.log("error", "What invite links promised could not be given.", { error })
    );
  }

  async #grantAll(): Promise<void> {
    const { sql, clock } = this.#deps;
    // The end of a membership is kept for as long as the invite that it goes with can be taken up.
    await sql`
      delete from link_grants g where created_ts < ${clock.now() - KEPT_MS}
        and (stay_s is null or not exists (select 1 from current_state s
          where s.room_id = g.room_id and s.type = 'm.room.member'
            and s.state_key = g.user_id and s.membership in ('invite', 'join')))`;
    const rows = await sql<GrantRow[]>`
      select g.* from link_grants g
      join current_state s on s.room_id = g.room_id and s.type = 'm.room.member'
        and s.state_key = g.user_id and s.membership = 'join'`;
    for (const row of rows) await this.#inTurn(() => this.#give(row));
  }

  async #grant(keys: readonly { roomId: RoomId; userId: UserId }[]): Promise<void> {
    const rows = await this.#deps.sql<GrantRow[]>`
      select g.* from link_grants g
      join unnest(${keys.map((key) => key.roomId)}::text[], ${
      keys.map((key) => key.userId)
    }::text[])
        as x(room_id, user_id) on x.room_id = g.room_id and x.user_id = g.user_id`;
    for (const row of rows) await this.#inTurn(() => this.#give(row));
  }

  /** A membership for a time gets its end, in the owner's name where its author has lost the right. */
  async #limit(room: Room, { user_id: userId, author, stay_s: staysS }: GrantRow): Promise<void> {
    const { clock, serverName } = this.#deps;
    await room.changeControl((authority) => {
      const nowMs = clock.now();
      if (!authority.isJoined(userId) || stayUntil(authority, userId) !== undefined) {
        return { intents: [] };
      }
      const giver = [author, authority.owner()].find((each) =>
        each !== undefined && serverOf(each) === serverName && each !== userId &&
        authority.has(each, "KICK", { atTs: nowMs }) &&
        authority.rank(userId) < authority.rank(each)
      );
      return {
        intents: giver === undefined ? [] : stayIntents({ userId, author: giver, staysS, nowMs }),
      };
    });
  }

  async #give(row: GrantRow): Promise<void> {
    const { sql, rooms } = this.#deps;
    const room = await rooms.open(row.room_id);
    if (room === undefined || !room.authority.isJoined(row.user_id)) return;
    await this.#limit(room, row);
    await giveLinkRole(this.#deps, {
      room,
      userId: row.user_id,
      author: row.author,
      roleId: row.role_id,
    });
    await sql`
      delete from link_grants where room_id = ${row.room_id} and user_id = ${row.user_id}`;
  }
}
