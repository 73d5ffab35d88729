/**
 * One process of a homeserver as far as its log goes: appends to rooms shared with others, three
 * at a time in each, and tells on standard output what was acknowledged and what was refused.
 * Ends when standard input does. Arguments: JSON of `LogProcessOptions`.
 */
import type { RoomId } from "../../core/ids/room_id.ts";
import { AppendError } from "../../server/postgres/append_error.ts";
import { AppendLog } from "../../server/postgres/append_log.ts";
import { openDatabase } from "../../server/postgres/database.ts";
import { headMoves } from "../../server/postgres/room_rows.ts";
import { systemClock } from "../../server/system/clock.ts";
import { jsonLog } from "../../server/system/log.ts";
import { someEvent } from "./log_rows.ts";

export interface LogProcessOptions {
  /** Unique among all processes of a test: the order of its events is checked by it. */
  readonly name: string;
  /** Absent: the embedded database in `dataFolder`. */
  readonly url?: string;
  readonly dataFolder: string;
  readonly rooms: readonly RoomId[];
}

/** One line of the process's report. */
export type LogProcessLine =
  | { readonly kind: "ready" }
  | { readonly kind: "stored"; readonly id: string; readonly writer: number; readonly at: number }
  | { readonly kind: "refused"; readonly id: string; readonly code: string };

const AT_ONCE_IN_A_ROOM = 3;
/** Small batches, so that several are in flight although the callers are few. */
const ENTRIES_PER_BATCH = 6;

function report(line: LogProcessLine): void {
  const bytes = new TextEncoder().encode(JSON.stringify(line) + "\n");
  for (let sent = 0; sent < bytes.length;) sent += Deno.stdout.writeSync(bytes.subarray(sent));
}

async function main(options: LogProcessOptions): Promise<void> {
  const logger = jsonLog({ level: "error", clock: systemClock });
  await using db = await openDatabase({
    ...(options.url === undefined ? {} : { url: options.url }),
    dataFolder: options.dataFolder,
    poolSize: 4,
    acceptUnsafe: false,
    log: logger,
    onFailure: () => Deno.exit(70),
  });
  await using log = await AppendLog.open({
    sql: db.logSql,
    session: db.session,
    clock: systemClock,
    log: logger,
    limits: { entriesPerBatch: ENTRIES_PER_BATCH },
  });
  let stopping = false;
  void Deno.stdin.readable.pipeTo(new WritableStream()).finally(() => stopping = true);
  report({ kind: "ready" });
  let sequence = 0;
  const send = async (roomId: RoomId) => {
    const event = someEvent(roomId, { body: `${options.name}/${++sequence}` });
    const move = headMoves.of({ roomId, remove: [], add: [event.eventId] });
    try {
      const { writerId, position } = await log.append({
        roomId,
        events: [event],
        rows: sequence % 16 === 0 ? [move] : [],
      });
      report({ kind: "stored", id: event.eventId, writer: writerId, at: position });
    } catch (error) {
      if (!(error instanceof AppendError)) throw error;
      report({ kind: "refused", id: event.eventId, code: error.code });
    }
  };
  await Promise.all(options.rooms.map(async (roomId) => {
    while (!stopping) {
      await Promise.all(Array.from({ length: AT_ONCE_IN_A_ROOM }, () => send(roomId)));
    }
  }));
}

if (import.meta.main) await main(JSON.parse(Deno.args[0] ?? "") as LogProcessOptions);
