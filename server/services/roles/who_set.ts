import type { ControlEvent } from "../../../core/event/event.ts";
import type { Right } from "../../../core/permissions/bits.ts";
import type { ExplainCause, ExplainStep } from "../../../core/permissions/explain.ts";
import { saysSo } from "../../../core/permissions/who_set.ts";
import { eventColumns, type EventRecord, readEvent } from "../../postgres/event_rows.ts";
import { heldOf } from "../../rooms/load_room.ts";
import type { Room } from "../../rooms/room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";

/** Former contents looked at; what was set before them is set by nobody that can be named. */
const LOOKED_AT_MAX = 500;

/** Causes that are one event and not a line in one. */
const WHOLE: ReadonlySet<ExplainCause> = new Set(["owner", "closed_channel", "timeout"]);

export interface Setter {
  readonly event_id: string;
  readonly by: string;
  readonly ts: number;
}

/**
 * Who made it so: from the event that is in force back to the first that said the same without
 * a break. Each cites the one it replaced. PROTOCOL.md 4.
 */
export async function whoSet(
  deps: Pick<ChatDeps, "sql">,
  room: Room,
  { step, right }: { readonly step: ExplainStep; readonly right: Right },
): Promise<Setter | null> {
  const current = step.eventId === undefined ? undefined : inForce(room, step);
  if (current === undefined) return null;
  const says = saysSo(step, right, current.pdu.content);
  // Of what nobody gave there is nobody to name.
  if (says === undefined) return WHOLE.has(step.cause) ? setterOf(current) : null;
  const former = await formerOf(deps, room, current);
  let setter = current;
  for (let looked = 0; looked < LOOKED_AT_MAX; looked++) {
    const before = setter.pdu.auth_events.map((id) => former.get(id)).find((event) =>
      event !== undefined
    );
    if (before === undefined || saysSo(step, right, before.pdu.content) !== true) {
      return setterOf(setter);
    }
    setter = before;
  }
  return null;
}

function inForce(room: Room, step: ExplainStep): ControlEvent | undefined {
  for (const type of ["m.guild.roles", "m.channel.policy", "m.room.timeout", "m.guild.owner"]) {
    for (const [, event] of room.authority.view.entriesOf(type)) {
      if (event.id === step.eventId) return event;
    }
  }
  return undefined;
}

async function formerOf(
  deps: Pick<ChatDeps, "sql">,
  room: Room,
  { pdu }: ControlEvent,
): Promise<ReadonlyMap<string, ControlEvent>> {
  const { sql } = deps;
  const rows = await sql<EventRecord[]>`
    select ${eventColumns(sql)} from events e
    where e.room_id = ${room.id} and e.channel_id is null and e.type = ${pdu.type}
      and e.state_key = ${pdu.state_key ?? ""} and e.outcome = 'accepted'
    order by e.position desc limit ${LOOKED_AT_MAX}`;
  return new Map(rows.map((row) => [row.event_id, heldOf(readEvent(row)) as ControlEvent]));
}

function setterOf({ id, pdu }: ControlEvent): Setter {
  return { event_id: id, by: pdu.sender, ts: pdu.origin_ts };
}
