import type { Pdu } from "../../core/event/event.ts";
import { type Blake3, eventHash } from "../../core/event/hash.ts";
import type { JsonValue } from "../../core/event/json.ts";
import { signEventHash } from "../../core/event/sign.ts";
import { parseSignatureName, signatureName } from "../../core/ids/key_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { limits } from "../../core/limits.ts";
import type { KeyRing, ServerSigner } from "../ports.ts";
import type { Resigned, Resigner } from "./ports.ts";

export interface EventResignerDeps {
  readonly serverName: ServerName;
  readonly keyRing: Pick<KeyRing, "refusal">;
  readonly signer: ServerSigner;
  readonly blake3: Blake3;
}

/**
 * Before an event is sent whose key is retired or revoked it gets a second signature of today,
 * for step 6 judges by the newest: after a long partition, or a key that had to be given up,
 * nothing would be shown otherwise. PROTOCOL.md 8.
 */
export class EventResigner implements Resigner {
  readonly #deps: EventResignerDeps;

  constructor(deps: EventResignerDeps) {
    this.#deps = deps;
  }

  async freshen(value: JsonValue, nowMs: number): Promise<Resigned> {
    const { serverName, signer, blake3 } = this.#deps;
    const pdu = value as unknown as Pdu;
    const own = pdu.signatures[serverName] ?? {};
    const signed = Object.values(pdu.signatures).flatMap((each) => Object.keys(each)).length;
    if (signed >= limits.event.maxSignatures || await this.#counts(own, nowMs)) {
      return { pdu: value };
    }
    const key = await signer.current(nowMs);
    const signature = await signEventHash(eventHash(pdu, blake3), key);
    const signatures = {
      ...pdu.signatures,
      [serverName]: { ...own, [signatureName(key.keyId)]: signature },
    };
    return {
      pdu: { ...pdu, signatures } as unknown as JsonValue,
      signedBy: { server: serverName, keyId: key.keyId },
    };
  }

  /** One of our signatures is by a key that counts for what is new. */
  async #counts(own: Readonly<Record<string, string>>, nowMs: number): Promise<boolean> {
    const { serverName: server, keyRing } = this.#deps;
    for (const text of Object.keys(own)) {
      const keyId = parseSignatureName(text);
      if (keyId === undefined) continue;
      if (await keyRing.refusal({ server, keyId }, nowMs) === undefined) return true;
    }
    return false;
  }
}
