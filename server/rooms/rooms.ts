import { assert } from "../../core/assert.ts";
import { OperationError } from "../../core/errors.ts";
import { buildControlEvent } from "../../core/event/build.ts";
import type { ControlEvent } from "../../core/event/event.ts";
import { parseRoomId, type RoomId } from "../../core/ids/room_id.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import { Authority } from "../../core/permissions/authority.ts";
import { roomFacts } from "../../core/rules/room_facts.ts";
import { RoomGraph } from "../../core/state/room_graph.ts";
import { StateMap } from "../../core/state/state_map.ts";
import type { StoredEvent } from "../postgres/event_rows.ts";
import type { TaggedRow } from "../postgres/row_kind.ts";
import { controlRow, currentStateRow, extendControl } from "./control_tip.ts";
import type { Genesis } from "./genesis.ts";
import { controlSource, type LoadedControl } from "./load_room.ts";
import { Room, type RoomDeps } from "./room.ts";
import { currentState, headMoves } from "../postgres/room_rows.ts";
import { nextStateGroup, stateGroups } from "../postgres/state_groups.ts";

/** Rooms kept in memory; the least recently used goes first and is read back when needed. */
const ROOMS_MAX = 2000;
/** Control events kept in memory as whole graphs, over all rooms: about 2 KiB each. */
const GRAPH_EVENTS_MAX = 100_000;

/**
 * The rooms of this process. There is never more than one object for a room: its queues are
 * what keeps changes in order, so one that is still in use is found even after it was let go.
 */
