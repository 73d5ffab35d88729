import type { ControlEvent } from "../event/event.ts";
import { type EventId, parseEventId } from "../ids/event_id.ts";
import { parseRoomId, type RoomId } from "../ids/room_id.ts";
import type { StateView } from "../state/state_map.ts";

/** The room that another goes on from, and the tombstone that closed it. PROTOCOL.md 10 (upgrade). */
export interface Predecessor {
  readonly roomId: RoomId;
  readonly tombstone: EventId;
}

/** What a create event says it goes on from. */
export function predecessorOf(create: ControlEvent | undefined): Predecessor | undefined {
  const named = create?.pdu.content["predecessor"];
  if (typeof named !== "object" || named === null || Array.isArray(named)) return undefined;
  const { room_id: room, tombstone } = named as Record<string, unknown>;
  const roomId = typeof room === "string" ? parseRoomId(room) : undefined;
  const id = typeof tombstone === "string" ? parseEventId(tombstone) : undefined;
  return roomId === undefined || id === undefined ? undefined : { roomId, tombstone: id };
}

/** The room in which another goes on; undefined while it does not, or not yet. */
export function replacementOf(view: Pick<StateView, "get">): RoomId | undefined {
  const named = view.get("m.room.tombstone", "")?.pdu.content["replacement"];
  return typeof named === "string" ? parseRoomId(named) : undefined;
}

/** What makes a successor genuine: it names one of these tombstones, and their sender made it. */
export interface Succession {
  readonly roomId: RoomId;
  readonly sender: string;
  /** Accepted tombstones of that sender in the old room. */
  readonly tombstones: readonly EventId[];
}

/** Whether a room is the one that an upgrade made: by the sender of its tombstones. PROTOCOL.md 10. */
export function isGenuineSuccessor(create: ControlEvent, of: Succession): boolean {
  const named = predecessorOf(create);
  return named !== undefined && named.roomId === of.roomId && create.pdu.sender === of.sender &&
    of.tombstones.includes(named.tombstone);
}
