import { assert } from "../../core/assert.ts";
import { OperationError } from "../../core/errors.ts";
import { buildControlEvent } from "../../core/event/build.ts";
import { parseRoomId, type RoomId } from "../../core/ids/room_id.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import { Authority } from "../../core/permissions/authority.ts";
import { roomFacts } from "../../core/rules/room_facts.ts";
import { StateMap } from "../../core/state/state_map.ts";
import type { StoredEvent } from "../postgres/event_rows.ts";
import type { TaggedRow } from "../postgres/row_kind.ts";
import { controlRow, currentStateRow, extendControl } from "./control_tip.ts";
import type { Genesis } from "./genesis.ts";
import { Room, type RoomDeps } from "./room.ts";
import { currentState, headMoves } from "../postgres/room_rows.ts";
import { nextStateGroup, stateGroups } from "../postgres/state_groups.ts";

/** Rooms kept in memory; the least recently used goes first and is read back when needed. */
const ROOMS_MAX = 2000;

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

  #held(id: RoomId): Room | undefined {
    return this.#recent.get(id) ?? this.#live.get(id)?.deref();
  }

  #load(id: RoomId): Promise<Room | undefined> {
    const loading = Room.load(this.#deps, id)
      .then((room) => {
        if (room !== undefined) this.#hold(room);
        return room;
      })
      .finally(() => this.#loading.delete(id));
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
    const facts = roomFacts(create);
    assert(facts !== undefined, "a create event of ours names a known kind");
    const state = StateMap.from([create]);
    const group = nextStateGroup({
      roomId: create.roomId,
      key: create.id,
      changed: [],
      size: state.size,
      full: () => [["m.room.create", "", create.id]],
    });
    const chain = await extendControl(
      {
        roomId: create.roomId,
        state,
        authority: new Authority(state, facts),
        heads: [create.id],
        group,
      },
      genesis.rest,
      options,
    );
    await log.append({
      roomId: create.roomId,
      events: [controlRow(create, nowMs), ...chain.events],
      rows: [
        stateGroups.of(group),
        currentState.of(currentStateRow(create)),
        headMoves.of({ roomId: create.roomId, remove: [], add: [create.id] }),
        ...chain.rows,
        ...(typeof rows === "function" ? rows(create.roomId) : rows),
      ],
    });
    // Whoever heard of it at the commit may have read it already.
    const known = this.#held(create.roomId) ?? await this.#loading.get(create.roomId);
    if (known !== undefined) return known;
    const room = new Room(this.#deps, chain.tip);
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

/** "Forbidden" and "unknown" cannot be told apart. */
export function roomNotFound(): OperationError {
  return new OperationError(
    "not_found",
    "There is no such place, or it is not open to you. Ask for a new invite link.",
  );
}
