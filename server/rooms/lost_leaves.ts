import type { ControlEvent } from "../../core/event/event.ts";
import { assert } from "../../core/assert.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { serverOf } from "../../core/ids/user_id.ts";
import type { Clock } from "../../core/ports/clock.ts";
import { eventColumns, type EventRecord, readEvent } from "../postgres/event_rows.ts";
import type { Sql } from "../postgres/sql.ts";
import type { BuiltControl } from "./control_tip.ts";
import { heldOf, type LoadedControl } from "./load_room.ts";

/** How far back a leave is looked for that a merge undid. */
const LOOKED_BACK_MS = 7 * 24 * 3_600_000;
const LEAVES_MAX = 100;

/**
 * Voluntary leaves that a merge undid before this process began: the state holds the very join
 * that they end. A lost leave is always sent again; another lost change only by the process that
 * made it, for somebody may have changed the same meanwhile. PROTOCOL.md 4.
 */
export async function loadLostLeaves(
  deps: { readonly sql: Sql; readonly clock: Clock; readonly serverName: ServerName },
  { tip, graph }: LoadedControl,
): Promise<readonly BuiltControl[]> {
  const { sql, clock } = deps;
  if (tip.authority.joinedServers().size < 2) return [];
  const rows = await sql<EventRecord[]>`
    select ${eventColumns(sql)} from events e
    join current_state s on s.room_id = e.room_id and s.type = 'm.room.member'
      and s.state_key = e.state_key and s.membership = 'join'
    where e.room_id = ${tip.roomId} and e.channel_id is null and e.type = 'm.room.member'
      and e.sender = e.state_key and e.event_id <> s.event_id and e.outcome = 'accepted'
      and e.received_ts > ${clock.now() - LOOKED_BACK_MS}
      and event_json(e.pdu)->'content'->>'membership' = 'leave'
    order by e.received_ts desc limit ${LEAVES_MAX}`;
  const lost: BuiltControl[] = [];
  for (const event of rows.map((row) => heldOf(readEvent(row)) as ControlEvent)) {
    const { sender, auth_events: authority, prev_events: parents } = event.pdu;
    const standing = tip.state.get("m.room.member", sender);
    if (serverOf(sender) !== deps.serverName) continue;
    if (standing === undefined || !authority.includes(standing.id)) continue;
    const before = await graph.stateAfterAll(parents, { fullSetMax: Infinity });
    assert(before !== undefined, "a resolution without bound always ends");
    lost.push({ event, before, after: before.with(event) });
  }
  return lost;
}
