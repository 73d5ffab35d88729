import type { RoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { parseUserId, serverOf, type UserId } from "../../core/ids/user_id.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import type { StoredEvent } from "../postgres/event_rows.ts";
import type { FeedBatch } from "../postgres/log_feed.ts";
import type { Sql } from "../postgres/sql.ts";
import { untilBack } from "../system/until_back.ts";

/** Members of one room whose devices are looked at anew when it is encrypted. */
const MEMBERS_MAX = 2000;

interface Deps {
  readonly sql: Sql;
  readonly serverName: ServerName;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborted when the server stops. */
  readonly signal: AbortSignal;
  readonly freshen: (users: readonly UserId[]) => Promise<void>;
}

/**
 * Servers are told of changes of devices from when they share an encrypted room: so what is held of
 * its members is looked at anew when a room is encrypted, and of who joins one. PROTOCOL.md 10.
 */
export function encryptionWatch(deps: Deps): (batch: FeedBatch) => void {
  return ({ events }) => {
    for (const event of events) {
      if (event.channelId !== undefined || event.outcome !== "accepted") continue;
      if (event.type !== "m.room.encryption" && event.type !== "m.room.member") continue;
      untilBack(() => look(deps, event), deps).catch((error) =>
        deps.log.log("warn", "Devices of members could not be looked at anew.", { error })
      );
    }
  };
}

async function look(deps: Deps, event: StoredEvent): Promise<void> {
  if (event.type === "m.room.encryption") {
    const members = await membersElsewhere(deps, event.roomId);
    if (members.length > 0) await deps.freshen(members);
    return;
  }
  const user = parseUserId(event.stateKey ?? "");
  if (user === undefined || serverOf(user) === deps.serverName) return;
  const joined = await deps.sql`
    select 1 from current_state m
    join current_state e on e.room_id = m.room_id and e.type = 'm.room.encryption'
      and e.state_key = '' and e.event_id is not null
    where m.room_id = ${event.roomId} and m.type = 'm.room.member' and m.state_key = ${user}
      and m.membership = 'join'`;
  if (joined.length > 0) await deps.freshen([user]);
}

async function membersElsewhere(deps: Deps, roomId: RoomId): Promise<UserId[]> {
  const rows = await deps.sql<{ user_id: UserId }[]>`
    select state_key as user_id from current_state
    where room_id = ${roomId} and type = 'm.room.member' and membership = 'join'
    order by state_key limit ${MEMBERS_MAX}`;
  return rows.map((row) => row.user_id).filter((user) => serverOf(user) !== deps.serverName);
}
