import { decodeBase58To32, encodeBase58Of32 } from "./base58.ts";
import type { Brand } from "./brand.ts";
import type { EventId } from "./event_id.ts";
import { ProvenTexts } from "./proven_texts.ts";

/** A room, `!` and the base58 of its create event's hash. PROTOCOL.md 3. */
export type RoomId = Brand<"RoomId">;

const proven = new ProvenTexts(1024);

/** The room id, or undefined unless it is the one encoding of 32 bytes. */
export function parseRoomId(text: string): RoomId | undefined {
  if (proven.has(text)) return text as RoomId;
  if (text.charCodeAt(0) !== 0x21 || decodeBase58To32(text.slice(1)) === undefined) {
    return undefined;
  }
  proven.add(text);
  return text as RoomId;
}

/** The room of a create event's hash. Throws RangeError unless `hash` has 32 bytes. */
export function roomIdFromHash(hash: Uint8Array): RoomId {
  return `!${encodeBase58Of32(hash)}` as RoomId;
}

/** The create event of a room. */
export function createEventIdOf(room: RoomId): EventId {
  return `$${room.slice(1)}` as EventId;
}

/** The 32 raw bytes of the create event's hash. */
export function hashOfRoomId(room: RoomId): Uint8Array<ArrayBuffer> {
  const hash = decodeBase58To32(room.slice(1));
  if (hash === undefined) throw new RangeError(`Cannot decode room id "${room}"`);
  return hash;
}
