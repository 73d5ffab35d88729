/**
 * Durable single-event sends per second through the append log, beside `pgbench` inserting and
 * committing single rows of the same size with as many clients on the same Postgres, taking
 * turns: `deno run -A tests/bench/append_log.ts [SECONDS]`. Only the ratio means something.
 */
import type { EventId } from "../../core/ids/event_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import { AppendLog } from "../../server/postgres/append_log.ts";
import { openDatabase } from "../../server/postgres/database.ts";
import type { EventRow } from "../../server/postgres/event_rows.ts";
import { headMoves } from "../../server/postgres/room_rows.ts";
import type { Sql } from "../../server/postgres/sql.ts";
import { systemClock } from "../../server/system/clock.ts";
import { silentLog } from "../../server/system/log.ts";
import { someEvent, someRoomId } from "../harness/log_rows.ts";
import { keepDatabasesOnDisk } from "../harness/memory_folder.ts";
import { freshDatabase } from "../harness/postgres.ts";
import { tempFolder } from "../harness/temp_folder.ts";
import { CONTROL_TABLE, pgbench } from "./pgbench.ts";

const CALLERS = [1, 16, 64, 256];
const MOST_EVENTS_PER_SECOND = 20_000;
const BODY = "x".repeat(80);

interface Load {
  readonly callers: number;
  readonly seconds: number;
}

/** Building events is the callers' work, and not measured here. */
function makeEvents(count: number): EventRow[] {
  const roomId = someRoomId();
  return Array.from({ length: count }, () => someEvent(roomId, { body: BODY }));
}

/** Every caller sends one event after the other and waits for each, as a chat server does. */
async function sends(
  log: AppendLog,
  load: Load,
  rooms: readonly RoomId[],
  events: EventRow[],
): Promise<{ readonly rate: number; readonly count: number }> {
  const begun = performance.now();
  const until = begun + load.seconds * 1000;
  let count = 0;
  await Promise.all(Array.from({ length: load.callers }, async (_, caller) => {
    const roomId = rooms[caller % rooms.length] ?? someRoomId();
    let parent: EventId | undefined;
    while (performance.now() < until) {
      const made = events.pop();
      if (!made) throw new Error("Not enough events were made beforehand.");
      const event = { ...made, roomId };
      const move = headMoves.of({
        roomId,
        ...(event.channelId === undefined ? {} : { channelId: event.channelId }),
        remove: parent === undefined ? [] : [parent],
        add: [event.eventId],
      });
      await log.append({ roomId, events: [event], rows: [move] });
      parent = event.eventId;
      count++;
    }
  }));
  return { rate: count / ((performance.now() - begun) / 1000), count };
}

/** Processor time so far, in microseconds, of this process and of the log's database sessions. */
async function cpuTime(sql: Sql): Promise<{ readonly own: number; readonly database: number }> {
  const sessions = await sql<{ pid: number }[]>`
    select pid from pg_stat_activity where application_name = 'openguild log'`;
  const of = async (pid: number | "self") => {
    const fields = (await Deno.readTextFile(`/proc/${pid}/stat`)).split(") ")[1]?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) * 10_000;
  };
  let database = 0;
  for (const { pid } of sessions) database += await of(pid);
  return { own: await of("self"), database };
}

async function main(seconds: number): Promise<void> {
  await using outside = await freshDatabase();
  await using folder = await tempFolder();
  await Deno.chmod(folder.path, 0o755);
  await using db = await openDatabase({
    url: outside.url,
    dataFolder: folder.path,
    poolSize: 4,
    acceptUnsafe: false,
    log: silentLog,
    onFailure: (error) => console.error(error),
  });
  await db.sql.unsafe(CONTROL_TABLE);
  const size = (someEvent(someRoomId(), { body: BODY }) satisfies EventRow).pdu.length;
  await using log = await AppendLog.open({
    sql: db.logSql,
    session: db.session,
    clock: systemClock,
    log: silentLog,
  });
  const rooms = Array.from({ length: 256 }, someRoomId);
  await sends(log, { callers: 64, seconds: 1 }, rooms, makeEvents(MOST_EVENTS_PER_SECOND));
  const cores = navigator.hardwareConcurrency;
  console.log(`Rows of ${size} bytes, ${seconds} s each, on ${cores} cores.`);
  console.log("callers | pgbench/s | rooms | sends/s | ratio | us CPU per send: here + database");
  for (const callers of CALLERS) {
    const load = { callers, seconds };
    for (const chosen of callers === 1 ? [rooms.slice(0, 1)] : [rooms, rooms.slice(0, 1)]) {
      const control = () =>
        pgbench({ url: outside.url, folder: folder.path, clients: callers, seconds });
      const before = await control();
      const events = makeEvents(MOST_EVENTS_PER_SECOND * seconds);
      const cpuBefore = await cpuTime(db.sql);
      const { rate, count } = await sends(log, load, chosen.slice(0, callers), events);
      const cpu = await cpuTime(db.sql);
      const commits = (before + await control()) / 2;
      const each = (key: "own" | "database") => Math.round((cpu[key] - cpuBefore[key]) / count);
      console.log(
        [
          callers,
          Math.round(commits),
          Math.min(chosen.length, callers),
          Math.round(rate),
          (rate / commits).toFixed(2),
          `${each("own")} + ${each("database")}`,
        ].join(" | "),
      );
    }
  }
}

if (import.meta.main) {
  keepDatabasesOnDisk();
  await main(Number(Deno.args[0] ?? 5));
}
