import type { HeldEvent, Pdu } from "../../core/event/event.ts";
import { requiredSigners } from "../../core/event/required_signers.ts";
import type { SignatureVerifier } from "../../core/event/verify.ts";
import { type KeyName, type SignatureOutcome, verifyEvent } from "../../core/event/verify_event.ts";
import { parseSignatureName } from "../../core/ids/key_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { KeyProof } from "../../core/api/federation/shapes.ts";
import { keyNameText, type KeyRing, type Residents } from "../ports.ts";

export interface VerifyDeps {
  readonly keys: Pick<KeyRing, "find" | "obtain">;
  readonly verifier: SignatureVerifier;
}

export interface VerifyHints {
  /** The server that handed the events in. */
  readonly origin: ServerName;
  /** Key entries that came with them. */
  readonly proofs: readonly KeyProof[];
  /** Present for history that was asked for: all keys are obtained, these being asked too. */
  readonly residents?: () => Promise<Residents>;
}

/**
 * Step 2 for events that came together: every required server signed with a key whose window
 * holds `origin_ts`. Entries that are not held are taken from the proofs at hand, and asked for
 * only where they are the handing server's own, which answers or has nothing to be waited for;
 * others are fetched while the event waits, but for history, which somebody waits for already.
 * What rests on the word of others counts here, as for all that looks at no present; step 6 refuses
 * it. PROTOCOL.md 7 and 8.
 */
export async function verify(
  deps: VerifyDeps,
  events: readonly HeldEvent[],
  hints: VerifyHints,
): Promise<readonly SignatureOutcome[]> {
  const names = uniqueNames(events.flatMap(({ pdu }) => signatureNames(pdu)));
  const held = new Map(await deps.keys.find(names, { past: true }));
  const unknown = names.filter((name) => !held.has(keyNameText(name)));
  const { proofs, residents } = hints;
  const obtainable = proofs.length > 0 || residents !== undefined
    ? unknown
    : unknown.filter(({ server }) => server === hints.origin);
  if (obtainable.length > 0) {
    const asking = { proofs, past: true, ...(residents === undefined ? {} : { residents }) };
    for (const [name, entry] of await deps.keys.obtain(obtainable, asking)) held.set(name, entry);
  }
  return await Promise.all(events.map((event) =>
    verifyEvent(event, {
      verifier: deps.verifier,
      entryOf: (name) => held.get(keyNameText(name)),
    })
  ));
}

/** The keys that the required servers are said to have signed with. */
export function signatureNames(pdu: Pdu): KeyName[] {
  return requiredSigners(pdu).flatMap((server) =>
    Object.keys(pdu.signatures[server] ?? {}).flatMap((name) => {
      const keyId = parseSignatureName(name);
      return keyId === undefined ? [] : [{ server, keyId }];
    })
  );
}

export function uniqueNames(names: readonly KeyName[]): KeyName[] {
  return [...new Map(names.map((name) => [keyNameText(name), name])).values()];
}
