import { damageOf } from "../../postgres/event_damage.ts";
import { eventColumns, type EventRecord, readEvent } from "../../postgres/event_rows.ts";
import type { Sql } from "../../postgres/sql.ts";
import { createBlake3 } from "../../system/blake3.ts";
import { type Finding, ok, problem } from "../finding.ts";

const CHECK = "events";
/** Events per query; so many are looked at where not all are asked for. */
const PAGE = 1000;
/** Named in the report. */
const NAMED_MAX = 20;

/** Stored events still have the hashes that are their names: some of them, or all. */
export async function checkEvents(
  sql: Sql,
  { all }: { readonly all: boolean },
): Promise<Finding[]> {
  const [table] = await sql<{ known: boolean }[]>`
    select to_regclass('events') is not null as known`;
  // A database that no server has used yet: that it is empty, its own check says.
  if (table?.known !== true) return [];
  const blake3 = await createBlake3();
  const named: string[] = [];
  let looked = 0;
  let damaged = 0;
  for await (const records of all ? allEvents(sql) : someEvents(sql)) {
    for (const record of records) {
      looked++;
      const event = readEvent(record);
      const damage = damageOf(event, blake3);
      if (damage === undefined) continue;
      damaged++;
      if (named.length < NAMED_MAX) named.push(`${event.eventId} in ${event.roomId}: ${damage}`);
    }
  }
  if (damaged === 0) return [ok(CHECK, all ? "events.all" : "events.some", { looked })];
  return [
    problem(CHECK, ["events.damaged", "events"], {
      looked,
      damaged,
      named: named.join("; "),
      more: damaged - named.length,
    }),
  ];
}

/** One page, from a place by chance: of many runs none looks at the same events again. */
async function* someEvents(sql: Sql): AsyncGenerator<readonly EventRecord[]> {
  const [start] = await sql<{ room: string }[]>`
    select '!' || chr((49 + random() * 70)::int) as room`;
  const after = await pageAfter(sql, [start?.room ?? "", ""]);
  yield after.length < PAGE ? await pageAfter(sql, ["", ""]) : after;
}

async function* allEvents(sql: Sql): AsyncGenerator<readonly EventRecord[]> {
  for (let from: readonly [string, string] | undefined = ["", ""]; from !== undefined;) {
    const page: readonly EventRecord[] = await pageAfter(sql, from);
    yield page;
    const last = page.at(-1);
    from = last === undefined ? undefined : [last.room_id, last.event_id];
  }
}

async function pageAfter(
  sql: Sql,
  [room, event]: readonly [room: string, event: string],
): Promise<readonly EventRecord[]> {
  return await sql<EventRecord[]>`
    select ${eventColumns(sql)} from events e
    where (e.room_id, e.event_id) > (${room}, ${event})
    order by e.room_id, e.event_id limit ${PAGE}`;
}
