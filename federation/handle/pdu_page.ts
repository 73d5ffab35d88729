import type { PduPage } from "../../core/api/federation/shapes.ts";
import type { HeldEvent } from "../../core/event/event.ts";
import type { JsonObject } from "../../core/event/json.ts";
import { limits } from "../../core/limits.ts";
import type { KeyRing } from "../ports.ts";
import { signersOf } from "../verified_among.ts";

/**
 * Bytes of PDUs in one page: with the largest list of ids and of keys beside them the answer stays
 * below what its operation allows, however large the events are.
 */
export const PAGE_BYTES = 8 * 1024 * 1024;

const encoder = new TextEncoder();

/** The first of these events, as many as fit into one page and at least one. */
export function fitting(events: readonly HeldEvent[]): HeldEvent[] {
  let bytes = 0;
  const end = events.findIndex(({ pdu }, at) => {
    bytes += encoder.encode(JSON.stringify(pdu)).length;
    return at > 0 && bytes > PAGE_BYTES;
  });
  return events.slice(0, end < 0 ? events.length : end);
}

/** Events with the key entries that their signatures rest on. PROTOCOL.md 8. */
export async function pduPage(
  events: readonly HeldEvent[],
  keys: Pick<KeyRing, "proofs">,
): Promise<PduPage> {
  // What does not fit into an answer the asker fetches itself.
  const names = signersOf(events).slice(0, limits.federation.maxKeysPerAnswer);
  const proofs = await keys.proofs(names);
  return {
    pdus: events.map(({ pdu }) => pdu as unknown as JsonObject),
    keys: proofs.slice(0, limits.federation.maxKeysPerAnswer),
  };
}
