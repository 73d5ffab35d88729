import type { JsonValue } from "../../core/event/json.ts";
import type { Blake3 } from "../../core/event/hash.ts";
import { parsePduValue } from "../../core/event/parse_pdu.ts";
import type { StoredEvent } from "./event_rows.ts";

/**
 * What is wrong with an event as it was read back, or undefined. Its text is hashed anew: a byte
 * that the disk or somebody's hand has changed makes it another event, or no event. The columns
 * beside the text, by which it is found and shown, must say the same. Signatures are outside the
 * hash: whoever gets the event verifies them. PROTOCOL.md 3.
 */
export function damageOf(stored: StoredEvent, blake3?: Blake3): string | undefined {
  const value = readJson(stored.pdu);
  if (value === undefined) return "its text is no JSON";
  const options = {
    roomId: stored.roomId,
    requiredSigners: () => [],
    ...(blake3 === undefined ? {} : { blake3 }),
  };
  const parsed = parsePduValue(value, options);
  if (parsed.kind === "drop") return parsed.message;
  const { event } = parsed;
  if (event.id !== stored.eventId) return `its text is that of ${event.id}`;
  if (event.withheld && !stored.withheld && stored.redactedBy === undefined) {
    return "its content does not match its hash";
  }
  const { pdu } = event;
  const columns: Readonly<Record<string, readonly [unknown, unknown]>> = {
    hash: [event.hash.toHex(), stored.hash.toHex()],
    type: [pdu.type, stored.type],
    sender: [pdu.sender, stored.sender],
    origin_ts: [pdu.origin_ts, stored.originTs],
    state_key: ["state_key" in pdu ? pdu.state_key : undefined, stored.stateKey],
    channel_id: ["channel_id" in pdu ? pdu.channel_id : undefined, stored.channelId],
  };
  const wrong = Object.entries(columns).find(([, [said, held]]) => said !== held);
  return wrong === undefined ? undefined : `its column ${wrong[0]} says something else than it`;
}

function readJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}
