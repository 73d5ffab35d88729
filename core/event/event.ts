import type { ChannelId } from "../ids/channel_id.ts";
import type { EventId } from "../ids/event_id.ts";
import type { RoomId } from "../ids/room_id.ts";
import type { ServerName } from "../ids/server_name.ts";
import type { UserId } from "../ids/user_id.ts";
import type { JsonObject } from "./json.ts";

/** `{server: {"ed25519:kid": unpadded base64}}` */
export type Signatures = Readonly<Record<string, Readonly<Record<string, string>>>>;

interface Envelope {
  readonly type: string;
  /** Absent on `m.room.create` alone, whose own hash names the room. */
  readonly room_id?: RoomId;
  readonly sender: UserId;
  readonly origin_server: ServerName;
  /** Milliseconds since the epoch, 1.6e12 <= ts < 2^42. */
  readonly origin_ts: number;
  readonly content: JsonObject;
  /** base58 of 16 random bytes; goes with the content on redaction. */
  readonly salt?: string;
  readonly content_hash: string;
  readonly prev_events: readonly EventId[];
  readonly signatures: Signatures;
}

/** An event of a room's one control graph: it decides what may happen. PROTOCOL.md 2. */
export interface ControlPdu extends Envelope {
  readonly state_key?: string;
  readonly auth_events: readonly EventId[];
}

/** An event of one channel's timeline graph: it is what people say. PROTOCOL.md 2. */
export interface TimelinePdu extends Envelope {
  readonly channel_id: ChannelId;
  readonly state_refs: readonly EventId[];
}

export type Pdu = ControlPdu | TimelinePdu;

/** A PDU that passed shape and hash: its id is computed, never received. */
export interface HeldEvent<P extends Pdu = Pdu> {
  readonly id: EventId;
  /** The 32 raw bytes behind `id`; ties are broken on these, never on the string. */
  readonly hash: Uint8Array;
  readonly roomId: RoomId;
  readonly pdu: P;
  /** True when only the redacted core is held: content redacted, erased or failing its hash. */
  readonly withheld: boolean;
}

export type ControlEvent = HeldEvent<ControlPdu>;
export type TimelineEvent = HeldEvent<TimelinePdu>;

/** Whether it is of a channel's timeline graph, told by its `channel_id`; else of the control graph. */
export function isTimelinePdu(pdu: Pdu): pdu is TimelinePdu {
  return "channel_id" in pdu;
}

/** Whether a held event is of a timeline graph. */
export function isTimelineEvent(event: HeldEvent): event is TimelineEvent {
  return isTimelinePdu(event.pdu);
}

/** Whether a held event is of the control graph. */
export function isControlEvent(event: HeldEvent): event is ControlEvent {
  return !isTimelinePdu(event.pdu);
}
