import type { Checking } from "../../core/api/guild.ts";
import { type ControlEvent, isControlEvent } from "../../core/event/event.ts";
import type { JsonValue } from "../../core/event/json.ts";
import { parsePduValue } from "../../core/event/parse_pdu.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import { Authority } from "../../core/permissions/authority.ts";
import { roomFacts } from "../../core/rules/room_facts.ts";
import { RoomGraph } from "../../core/state/room_graph.ts";
import { StateMap } from "../../core/state/state_map.ts";
import type { Sql } from "../postgres/sql.ts";
import { controlSource, type LoadedControl } from "./load_room.ts";

/** A room as its helper told of it, while its control graph is still being checked. */
export interface Provisional extends LoadedControl {
  readonly checking: Checking;
}

/** What a join was answered with, as it is kept: PDUs whose signatures are verified. */
export interface KeptAnswer {
  readonly pdu: JsonValue;
  readonly state: readonly JsonValue[];
}

/**
 * The room that is being joined, or undefined where none is. Its state is that of the join's
 * answer, with the join itself: good for reading, never for deciding. PROTOCOL.md 9.
 */
export async function loadProvisional(sql: Sql, roomId: RoomId): Promise<Provisional | undefined> {
  const [row] = await sql<{ answer: string; done: number; total: number }[]>`
    select answer, done, total from joining_rooms where room_id = ${roomId}`;
  if (row === undefined) return undefined;
  const { pdu, state } = JSON.parse(row.answer) as KeptAnswer;
  const events = [...state, pdu].flatMap((value) => readControl(value, roomId));
  const create = events.find((event) => event.pdu.type === "m.room.create");
  const facts = create === undefined ? undefined : roomFacts(create);
  const join = events.at(-1);
  if (facts === undefined || join === undefined) return undefined;
  const graph = new RoomGraph(controlSource(sql, roomId), facts);
  const map = StateMap.from(events);
  return {
    graph,
    tip: {
      roomId,
      state: map,
      authority: new Authority(map, facts, graph.memo),
      heads: [join.id],
      group: { key: join.id, depth: 0, state: map },
    },
    checking: { done: row.done, total: row.total },
  };
}

function readControl(value: JsonValue, roomId: RoomId): ControlEvent[] {
  const parsed = parsePduValue(value, { roomId });
  return parsed.kind === "event" && isControlEvent(parsed.event) ? [parsed.event] : [];
}
