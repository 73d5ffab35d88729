import type { RoomId } from "../../core/ids/room_id.ts";

export interface QueuedItem {
  readonly roomId: RoomId;
  readonly bytes: number;
  /** Must be taken by itself. */
  readonly alone: boolean;
}

interface RoomQueue<Item> {
  readonly items: Item[];
  /** Items of this room are taken and not finished: the room rests until they are. */
  busy: boolean;
}

/**
 * What waits, room by room: items of one room are taken in order, and none while earlier ones
 * are under way. Rooms take turns in the order in which they became ready.
 */
export class RoomQueues<Item extends QueuedItem> {
  readonly #rooms = new Map<RoomId, RoomQueue<Item>>();
  /** Rooms with waiting items and nothing under way; a set keeps the order of insertion. */
  readonly #ready = new Set<RoomId>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(item: Item): void {
    const room = this.#room(item.roomId);
    room.items.push(item);
    this.#size++;
    if (!room.busy) this.#ready.add(item.roomId);
  }

  /** Takes items up to the bounds, at least one if any is ready; their rooms are busy then. */
  take(bounds: { readonly items: number; readonly bytes: number }): Item[] {
    const taken: Item[] = [];
    let bytes = 0;
    let full = false;
    for (const roomId of this.#ready) {
      const { items } = this.#room(roomId);
      let count = 0;
      for (const item of items) {
        const first = taken.length + count === 0;
        const fits = taken.length + count < bounds.items && bytes + item.bytes <= bounds.bytes;
        full = !first && (item.alone || !fits);
        if (full) break;
        count++;
        bytes += item.bytes;
        full = item.alone;
        if (full) break;
      }
      if (count > 0) {
        for (const item of items.splice(0, count)) taken.push(item);
        this.#room(roomId).busy = true;
        this.#ready.delete(roomId);
      }
      if (full) break;
    }
    this.#size -= taken.length;
    return taken;
  }

  /** Returns taken items to the front of their rooms, before `finish`. */
  putBack(items: readonly Item[]): void {
    for (const item of [...items].reverse()) this.#room(item.roomId).items.unshift(item);
    this.#size += items.length;
  }

  /** The taken items have ended; their rooms may go on. */
  finish(items: readonly Item[]): void {
    for (const { roomId } of items) {
      const room = this.#rooms.get(roomId);
      if (!room) continue;
      room.busy = false;
      if (room.items.length > 0) this.#ready.add(roomId);
      else this.#rooms.delete(roomId);
    }
  }

  /** Takes away everything that waits in a room. */
  drain(roomId: RoomId): readonly Item[] {
    const items = this.#rooms.get(roomId)?.items.splice(0) ?? [];
    this.#ready.delete(roomId);
    this.#size -= items.length;
    return items;
  }

  #room(roomId: RoomId): RoomQueue<Item> {
    let room = this.#rooms.get(roomId);
    if (!room) {
      room = { items: [], busy: false };
      this.#rooms.set(roomId, room);
    }
    return room;
  }
}
