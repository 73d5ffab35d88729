import type { JsonValue } from "../../core/event/json.ts";
import type { KeyName } from "../../core/event/verify_event.ts";
import type { Pdu } from "../../core/event/event.ts";
import { parseSignatureName } from "../../core/ids/key_id.ts";
import { parseServerName } from "../../core/ids/server_name.ts";
import type { Mark, OutgoingEvent } from "../../federation/outbound/ports.ts";
import type { StoredEvent } from "../postgres/event_rows.ts";
import { heldOf } from "../rooms/load_room.ts";

const encoder = new TextEncoder();

/** A stored event as it is sent; `mark`: who has it, and all before it, stands there. */
export function outgoingEvent(stored: StoredEvent, mark: Mark): OutgoingEvent {
  const { pdu } = heldOf(stored);
  return {
    eventId: stored.eventId,
    pdu: pdu as unknown as JsonValue,
    bytes: encoder.encode(stored.pdu).length,
    signedBy: signersOf(pdu),
    mark,
  };
}

function signersOf({ signatures }: Pdu): readonly KeyName[] {
  return Object.entries(signatures).flatMap(([name, entries]) => {
    const server = parseServerName(name);
    if (server === undefined) return [];
    return Object.keys(entries).flatMap((text): KeyName[] => {
      const keyId = parseSignatureName(text);
      return keyId === undefined ? [] : [{ server, keyId }];
    });
  });
}
