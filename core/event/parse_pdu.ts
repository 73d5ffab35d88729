import { eventIdFromHash } from "../ids/event_id.ts";
import { type RoomId, roomIdFromHash } from "../ids/room_id.ts";
import type { ServerName } from "../ids/server_name.ts";
import { fitsEvent } from "./fits_event.ts";
import type { HeldEvent, Pdu } from "./event.ts";
import { type Blake3, contentHash, eventHash, nobleBlake3 } from "./hash.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import { parseJson } from "./json_parse.ts";
import { measureCanonical } from "./json_write.ts";
import { envelopeFault } from "./envelope.ts";
import { keep } from "./keep.ts";
import { requiredSigners } from "./required_signers.ts";
import { limits } from "../limits.ts";
import { readSignatures } from "./signatures.ts";

/** Why a PDU was dropped at step 1. Its id is never remembered as bad: another copy may be good. */
export type DropReason =
  | "json"
  | "envelope"
  | "too_large"
  | "signatures"
  | "wrong_room";

export type PduOutcome =
  | { readonly kind: "drop"; readonly reason: DropReason; readonly message: string }
  | { readonly kind: "event"; readonly event: HeldEvent };

export interface ParsePduOptions {
  /** The room of the path or request; a PDU of another is dropped. */
  readonly roomId?: RoomId;
  /** Servers whose signatures are needed; those of others are stripped. */
  readonly requiredSigners?: (pdu: Pdu) => readonly ServerName[];
  readonly blake3?: Blake3;
}

function drop(reason: DropReason, message: string): PduOutcome {
  return { kind: "drop", reason, message: `Cannot take the event: ${message}` };
}

/**
 * Step 1 and 3 of PROTOCOL.md 7: raw bytes to a shape-checked event with its computed id, or
 * the reason to drop the bytes. A content that fails its hash is cut to what redaction keeps and
 * marked withheld. Signatures are shape-checked, not verified. Never throws for bad input.
 */
export function parsePdu(bytes: Uint8Array, options: ParsePduOptions = {}): PduOutcome {
  const parsed = parseJson(bytes);
  if (!parsed.ok) return drop("json", parsed.fault.message);
  // Canonical JSON is never longer than other JSON of the same value.
  return readPdu(parsed.value, { ...options, fits: bytes.length <= limits.event.maxBytes });
}

/** As parsePdu, for a PDU inside a larger document that parseJson has read (a transaction, a join answer). */
export function parsePduValue(value: JsonValue, options: ParsePduOptions = {}): PduOutcome {
  const { fault, mostBytes } = measureCanonical(value);
  if (fault !== undefined) return drop("json", `${fault.path}: ${fault.message}`);
  return readPdu(value, { ...options, fits: mostBytes <= limits.event.maxBytes });
}

function readPdu(
  value: JsonValue,
  options: ParsePduOptions & { readonly fits: boolean },
): PduOutcome {
  const fault = envelopeFault(value);
  if (fault !== undefined) return drop("envelope", fault);
  const received = value as unknown as Pdu;
  const required = (options.requiredSigners ?? requiredSigners)(received);
  const signatures = readSignatures(received.signatures as unknown as JsonObject, required);
  if (typeof signatures === "string") return drop("signatures", signatures);
  if (!options.fits && !fitsEvent(received)) {
    return drop("too_large", `it is larger than ${limits.event.maxBytes} bytes`);
  }
  const blake3 = options.blake3 ?? nobleBlake3;
  const hash = eventHash(received, blake3);
  const roomId = received.room_id ?? roomIdFromHash(hash);
  if (options.roomId !== undefined && roomId !== options.roomId) {
    return drop("wrong_room", `it belongs to ${roomId}, not to ${options.roomId}`);
  }
  const { salt, content } = received;
  const whole = salt !== undefined &&
    contentHash({ content, salt }, blake3) === received.content_hash;
  const pdu = whole ? { ...received, signatures } : withoutContent(received, signatures);
  return {
    kind: "event",
    event: { id: eventIdFromHash(hash), hash, roomId, pdu, withheld: !whole },
  };
}

/** The core of a PDU: content cut to what redaction keeps, the salt gone. PROTOCOL.md 6. */
function withoutContent(pdu: Pdu, signatures: Pdu["signatures"]): Pdu {
  const { salt: _gone, ...rest } = pdu;
  const timeline = "channel_id" in pdu;
  return { ...rest, content: keep({ type: pdu.type, content: pdu.content, timeline }), signatures };
}
