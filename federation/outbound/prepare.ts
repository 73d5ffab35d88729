import type { KeyProof } from "../../core/api/federation/shapes.ts";
import type { Pdu } from "../../core/event/event.ts";
import type { JsonValue } from "../../core/event/json.ts";
import type { KeyName } from "../../core/event/verify_event.ts";
import { signatureNames } from "../inbound/verify.ts";
import { keyNameText, type KeyRing } from "../ports.ts";
import type { OutgoingEvent, Resigner } from "./ports.ts";
import { cutKeys, KEYS_PER_TRANSACTION } from "./transaction.ts";

/** Keys that one server was told of, remembered by this process. */
const TOLD_MAX = 256;

/** Which key entries another server has certainly been given. */
export class ToldKeys {
  readonly #told = new Set<string>();

  /** Those that it may lack. */
  unknown(names: readonly KeyName[]): readonly KeyName[] {
    const unknown = new Map<string, KeyName>();
    for (const name of names) {
      const text = keyNameText(name);
      if (!this.#told.has(text)) unknown.set(text, name);
    }
    return [...unknown.values()].slice(0, KEYS_PER_TRANSACTION);
  }

  /** The other has taken them. */
  tell(names: readonly KeyName[]): void {
    if (this.#told.size + names.length > TOLD_MAX) this.#told.clear();
    for (const name of names) this.#told.add(keyNameText(name));
  }
}

export interface Prepared {
  readonly pdus: readonly JsonValue[];
  readonly keys: readonly KeyProof[];
  /** Told with this transaction, once it has arrived. */
  readonly names: readonly KeyName[];
}

/** Events as they are sent: with a signature that counts today, and the keys they rest on. */
export async function prepare(
  events: readonly OutgoingEvent[],
  deps: {
    readonly keyRing: Pick<KeyRing, "proofs">;
    readonly resigner: Resigner;
    readonly told: ToldKeys;
    readonly nowMs: number;
  },
): Promise<Prepared> {
  const pdus = await Promise.all(
    events.map(({ pdu }) => deps.resigner.freshen(pdu, deps.nowMs)),
  );
  const names = deps.told.unknown(pdus.flatMap((pdu) => signatureNames(pdu as unknown as Pdu)));
  const keys = names.length === 0 ? [] : await deps.keyRing.proofs(names);
  return { pdus, keys: cutKeys(keys), names };
}
