import { limits } from "../limits.ts";
import type { Pdu } from "./event.ts";
import type { JsonObject } from "./json.ts";
import { writeCanonicalBytes } from "./json_write.ts";

/** Of UTF-8, for one unit of JavaScript's strings. */
const BYTES_PER_CHARACTER = 3;

/** Whether the canonical form without `signatures` stays within `limits.event.maxBytes`. PROTOCOL.md 2. */
export function fitsEvent(pdu: Pdu | Omit<Pdu, "signatures">): boolean {
  const { signatures: _left, ...rest } = pdu as Pdu;
  // The order of keys changes no length, and a character has three bytes at most.
  if (JSON.stringify(rest).length * BYTES_PER_CHARACTER <= limits.event.maxBytes) return true;
  return writeCanonicalBytes(rest as unknown as JsonObject).length <= limits.event.maxBytes;
}
