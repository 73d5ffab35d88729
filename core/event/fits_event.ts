import { limits } from "../limits.ts";
import type { Pdu } from "./event.ts";
import type { JsonObject } from "./json.ts";
import { writeCanonicalBytes } from "./json_write.ts";

/** Whether the canonical form without `signatures` stays within `limits.event.maxBytes`. PROTOCOL.md 2. */
export function fitsEvent(pdu: Pdu | Omit<Pdu, "signatures">): boolean {
  const { signatures: _left, ...rest } = pdu as Pdu;
  return writeCanonicalBytes(rest as unknown as JsonObject).length <= limits.event.maxBytes;
}
