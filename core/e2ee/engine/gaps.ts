import type { SealedObject } from "./calls.ts";
import type { DeviceStore, StoreChange } from "./ports.ts";
import { goneRow, jsonRow, readJsonRow } from "./rows.ts";
import type { OpenFault } from "./types.ts";

/** An event that carries a key for this device. */
export interface KeyEvent {
  readonly event_id: string;
  readonly sender: string;
  readonly channel_id: string;
  readonly sealed: SealedObject;
  /** As the feed says it, ms. */
  readonly origin_ts?: number;
}

/** A message whose key this device could not take out of it. */
export interface Gap {
  readonly eventId: string;
  readonly sender: string;
  readonly nonce: string;
  readonly epoch: number;
  /** Its key does not open for what it is said to be: nobody is asked for it. */
  readonly fault?: OpenFault;
}

type Row = Omit<Gap, "eventId">;

const keyOf = (roomId: string, eventId: string) => `${roomId}/${eventId}`;

/** A message is missed; with a fault it is not asked for. */
export function gapRow(
  roomId: string,
  { event_id, sender, sealed: { nonce, epoch } }: Pick<KeyEvent, "event_id" | "sender"> & {
    readonly sealed: Pick<SealedObject, "nonce" | "epoch">;
  },
  fault?: OpenFault,
): StoreChange {
  const row: Row = { sender, nonce, epoch, ...(fault === undefined ? {} : { fault }) };
  return jsonRow("gaps", keyOf(roomId, event_id), row);
}

/** Its key was found. */
export function closedGap(roomId: string, eventId: string): StoreChange {
  return goneRow("gaps", keyOf(roomId, eventId));
}

/** What is known of a message whose key was missed; undefined where none was. */
export async function findGap(
  store: DeviceStore,
  roomId: string,
  eventId: string,
): Promise<Gap | undefined> {
  const bytes = await store.get("gaps", keyOf(roomId, eventId));
  return bytes === undefined ? undefined : { eventId, ...readJsonRow<Row>(bytes) };
}

/** What is missed of a room, without what was found to be false. */
export async function openGaps(store: DeviceStore, roomId: string): Promise<Gap[]> {
  return (await allGaps(store, roomId)).filter(({ fault }) => fault === undefined);
}

/** What is missed of a room, with what was found to be false. */
export async function allGaps(store: DeviceStore, roomId: string): Promise<Gap[]> {
  const prefix = keyOf(roomId, "");
  return (await store.list("gaps", { prefix })).map(({ key, value }) => ({
    eventId: key.slice(prefix.length),
    ...readJsonRow<Row>(value),
  }));
}
