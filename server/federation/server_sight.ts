import type { ChannelId } from "../../core/ids/channel_id.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { serverOf } from "../../core/ids/user_id.ts";
import { limits } from "../../core/limits.ts";
import type { Authority } from "../../core/permissions/authority.ts";
import type { Clock } from "../../core/ports/clock.ts";
import { belongs } from "../../federation/handle/open_room.ts";
import type { ReadableRoom, RoomReader } from "../../federation/handle/ports.ts";
import { Viewers } from "../../federation/handle/viewer.ts";
import { firstInTurn } from "../../federation/turn_of.ts";
import type { StoredEvent } from "../postgres/event_rows.ts";
import { heldOf } from "../rooms/load_room.ts";
import type { RoomServers } from "./room_servers.ts";
import { duringStay } from "./stays.ts";

/** Viewers looked up in an old state; whoever of them could see then decides. */
const VIEWERS_MAX = 256;

export interface ServerSightDeps {
  readonly reader: RoomReader;
  readonly servers: RoomServers;
  readonly clock: Clock;
}

/** Of what was said here, what another server may have by itself. PROTOCOL.md 2 (who receives). */
export class ServerSight {
  readonly #deps: ServerSightDeps;

  constructor(deps: ServerSightDeps) {
    this.#deps = deps;
  }

  /** The servers that get an event which was just stored. */
  async targets(stored: StoredEvent): Promise<readonly ServerName[]> {
    const stays = this.#deps.servers.in(stored.roomId).filter((stay) => duringStay(stay, stored));
    const servers = [...new Set(stays.map(({ server }) => server))];
    if (servers.length === 0 || stored.channelId === undefined) return servers;
    const viewing = await this.viewing(stored.roomId, stored.channelId);
    return servers.filter((server) => viewing.has(server));
  }

  /** Servers that may be sent what is said in a channel now. */
  async viewing(roomId: RoomId, channelId: ChannelId): Promise<ReadonlySet<ServerName>> {
    const room = await this.#deps.reader.open(roomId);
    return room === undefined ? new Set() : viewingServers(room, channelId);
  }

  /** It shared the room when this was stored. */
  concerns(server: ServerName, stored: StoredEvent): boolean {
    const at = stored.first ?? stored;
    return this.#deps.servers.of(server, stored.roomId).some((stay) => duringStay(stay, at));
  }

  /** One question after another about one server, at one moment. */
  look(server: ServerName): ServerLook {
    return new ServerLook(this.#deps, server);
  }
}

export class ServerLook {
  readonly #deps: ServerSightDeps;
  readonly #server: ServerName;
  readonly #rooms = new Map<RoomId, Promise<Viewers | undefined>>();
  readonly #seenAt = new Map<string, Promise<boolean>>();

  constructor(deps: ServerSightDeps, server: ServerName) {
    this.#deps = deps;
    this.#server = server;
  }

  /** Whether a viewer is there now. */
  async sees(stored: StoredEvent): Promise<boolean> {
    const { channelId } = stored;
    if (channelId === undefined) return true;
    const viewers = await this.#viewers(stored.roomId);
    return viewers !== undefined && viewingServers(viewers.room, channelId).has(this.#server);
  }

  /** Those of these channels in which a viewer is there now. */
  async seenAmong(
    roomId: RoomId,
    channels: readonly ChannelId[],
  ): Promise<readonly ChannelId[]> {
    const room = (await this.#viewers(roomId))?.room;
    return room === undefined
      ? []
      : channels.filter((channelId) => viewingServers(room, channelId).has(this.#server));
  }

  /**
   * The same of what could not be sent at its time: besides, it must be what would have been
   * sent then, or what its viewers may read back now.
   */
  async seesLate(stored: StoredEvent): Promise<boolean> {
    if (!await this.sees(stored) || stored.channelId === undefined) {
      return stored.channelId === undefined;
    }
    const viewers = await this.#viewers(stored.roomId);
    if (viewers === undefined) return false;
    return await viewers.mayRead(heldOf(stored)) || await this.#sawThen(viewers.room, stored);
  }

  /**
   * Whether a server of the room is one of the few that tell this one what others made of the
   * control graph: two that came in at once may not know of each other.
   */
  async isIntroducedBy(server: ServerName, roomId: RoomId): Promise<boolean> {
    const viewers = await this.#viewers(roomId);
    if (viewers === undefined || (await viewers.room.heads()).control.length < 2) return false;
    return firstServers(viewers.room)
      .filter((name) => name !== this.#server)
      .slice(0, limits.federation.maxIntroducers)
      .includes(server);
  }

  #viewers(roomId: RoomId): Promise<Viewers | undefined> {
    const known = this.#rooms.get(roomId);
    if (known !== undefined) return known;
    const asker = { server: this.#server, nowMs: this.#deps.clock.now() };
    const opening = this.#deps.reader.open(roomId)
      .then((room) => room === undefined ? undefined : new Viewers(room, asker));
    this.#rooms.set(roomId, opening);
    return opening;
  }

  #sawThen(room: ReadableRoom, stored: StoredEvent): Promise<boolean> {
    const { pdu } = heldOf(stored);
    const refs: readonly EventId[] = "state_refs" in pdu ? pdu.state_refs : [];
    const key = `${stored.channelId} ${refs.join()}`;
    const known = this.#seenAt.get(key);
    if (known !== undefined) return known;
    const answer = this.#couldSee(room, stored, refs);
    this.#seenAt.set(key, answer);
    return answer;
  }

  async #couldSee(
    room: ReadableRoom,
    { channelId, originTs: atTs }: StoredEvent,
    refs: readonly EventId[],
  ): Promise<boolean> {
    if (channelId === undefined) return false;
    const users = [...room.authority.viewersOf(channelId)]
      .filter((user) => serverOf(user) === this.#server && belongs(room, user))
      .slice(0, VIEWERS_MAX);
    const then = await room.authorityAt(refs, { channelId, users });
    if (then === undefined) return false;
    return users.some((user) => then.has(user, "VIEW_CHANNEL", { atTs, channelId }));
  }
}

/** By what is known of a room: a server that comes in meets all others at once. */
const firstByAuthority = new WeakMap<Authority, readonly ServerName[]>();

/** One more than are needed: who asks is left out. */
function firstServers({ id, authority }: ReadableRoom): readonly ServerName[] {
  const known = firstByAuthority.get(authority);
  if (known !== undefined) return known;
  const count = limits.federation.maxIntroducers + 1;
  const first = firstInTurn(id, authority.joinedServers(), count);
  firstByAuthority.set(authority, first);
  return first;
}

/** Of a private room only those count whom its guild still lets in. PROTOCOL.md 2 and 9. */
function viewingServers(room: ReadableRoom, channelId: ChannelId): ReadonlySet<ServerName> {
  if (room.guild === undefined) return room.authority.viewingServers(channelId);
  const viewers = [...room.authority.viewersOf(channelId)].filter((user) => belongs(room, user));
  return new Set(viewers.map(serverOf).filter((server) => room.authority.letsIn(server)));
}
