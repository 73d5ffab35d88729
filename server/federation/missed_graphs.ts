import { type ChannelId, MAIN_CHANNEL } from "../../core/ids/channel_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { Sql } from "../postgres/sql.ts";
import { storedServer } from "./stays.ts";

/** All of a room, for a server that has come in. */
export const WHOLE_ROOM = "";
export type MissedGraph = ChannelId | typeof WHOLE_ROOM;

interface Entry {
  readonly stayId: string;
  /** Its ends are being sent, and nothing was passed over since that began. */
  underWay: boolean;
}

interface Graph {
  readonly servers: Map<ServerName, Entry>;
  /** Those who saw the channel when it was last looked at. */
  viewing?: ReadonlySet<ServerName>;
}

interface MissedRow {
  readonly server: string;
  readonly room_id: RoomId;
  readonly channel_id: MissedGraph;
  readonly stay_id: string;
}

/** Servers that something said in a channel was passed over for, and the ends of it not sent yet. */
export async function missedBy(
  sql: Sql,
  { roomId, channelId }: { readonly roomId: RoomId; readonly channelId: ChannelId },
): Promise<ReadonlySet<ServerName>> {
  const rows = await sql<{ server: string }[]>`
    select s.server from destination_stays s join destination_missed m using (stay_id)
    where s.until is null and s.room_id = ${roomId} and m.channel_id = ${channelId}`;
  return new Set(rows.map(({ server }) => storedServer(server)));
}

/**
 * What servers that are in a room were not sent of it, by room and channel, as it stands in
 * `destination_missed`: at most one row for each channel of a room that a server is in. Of a
 * destination that another process holds some of it may be out of date here: `takeUp` reads it anew.
 */
