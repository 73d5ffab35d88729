import { getEvents, getHeads, missingEvents } from "../../core/api/federation/events.ts";
import type { ChannelId } from "../../core/ids/channel_id.ts";
import { type EventId, parseEventId } from "../../core/ids/event_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { limits } from "../../core/limits.ts";
import type { Log } from "../../core/ports/log.ts";
import { type Ingest, type Transport, TransportError } from "../../federation/ports.ts";
import type { Sql } from "../postgres/sql.ts";
import type { Joining } from "./joining_rows.ts";

/** Servers that are asked what was said during the check. */
const ASKED_MAX = 3;

export interface CatchUpDeps {
  readonly sql: Sql;
  readonly ingest: Ingest;
  readonly ask: { readonly transport: Pick<Transport, "call"> };
  readonly log: Log;
  readonly serverName: ServerName;
}

/**
 * Takes in what happened while the room was being checked: until then nothing of it was
 * accepted. Asks the helper and two others for their ends and for what lies between.
 */
export async function catchUp(deps: CatchUpDeps, joining: Joining): Promise<void> {
  const { roomId } = joining;
  const servers = [joining.helper, ...joining.servers]
    .filter((server) => server !== deps.serverName).slice(0, ASKED_MAX);
  for (const server of servers) {
    try {
      await catchUpWith(deps, roomId, server);
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      deps.log.log("debug", "A server did not tell what happened during a check.", {
        room: roomId,
        server,
        error,
      });
    }
  }
}

async function catchUpWith(deps: CatchUpDeps, roomId: RoomId, server: ServerName): Promise<void> {
  const { transport } = deps.ask;
  const theirs = await transport.call(server, getHeads, { room_id: roomId });
  const control = await notHeld(deps.sql, roomId, theirs.control);
  if (control.length > 0) {
    // What lies before them is fetched by whoever looks after waiting events.
    const page = await transport.call(server, getEvents, {
      room_id: roomId,
      event_ids: control.slice(0, limits.federation.maxIdsPerRequest),
    });
    await takeIn(deps, { server, roomId, page });
  }
  for (const [channelId, heads] of Object.entries(theirs.channels)) {
    const latest = await notHeld(deps.sql, roomId, heads);
    if (latest.length === 0) continue;
    const page = await transport.call(server, missingEvents, {
      room_id: roomId,
      channel_id: channelId,
      earliest: await headsOf(deps.sql, roomId, channelId as ChannelId),
      latest: latest.slice(0, limits.federation.maxIdsPerRequest),
      limit: limits.federation.maxPdusPerAnswer,
    });
    await takeIn(deps, { server, roomId, page });
  }
}

async function takeIn(
  { ingest }: CatchUpDeps,
  from: {
    readonly server: ServerName;
    readonly roomId: RoomId;
    readonly page: Pick<Parameters<Ingest["ingest"]>[0], "pdus" | "keys">;
  },
): Promise<void> {
  await ingest.ingest({
    door: "missing",
    origin: from.server,
    roomId: from.roomId,
    ...from.page,
  });
}

async function notHeld(sql: Sql, roomId: RoomId, raw: readonly string[]): Promise<EventId[]> {
  const ids = raw.map(parseEventId).filter((id) => id !== undefined);
  if (ids.length === 0) return [];
  const rows = await sql<{ event_id: EventId }[]>`
    select event_id from events where room_id = ${roomId} and event_id = any(${ids})`;
  const held = new Set(rows.map((row) => row.event_id));
  return ids.filter((id) => !held.has(id));
}

async function headsOf(sql: Sql, roomId: RoomId, channelId: ChannelId): Promise<EventId[]> {
  const [row] = await sql<{ event_ids: EventId[] }[]>`
    select event_ids from graph_heads where room_id = ${roomId} and channel_id = ${channelId}`;
  return (row?.event_ids ?? []).slice(0, limits.federation.maxIdsPerRequest);
}
