import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Rng } from "../../core/ports/rng.ts";
import { StrictVerifier } from "../../core/event/verify.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { limits } from "../../core/limits.ts";
import { sendHandler } from "../../federation/handle/send.ts";
import { FetchMissing } from "../../federation/inbound/fetch_missing.ts";
import { LookAgain } from "../../federation/inbound/look_again.ts";
import { MergeHeads, type MergeHeadsDeps } from "../../federation/inbound/merge_heads.ts";
import { Pipeline } from "../../federation/inbound/pipeline.ts";
import type { InboundMeter } from "../../federation/inbound/ports.ts";
import { Refill } from "../../federation/inbound/refill.ts";
import { ResolveLater } from "../../federation/inbound/resolve_later.ts";
import { Waiting } from "../../federation/inbound/waiting.ts";
import type {
  EduSink,
  FederationHandler,
  Ingest,
  KeyRing,
  ServerPolicy,
  Transport,
} from "../../federation/ports.ts";
import { forgetSoftFailed, StoredInboundRooms } from "../federation/inbound_rooms.ts";
import { PurgeRunner } from "../federation/purge_runner.ts";
import { StoredReceipts, sweepReceipts } from "../federation/receipts.ts";
import { StoredTransactions } from "../federation/transaction_store.ts";
import { StoredWaiting } from "../federation/waiting_store.ts";
import type { StoredEvent } from "../postgres/event_rows.ts";
import type { LogFeed } from "../postgres/log_feed.ts";
import type { Sql } from "../postgres/sql.ts";
import type { Rooms } from "../rooms/rooms.ts";
import { createBlake3 } from "../system/blake3.ts";

export interface InboundInput {
  readonly sql: Sql;
  readonly rooms: Rooms;
  readonly feed: Pick<LogFeed, "subscribe">;
  readonly serverName: ServerName;
  readonly keys: KeyRing;
  readonly transport: Transport;
  readonly policy: ServerPolicy;
  readonly edus: EduSink;
  readonly meter: InboundMeter;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log: Log;
  readonly stack: AsyncDisposableStack;
}

export interface InboundParts {
  readonly ingest: Ingest;
  readonly handlers: readonly FederationHandler[];
  /** Forgets what is kept for a time alone; called now and then. */
  readonly sweep: () => Promise<void>;
}

/** How events of other servers come in. */
export async function composeInbound(input: InboundInput): Promise<InboundParts> {
  const { sql, clock, stack } = input;
  const purges = stack.use(new PurgeRunner(input));
  const rooms = new StoredInboundRooms({
    ...input,
    purge: (room, purge) => purges.start(room, purge),
  });
  const store = new StoredWaiting(sql);
  const transactions = new StoredTransactions(input);
  const receipts = stack.use(new StoredReceipts(input));
  const verifier = new StrictVerifier();
  const blake3 = await createBlake3();
  let wake = () => {};
  const waiting = new Waiting({ store, keys: input.keys, verifier, clock, wake: () => wake() });
  // What this server has said itself may come back to it: after a restore, or from a third.
  const policy: ServerPolicy = {
    refusal: (server) => server === input.serverName ? undefined : input.policy.refusal(server),
  };
  const lookAgain = stack.use(new LookAgain({ ...input, rooms, verifier, policy }));
  const refill = stack.use(new Refill({ ...input, rooms, ownName: input.serverName }));
  const resolveLater = stack.use(new ResolveLater({ ...input, rooms }));
  const ingest = new Pipeline({
    ...input,
    rooms,
    verifier,
    waiting,
    receipts,
    policy,
    lookAgain,
    refill,
    resolveLater,
    blake3,
  });
  refill.start(ingest);
  const fetching = stack.use(
    new FetchMissing({ ...input, rooms, store, ingest, receipts, ownName: input.serverName }),
  );
  wake = () => fetching.wake();
  const merging = stack.use(
    new MergeHeads({ ...input, ownName: input.serverName, open: mergeable(input.rooms) }),
  );
  stack.defer(input.feed.subscribe(({ events }) => {
    // Whatever moved the control graph, here or in another process.
    for (const roomId of new Set(events.flatMap(controlRoom))) {
      lookAgain.wake(roomId);
      void merging.notice(roomId);
    }
  }));
  return {
    ingest,
    handlers: [sendHandler({ ...input, ingest, transactions })],
    sweep: async () => {
      await transactions.sweep();
      await sweepReceipts(sql);
      await forgetSoftFailed(sql, clock.now() - limits.receive.softFailedKeptMs);
    },
  };
}

/** The room whose control graph an event has moved. */
function controlRoom({ roomId, channelId }: StoredEvent): readonly RoomId[] {
  return channelId === undefined ? [roomId] : [];
}

function mergeable(rooms: Rooms): MergeHeadsDeps["open"] {
  return async (id) => {
    const room = await rooms.open(id);
    if (room === undefined) return undefined;
    await room.settled();
    return {
      heads: room.tip.pending === undefined ? room.tip.heads.length : 0,
      servers: room.authority.joinedServers(),
      join: () => room.joinHeads(),
    };
  };
}