export class MissedGraphs {
  readonly #sql: Sql;
  readonly #rooms = new Map<RoomId, Map<MissedGraph, Graph>>();
  /** Rooms of which a server may see more than before. */
  readonly #due = new Map<ServerName, Set<RoomId>>();

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Reads what is stored of rooms in which stays have begun. */
  async learn(rooms: readonly RoomId[]): Promise<void> {
    const sql = this.#sql;
    this.#add(
      await sql<MissedRow[]>`
        select s.server, s.room_id, m.channel_id, m.stay_id::text
        from destination_stays s join destination_missed m using (stay_id)
        where s.until is null and s.room_id = any(${[...rooms]})`,
    );
  }

  /** Reads what is stored of a server that this process sends to from now on. */
  async takeUp(server: ServerName): Promise<void> {
    const sql = this.#sql;
    const rows = await sql<MissedRow[]>`
      select s.server, s.room_id, m.channel_id, m.stay_id::text
      from destination_stays s join destination_missed m using (stay_id)
      where s.until is null and s.server = ${server}`;
    this.#add(rows);
    for (const row of rows) this.lookAt(server, row.room_id);
  }

  #add(rows: readonly MissedRow[]): void {
    for (const row of rows) {
      const server = storedServer(row.server);
      const { servers } = this.#graph(row.room_id, row.channel_id);
      if (servers.get(server)?.stayId === row.stay_id) continue;
      // What is known of a former stay ended with it.
      for (const graph of this.#rooms.get(row.room_id)?.values() ?? []) {
        if (graph.servers.get(server)?.stayId !== row.stay_id) graph.servers.delete(server);
      }
      servers.set(server, { stayId: row.stay_id, underWay: false });
      this.lookAt(server, row.room_id);
    }
  }

  #graph(roomId: RoomId, name: MissedGraph): Graph {
    const room = this.#rooms.get(roomId) ?? new Map<MissedGraph, Graph>();
    this.#rooms.set(roomId, room);
    const graph = room.get(name) ?? { servers: new Map() };
    room.set(name, graph);
    return graph;
  }

  /** Something said in these channels was passed over. Stored before it ends. */
  async note(
    server: ServerName,
    channels: readonly { readonly roomId: RoomId; readonly channelId: ChannelId }[],
  ): Promise<void> {
    const fresh = channels.filter(({ roomId, channelId }) => {
      const entry = this.#rooms.get(roomId)?.get(channelId)?.servers.get(server);
      if (entry !== undefined) entry.underWay = false;
      return entry === undefined;
    });
    if (fresh.length > 0) this.#add(await this.#store(server, fresh));
    // Whether it sees one of them was judged a moment ago.
    for (const { roomId } of channels) this.lookAt(server, roomId);
  }

  async #store(
    server: ServerName,
    channels: readonly { readonly roomId: RoomId; readonly channelId: ChannelId }[],
  ): Promise<readonly MissedRow[]> {
    const sql = this.#sql;
    return await sql<MissedRow[]>`
      with missed as (
        select s.server, s.room_id, x.channel_id, s.stay_id
        from unnest(${channels.map(({ roomId }) => roomId)}::text[],
          ${channels.map(({ channelId }) => channelId)}::text[]) as x(room_id, channel_id)
        join destination_stays s on s.room_id = x.room_id
        where s.server = ${server} and s.until is null
      ), stored as (
        insert into destination_missed (stay_id, channel_id)
        select stay_id, channel_id from missed on conflict do nothing)
      select server, room_id, channel_id, stay_id::text from missed`;
  }

  /** The server has left the room: what it lacked went with its stay. */
  end(server: ServerName, roomId: RoomId): void {
    for (const { servers } of this.#rooms.get(roomId)?.values() ?? []) servers.delete(server);
  }

  /** The server may see more of the room than when it was looked at. */
  lookAt(server: ServerName, roomId: RoomId): void {
    const rooms = this.#due.get(server) ?? new Set();
    this.#due.set(server, rooms.add(roomId));
  }

  /** So may all of all rooms: nobody knows what has changed. */
  lookAtAll(): void {
    for (const [roomId, graphs] of this.#rooms) {
      for (const { servers } of graphs.values()) {
        for (const server of servers.keys()) this.lookAt(server, roomId);
      }
    }
  }

  /** A room to be looked at for a server; each once. */
  nextDue(server: ServerName): RoomId | undefined {
    const rooms = this.#due.get(server);
    for (const roomId of rooms ?? []) {
      rooms?.delete(roomId);
      return roomId;
    }
    this.#due.delete(server);
    return undefined;
  }

  /** What a server lacks of a room. */
  of(server: ServerName, roomId: RoomId): readonly MissedGraph[] {
    const graphs = this.#rooms.get(roomId) ?? new Map<MissedGraph, Graph>();
    return [...graphs].flatMap(([name, { servers }]) => servers.has(server) ? [name] : []);
  }

  /** Whether any server lacks anything of any room. */
  get lacksAnywhere(): boolean {
    return this.#rooms.size > 0;
  }

  /** Channels of a room of which some server lacks something. */
  channelsOf(roomId: RoomId): readonly ChannelId[] {
    const graphs = this.#rooms.get(roomId) ?? new Map<MissedGraph, Graph>();
    return [...graphs].flatMap(([name, { servers }]) =>
      name === WHOLE_ROOM || servers.size === 0 ? [] : [name]
    );
  }

  /** Private rooms of a guild of which some server lacks something: the guild says who is let in. */
  async privateRoomsOf(guildId: RoomId): Promise<readonly RoomId[]> {
    const rooms = [...this.#rooms].flatMap(([roomId, graphs]) =>
      (graphs.get(MAIN_CHANNEL)?.servers.size ?? 0) > 0 ? [roomId] : []
    );
    if (rooms.length === 0) return [];
    const rows = await this.#sql<{ room_id: RoomId }[]>`
      select room_id from private_channels where guild_id = ${guildId} and room_id = any(${rooms})`;
    return rows.map((row) => row.room_id);
  }

  /** Of those who see a channel now, the ones that lack something of it. */
  lackingAmong(
    viewing: ReadonlySet<ServerName>,
    { roomId, channelId }: { readonly roomId: RoomId; readonly channelId: ChannelId },
  ): readonly ServerName[] {
    const graph = this.#graph(roomId, channelId);
    // The same set: nothing has changed since it was looked at.
    if (graph.viewing === viewing) return [];
    graph.viewing = viewing;
    return [...graph.servers.keys()].filter((server) => viewing.has(server));
  }

  /** The ends of these are sent from now on. */
  begin(server: ServerName, roomId: RoomId, graphs: readonly MissedGraph[]): void {
    for (const name of graphs) {
      const entry = this.#rooms.get(roomId)?.get(name)?.servers.get(server);
      if (entry !== undefined) entry.underWay = true;
    }
  }

  /** They were sent: what was not passed over again meanwhile is lacking no more. */
  async settle(server: ServerName, roomId: RoomId, graphs: readonly MissedGraph[]): Promise<void> {
    const sent = graphs.flatMap((name) => {
      const entry = this.#rooms.get(roomId)?.get(name)?.servers.get(server);
      return entry?.underWay === true ? [{ name, entry }] : [];
    });
    if (sent.length === 0) return;
    await this.#sql`
      delete from destination_missed
      where stay_id = any(${sent.map(({ entry }) => entry.stayId)}::bigint[])
        and channel_id = any(${sent.map(({ name }) => name)}::text[])`;
    for (const { name, entry } of sent) {
      const servers = this.#rooms.get(roomId)?.get(name)?.servers;
      if (servers?.get(server) === entry) servers.delete(server);
      if (servers?.size === 0) this.#rooms.get(roomId)?.delete(name);
    }
    if (this.#rooms.get(roomId)?.size === 0) this.#rooms.delete(roomId);
  }
}