export class Rooms {
  readonly #deps: RoomDeps;
  /** Kept because they were used lately, the least recent first. */
  readonly #recent = new Map<RoomId, Room>();
  readonly #live = new Map<RoomId, WeakRef<Room>>();
  readonly #loading = new Map<RoomId, Promise<Room | undefined>>();
  readonly #collected = new FinalizationRegistry<RoomId>((id) => {
    if (this.#live.get(id)?.deref() === undefined) this.#live.delete(id);
  });

  constructor(deps: RoomDeps) {
    this.#deps = deps;
  }

  /** The room, or undefined where this server does not hold it. */
  async open(id: RoomId): Promise<Room | undefined> {
    const room = this.#held(id) ?? await (this.#loading.get(id) ?? this.#load(id));
    if (room === undefined) return undefined;
    this.#touch(room);
    if (room.stale) await room.refresh();
    return room;
  }

  /** The room became another in the store, by a join or the end of its check: read it anew. */
  forget(id: RoomId): void {
    this.#recent.delete(id);
    this.#live.delete(id);
    this.#loading.delete(id);
  }

  /** Rooms in use that were joined elsewhere and are held as not yet checked. */
  beingChecked(): readonly Room[] {
    return [...this.#recent.values()].filter((room) => room.checking !== undefined);
  }

  /** Frees graphs of rooms that were not used lately, while all together are too large. */
  trimGraphs(): void {
    let left = GRAPH_EVENTS_MAX;
    for (const room of [...this.#recent.values()].reverse()) {
      left -= room.graph.size;
      if (left < 0) room.graph.unload();
    }
  }

  #held(id: RoomId): Room | undefined {
    return this.#recent.get(id) ?? this.#live.get(id)?.deref();
  }

  #load(id: RoomId): Promise<Room | undefined> {
    const loading: Promise<Room | undefined> = Room.load(this.#deps, id)
      .then((room) => {
        // Unless it was forgotten while it was read: then it may be as it was before.
        if (room !== undefined && this.#loading.get(id) === loading) this.#hold(room);
        return room;
      })
      .finally(() => {
        if (this.#loading.get(id) === loading) this.#loading.delete(id);
      });
    this.#loading.set(id, loading);
    return loading;
  }

  #hold(room: Room): void {
    this.#live.set(room.id, new WeakRef(room));
    this.#collected.register(room, room.id);
    this.#touch(room);
  }

  #touch(room: Room): void {
    this.#recent.delete(room.id);
    this.#recent.set(room.id, room);
    if (this.#recent.size <= ROOMS_MAX) return;
    const [oldest] = this.#recent.keys();
    if (oldest !== undefined) this.#recent.delete(oldest);
  }

  /**
   * The room with this id as it comes from a request. Throws `not_found` for a malformed id,
   * for a room that is not held, and for one the user is not joined to: all three alike.
   */
  async openFor(userId: UserId, rawId: string): Promise<Room> {
    // A room in memory proves its id: nothing needs to be decoded.
    const held = this.#recent.has(rawId as RoomId);
    const id = held ? rawId as RoomId : parseRoomId(rawId);
    const room = id === undefined ? undefined : await this.open(id);
    if (room === undefined || !room.authority.isJoined(userId)) throw roomNotFound();
    return room;
  }

  /** The guild of a private room, where this server holds it and has checked it. */
  async guildOf({ authority: { room } }: Pick<Room, "authority">): Promise<Room | undefined> {
    const id = room.kind === "private" ? parseRoomId(room.guild ?? "") : undefined;
    const guild = id === undefined ? undefined : await this.open(id);
    return guild?.checking === undefined ? guild : undefined;
  }

  /** Makes a room and stores its first events in one transaction. */
  async create(
    genesis: Genesis,
    creator: UserId,
    rows: readonly TaggedRow[] | ((roomId: RoomId) => readonly TaggedRow[]) = [],
  ): Promise<Room> {
    const { clock, rng, blake3, signer, log } = this.#deps;
    const nowMs = clock.now();
    const options = { nowMs, rng, blake3, signer: await signer.current(nowMs) };
    const create = await buildControlEvent({
      type: "m.room.create",
      sender: creator,
      stateKey: "",
      originTs: nowMs,
      content: genesis.create,
      prevEvents: [],
      authEvents: [],
    }, options);
    const { tip, graph, rows: first } = beginRoom(this.#deps, create);
    const chain = await extendControl(tip, genesis.rest, options);
    await log.append({
      roomId: create.roomId,
      events: [controlRow(create, nowMs), ...chain.events],
      rows: [...first, ...chain.rows, ...(typeof rows === "function" ? rows(create.roomId) : rows)],
    });
    for (const { event, after } of chain.built) graph.note(event, after);
    return await this.#holdNew({ tip: chain.tip, graph });
  }

  /** Holds a room of another server from its create event on; the room there is, if there is one. */
  async adopt(create: ControlEvent): Promise<Room> {
    const known = await this.open(create.roomId);
    if (known !== undefined) return known;
    const { tip, graph, rows } = beginRoom(this.#deps, create);
    try {
      await this.#deps.log.append({
        roomId: create.roomId,
        events: [controlRow(create, this.#deps.clock.now())],
        rows,
      });
    } catch (error) {
      const other = await this.open(create.roomId);
      if (other !== undefined) return other;
      throw error;
    }
    return await this.#holdNew({ tip, graph });
  }

  /** Whoever heard of it at the commit may have read it already. */
  async #holdNew(loaded: LoadedControl): Promise<Room> {
    const { roomId } = loaded.tip;
    const known = this.#held(roomId) ?? await this.#loading.get(roomId);
    if (known !== undefined) return known;
    const room = new Room(this.#deps, loaded);
    this.#hold(room);
    return room;
  }

  /**
   * Keeps loaded rooms in step with what other processes of this homeserver store. True where
   * more may have changed than the event says.
   */
  async observe(stored: StoredEvent): Promise<boolean> {
    const { roomId } = stored;
    const room = this.#held(roomId) ?? await this.#loading.get(roomId)?.catch(() => undefined);
    return await room?.observe(stored) ?? false;
  }
}

/** The end of a graph that has its create event alone, and the rows that store it. */
function beginRoom(
  { sql, graph: options }: Pick<RoomDeps, "sql" | "graph">,
  create: ControlEvent,
): LoadedControl & { readonly rows: readonly TaggedRow[] } {
  const facts = roomFacts(create);
  assert(facts !== undefined, "a create event that is stored names a known kind");
  const { roomId } = create;
  const state = StateMap.from([create]);
  const graph = new RoomGraph(controlSource(sql, roomId), facts, options);
  graph.note(create, state);
  const group = nextStateGroup({
    roomId,
    key: create.id,
    changed: [],
    size: state.size,
    full: () => [["m.room.create", "", create.id]],
  });
  const tip = {
    roomId,
    state,
    authority: new Authority(state, facts, graph.memo),
    heads: [create.id],
    group: { key: group.key, depth: group.depth, state },
  };
  const rows = [
    stateGroups.of(group),
    currentState.of(currentStateRow(create)),
    headMoves.of({ roomId, remove: [], add: [create.id] }),
  ];
  return { tip, graph, rows };
}

/** "Forbidden" and "unknown" cannot be told apart. */
export function roomNotFound(): OperationError {
  return new OperationError(
    "not_found",
    "There is no such place, or it is not open to you. Ask for a new invite link.",
  );
}
