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
import { loadControlTip } from "./load_room.ts";
import { Room, type RoomDeps } from "./room.ts";
import { currentState, headMoves } from "../postgres/room_rows.ts";
import { nextStateGroup, stateGroups } from "../postgres/state_groups.ts";

/** Rooms kept in memory; the least recently used goes first and is read back when needed. */
const ROOMS_MAX = 2000;

/** The rooms of this process: each loaded once, shared by everything that asks. */
export class Rooms {
  readonly #deps: RoomDeps;
  readonly #rooms = new Map<RoomId, Promise<Room | undefined>>();

  constructor(deps: RoomDeps) {
    this.#deps = deps;
  }

  /** The room, or undefined where this server does not hold it. */
  async open(id: RoomId): Promise<Room | undefined> {
    const known = this.#rooms.get(id);
    if (known !== undefined) {
      const room = await known;
      if (room === undefined || !room.stale) {
        if (this.#rooms.get(id) === known) this.#touch(id, known);
        return room;
      }
      if (this.#rooms.get(id) === known) this.#rooms.delete(id);
      return await this.open(id);
    }
    const loading = loadControlTip(this.#deps.sql, id).then((tip) =>
      tip === undefined ? undefined : new Room(this.#deps, tip)
    );
    this.#touch(id, loading);
    const room = await loading.catch((error) => {
      this.#rooms.delete(id);
      throw error;
    });
    if (room === undefined) this.#rooms.delete(id);
    return room;
  }

  #touch(id: RoomId, room: Promise<Room | undefined>): void {
    this.#rooms.delete(id);
    this.#rooms.set(id, room);
    if (this.#rooms.size <= ROOMS_MAX) return;
    const [oldest] = this.#rooms.keys();
    if (oldest !== undefined) this.#rooms.delete(oldest);
  }

  /** A room already in memory, without waiting; undefined where it would have to be read. */
  async peek(id: RoomId): Promise<Room | undefined> {
    return await this.#rooms.get(id);
  }

  /**
   * The room with this id as it comes from a request. Throws `not_found` for a malformed id,
   * for a room that is not held, and for one the user is not joined to: all three alike.
   */
  async openFor(userId: UserId, rawId: string): Promise<Room> {
    // A room in memory proves its id: nothing needs to be decoded.
    const held = this.#rooms.has(rawId as RoomId);
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
    const room = new Room(this.#deps, chain.tip);
    this.#touch(room.id, Promise.resolve(room));
    return room;
  }

  /** Keeps loaded rooms in step with what other processes of this homeserver store. */
  async observe(stored: StoredEvent): Promise<void> {
    const room = await this.#rooms.get(stored.roomId)?.catch(() => undefined);
    await room?.observe(stored);
  }
}

/** "Forbidden" and "unknown" cannot be told apart. */
export function roomNotFound(): OperationError {
  return new OperationError(
    "not_found",
    "There is no such place, or it is not open to you. Ask for a new invite link.",
  );
}
