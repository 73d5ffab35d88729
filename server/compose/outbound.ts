import { standingOf } from "../../federation/outbound/health.ts";
import { type HeldDestination, OutboundEngine } from "../../federation/outbound/outbound_engine.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { Bus } from "../../core/ports/bus.ts";
import type { Clock } from "../../core/ports/clock.ts";
import { IntactEvents } from "../federation/intact_events.ts";
import { PostgresDestinationStore } from "../federation/destination_store.ts";
import { MissedGraphs } from "../federation/missed_graphs.ts";
import { OutboundFeed } from "../federation/outbound_feed.ts";
import { busRelay, subscribeRelay } from "../federation/outbound_relay.ts";
import { PostgresOutgoingLog } from "../federation/outgoing_log.ts";
import { PostgresRoomReader } from "../federation/room_reader.ts";
import { RoomServers } from "../federation/room_servers.ts";
import { ServerSight } from "../federation/server_sight.ts";
import { SightWatch } from "../federation/sight_watch.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { Rooms } from "../rooms/rooms.ts";
import type { AwayServers } from "../services/federation/away_servers.ts";
import type { DestinationDeps } from "../services/federation/destinations.ts";
import type { FederationParts } from "./federation.ts";
import type { StoreParts, SystemParts } from "./store.ts";

/** What sends to other servers, and what knows who they are. */
export interface OutboundParts {
  readonly engine: OutboundEngine;
  readonly servers: RoomServers;
  readonly sight: ServerSight;
  readonly outgoing: PostgresOutgoingLog;
  /** For those who look after the server. */
  readonly desk: DestinationDeps;
}

export interface OutboundInput {
  readonly store: StoreParts;
  readonly bus: Bus;
  readonly rooms: Rooms;
  readonly serverName: ServerName;
  readonly federation: FederationParts;
  readonly metrics: Metrics;
  readonly away: AwayServers;
  /** People who look at these rooms see other servers as away than before. */
  readonly announceRooms: (roomIds: Iterable<RoomId>) => void;
  /** The servers that are away, when these change. */
  readonly showAway: (servers: ReadonlySet<ServerName>) => void;
  /** Ends when the rooms in memory know everything that the feed gave so far. */
  readonly settled: () => Promise<void>;
  readonly stack: AsyncDisposableStack;
}

/** Begins to send: first what was stored while this process was not there. */
export async function composeOutbound(
  system: SystemParts,
  input: OutboundInput,
): Promise<OutboundParts> {
  const { clock, rng } = system;
  const { store, bus, rooms, serverName, federation, metrics, stack } = input;
  const log = system.log.child({ part: "federation" });
  const { sql } = store.database;
  const { instance } = store.feed.token;
  const missed = new MissedGraphs(sql);
  const servers = await RoomServers.open({ sql, rooms, missed, serverName, instance, clock });
  const intact = new IntactEvents({ log, blake3: federation.blake3 });
  const reader = new PostgresRoomReader({ sql, rooms, intact });
  const sight = new ServerSight({ reader, servers, clock });
  const outgoing = new PostgresOutgoingLog({ sql, servers, sight, missed, serverName, intact });
  /** Begins once all that is to be sent can be read. */
  const sender: { engine?: OutboundEngine } = {};
  const wake = (woken?: Iterable<ServerName>) => sender.engine?.wake(woken);
  const watch = stack.use(new SightWatch({ missed, sight, wake, clock, log }));
  const feed = stack.use(
    new OutboundFeed({
      servers,
      sight,
      missed,
      watch,
      outgoing,
      serverName,
      settled: input.settled,
      wake,
      clock,
      log,
    }),
  );
  stack.defer(store.feed.subscribe((batch) => feed.take(batch)));
  await feed.begin();
  const { transport, keyRing, policy, resigner } = federation;
  const engine = sender.engine = stack.use(
    await OutboundEngine.start({
      serverName,
      transport,
      keyRing,
      policy,
      resigner,
      outgoing,
      store: new PostgresDestinationStore({
        sql,
        clock,
        writerId: () => store.appendLog.writerId,
        tip: () => outgoing.tip(),
      }),
      relay: busRelay(bus),
      meter: metrics.outbound,
      clock,
      rng,
      log,
    }),
  );
  stack.defer(subscribeRelay(bus, engine));
  observe(metrics, { engine, clock });
  stack.defer(input.away.follow({
    sql,
    clock,
    log,
    roomsOf: (server) => servers.roomsOf(server),
    changed: input.announceRooms,
    went: input.showAway,
  }));
  const desk = { sql, clock, serverName, policy, engine, outgoing, servers };
  return { engine, servers, sight, outgoing, desk };
}

/** What is paused on purpose alarms nobody. */
const sentTo = ({ pausedSinceMs }: HeldDestination) => pausedSinceMs === undefined;

/** Destinations by how they fare, and what waits in memory. */
function observe(
  metrics: Metrics,
  { engine, clock }: { readonly engine: OutboundEngine; readonly clock: Clock },
): void {
  metrics.observeFederationLag(() => {
    const nowMs = clock.now();
    return Math.max(
      0,
      ...engine.held().filter(sentTo).map((held) => nowMs - (held.behindSinceMs ?? nowMs)),
    );
  });
  metrics.observeDestinations(() => {
    const counts = { unsent: 0, well: 0, trying: 0, away: 0, paused: 0 };
    for (const { health, pausedSinceMs } of engine.held()) {
      counts[pausedSinceMs === undefined ? standingOf(health) : "paused"]++;
    }
    return Object.entries(counts);
  });
  metrics.observeQueue(
    "federation_edus",
    () => engine.held().reduce((sum, { edusWaiting }) => sum + edusWaiting, 0),
  );
  metrics.observeQueue(
    "federation_busy",
    () => engine.held().filter(({ idle }) => !idle).length,
  );
}
