import type { PduPage } from "../../core/api/federation/shapes.ts";
import type { HeldEvent } from "../../core/event/event.ts";
import type { JsonObject } from "../../core/event/json.ts";
import { limits } from "../../core/limits.ts";
import type { KeyRing } from "../ports.ts";
import { signersOf } from "../verified_among.ts";

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
