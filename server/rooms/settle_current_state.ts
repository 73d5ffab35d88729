import type { ControlEvent } from "../../core/event/event.ts";
import { parseStateKey, stateKeyOf } from "../../core/state/state_map.ts";
import { loadCurrentState } from "../postgres/current_state.ts";
import { currentState, type CurrentStateRow } from "../postgres/room_rows.ts";
import { type Sql, sqlState, type Tx } from "../postgres/sql.ts";
import { type ControlTip, currentStateRow } from "./control_tip.ts";

const ROWS_PER_STATEMENT = 1000;
/** SQLSTATE of `nowait`. */
const LOCK_NOT_AVAILABLE = "55P03";

/**
 * Makes the `current_state` table equal to a state that was resolved from several heads: every
 * process writes the keys of its own events, so after a fork the table holds whichever wrote
 * last. Answers false, and changes nothing, where the heads have moved on meanwhile.
 */
export async function settleCurrentState(sql: Sql, tip: ControlTip): Promise<boolean> {
  try {
    return await sql.begin((tx) => settle(tx, tip));
  } catch (error) {
    // An append is under way that holds one of the rows: it moves the heads.
    if (sqlState(error) === LOCK_NOT_AVAILABLE) return false;
    throw error;
  }
}

async function settle(tx: Tx, tip: ControlTip): Promise<boolean> {
  const { roomId } = tip;
  const [graph] = await tx<{ event_ids: string[] }[]>`
    select event_ids from graph_heads where room_id = ${roomId} and channel_id = '' for update`;
  const heads = new Set<string>(tip.heads);
  if (graph?.event_ids.length !== heads.size || !graph.event_ids.every((id) => heads.has(id))) {
    return false;
  }
  const rows = await differences(tx, tip);
  for (let at = 0; at < rows.length; at += ROWS_PER_STATEMENT) {
    const page = rows.slice(at, at + ROWS_PER_STATEMENT);
    // Appends lock these rows before the heads, which are locked here: waiting would be for ever.
    await tx`
      select 1 from current_state c
      join unnest(${page.map((row) => row.type)}::text[], ${
      page.map((row) => row.stateKey)
    }::text[])
        as x(type, state_key) on c.type = x.type and c.state_key = x.state_key
      where c.room_id = ${roomId} for update of c nowait`;
    for (const { kind } of page.slice(0, 1).map(currentState.of)) await kind.write(tx, page);
  }
  return true;
}

/** What the table must be told so that it holds the state. */
async function differences(tx: Tx, tip: ControlTip): Promise<CurrentStateRow[]> {
  const wrong: CurrentStateRow[] = [];
  const held = new Map(
    (await loadCurrentState(tx, tip.roomId)).map((row) => [
      stateKeyOf(row.type, row.stateKey),
      row.eventId,
    ]),
  );
  const resolved = new Map<string, ControlEvent>(tip.state.entries());
  for (const [key, event] of resolved) {
    if (held.get(key) !== event.id) wrong.push(currentStateRow(event));
  }
  for (const key of held.keys()) if (!resolved.has(key)) wrong.push(rowWithout(tip, key));
  return wrong;
}

function rowWithout({ roomId }: ControlTip, key: string): CurrentStateRow {
  const [type, stateKey] = parseStateKey(key);
  return { roomId, type, stateKey };
}
