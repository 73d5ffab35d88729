import type { EventId } from "../../core/ids/event_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { Clock } from "../../core/ports/clock.ts";
import { type KeyRing, type Transport, TransportError } from "../../federation/ports.ts";
import { composeInbound } from "../../server/compose/inbound.ts";
import { AppendLog } from "../../server/postgres/append_log.ts";
import type { Database } from "../../server/postgres/database.ts";
import { LogFeed } from "../../server/postgres/log_feed.ts";
import { Rooms } from "../../server/rooms/rooms.ts";
import { createBlake3 } from "../../server/system/blake3.ts";
import type { RoomGraphOptions } from "../../core/state/room_graph.ts";
import { silentLog } from "../../server/system/log.ts";
import { systemClock } from "../../server/system/clock.ts";
import { systemRng } from "../../server/system/rng.ts";
import { openTestDatabase } from "../harness/database.ts";
import { serverName, testServer } from "../harness/events.ts";

export interface ReceiverOptions {
  readonly keys: KeyRing;
  readonly clock?: Clock;
  readonly transport?: Transport;
  /** Another receiver's database: the same server, started again. */
  readonly database?: Database;
  readonly name?: ServerName;
  readonly graph?: RoomGraphOptions;
  /** Servers that the policy keeps out, and why. */
  readonly barred?: ReadonlyMap<ServerName, string>;
}

/** A server's way in, on a real database, without doors. */
export async function openReceiver(options: ReceiverOptions) {
  const stack = new AsyncDisposableStack();
  const database = options.database ?? stack.use(await openTestDatabase("postgres"));
  const clock = options.clock ?? systemClock;
  const system = { clock, rng: systemRng, log: silentLog };
  const log = stack.use(
    await AppendLog.open({
      sql: database.logSql,
      session: database.session,
      clock: systemClock,
      log: silentLog,
    }),
  );
  const { sql } = database;
  const feed = stack.use(
    await LogFeed.open({ sql, log, instance: "test", clock: systemClock, logger: silentLog }),
  );
  const ownName = options.name ?? serverName("here.example");
  const own = testServer(ownName, 77);
  const blake3 = await createBlake3();
  const rooms = new Rooms({
    ...system,
    serverName: ownName,
    sql,
    log,
    blake3,
    ...(options.graph === undefined ? {} : { graph: options.graph }),
    signer: { current: () => Promise.resolve(own.signer) },
  });
  const counts = new Map<string, number>();
  const edus: { readonly origin: ServerName; readonly type: string }[] = [];
  const inbound = await composeInbound({
    ...system,
    sql,
    rooms,
    feed,
    serverName: ownName,
    keys: options.keys,
    transport: options.transport ?? NOBODY,
    policy: { refusal: (server) => options.barred?.get(server) },
    edus: { receive: (origin, { type }) => void edus.push({ origin, type }) },
    meter: {
      received: (door, outcome) =>
        void counts.set(`${door} ${outcome}`, (counts.get(`${door} ${outcome}`) ?? 0) + 1),
    },
    stack,
  });
  return {
    database,
    sql,
    rooms,
    ingest: inbound.ingest,
    handlers: inbound.handlers,
    edus,
    counts,
    own,
    async outcomes(roomId: RoomId): Promise<Map<EventId, string>> {
      const rows = await sql<{ event_id: EventId; outcome: string }[]>`
        select event_id, outcome from events where room_id = ${roomId}`;
      return new Map(rows.map((row) => [row.event_id, row.outcome]));
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

export type Receiver = Awaited<ReturnType<typeof openReceiver>>;

const NOBODY: Transport = {
  call: (to) => Promise.reject(new TransportError("unreachable", `${to} is away`)),
  download: (to) => Promise.reject(new TransportError("unreachable", `${to} is away`)),
};
