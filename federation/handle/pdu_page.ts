import type { PduPage } from "../../core/api/federation/shapes.ts";
import type { HeldEvent } from "../../core/event/event.ts";
import type { JsonObject } from "../../core/event/json.ts";
import type { KeyName } from "../../core/event/verify_event.ts";
import { parseSignatureName } from "../../core/ids/key_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { limits } from "../../core/limits.ts";
import { keyNameText, type KeyRing } from "../ports.ts";

/** Events with the key entries that their signatures rest on. PROTOCOL.md 8. */
export async function pduPage(
  events: readonly HeldEvent[],
  keys: Pick<KeyRing, "proofs">,
): Promise<PduPage> {
  return {
    pdus: events.map(({ pdu }) => pdu as unknown as JsonObject),
    keys: [...await keys.proofs(signersOf(events))].slice(0, limits.federation.maxKeysPerAnswer),
  };
}

/** The keys that signed these events; what does not fit into an answer the asker fetches itself. */
export function signersOf(events: readonly HeldEvent[]): KeyName[] {
  const names = new Map<string, KeyName>();
  for (const { pdu } of events) {
    for (const [server, signatures] of Object.entries(pdu.signatures)) {
      for (const name of Object.keys(signatures)) {
        const keyId = parseSignatureName(name);
        if (keyId === undefined) continue;
        const key = { server: server as ServerName, keyId };
        names.set(keyNameText(key), key);
        if (names.size >= limits.federation.maxKeysPerAnswer) return [...names.values()];
      }
    }
  }
  return [...names.values()];
}
