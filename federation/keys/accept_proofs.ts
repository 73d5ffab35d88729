import type { KeyName } from "../../core/event/verify_event.ts";
import type { SignatureVerifier } from "../../core/event/verify.ts";
import type { JsonValue } from "../../core/event/json.ts";
import { parseKeyId } from "../../core/ids/key_id.ts";
import { keyIdOf, parseKeyEntry } from "../../core/keys/key_entry.ts";
import { isVouchedFor } from "../../core/keys/sign_key_entry.ts";
import type { KeyProof } from "../../core/api/federation/shapes.ts";
import { keyNameText } from "../ports.ts";
import type { HeldEntry } from "./ports.ts";
import { keyWeakness } from "./weak_keys.ts";

/** A year of weekly keys between the one that is held and the one that is wanted. */
export const MAX_CHAIN = 60;

/** Proofs by the key they are of; those that are none are left out. */
export function readProofs(proofs: readonly KeyProof[]): Map<string, HeldEntry> {
  const read = new Map<string, HeldEntry>();
  for (const proof of proofs) {
    const entry = parseKeyEntry(proof.entry as unknown as JsonValue);
    const keyId = proof.vouched_by === null ? undefined : parseKeyId(proof.vouched_by);
    if (entry === undefined || keyId === undefined || proof.voucher_signature === null) continue;
    if (keyWeakness(entry) !== undefined) continue;
    const name = keyNameText({ server: entry.server, keyId: keyIdOf(entry) });
    const voucher = { keyId, signature: proof.voucher_signature };
    read.set(name, { entry, voucher, listed: false });
  }
  return read;
}

/** The keys whose vouchers would have to be held for `wanted` to count, nearest first. */
export function chainOf(
  wanted: KeyName,
  proofs: ReadonlyMap<string, HeldEntry>,
): KeyName[] {
  const chain: KeyName[] = [];
  for (let name: KeyName | undefined = wanted; name !== undefined && chain.length < MAX_CHAIN;) {
    if (chain.some(({ keyId }) => keyId === name?.keyId)) return chain;
    chain.push(name);
    const voucher: HeldEntry["voucher"] = proofs.get(keyNameText(name))?.voucher;
    name = voucher === undefined ? undefined : { server: name.server, keyId: voucher.keyId };
  }
  return chain;
}

/**
 * The entries on the way from a held key to `wanted`, each vouched for by the one before it; or
 * none, where the chain does not begin with a key that is held. Whoever hands proofs over can
 * neither invent a key nor change one that is known: the id is the hash of the entry, and
 * vouching takes the server's own older key. PROTOCOL.md 8.
 */
export async function acceptChain(
  chain: readonly KeyName[],
  from: {
    readonly held: ReadonlyMap<string, HeldEntry>;
    readonly proofs: ReadonlyMap<string, HeldEntry>;
    readonly verifier: SignatureVerifier;
  },
): Promise<HeldEntry[]> {
  const { held, proofs, verifier } = from;
  const root = chain.findIndex((name) => held.has(keyNameText(name)));
  if (root < 0) return [];
  let known = held.get(keyNameText(chain[root] as KeyName)) as HeldEntry;
  const accepted: HeldEntry[] = [];
  for (const name of chain.slice(0, root).reverse()) {
    const proof = proofs.get(keyNameText(name));
    if (proof?.voucher === undefined) return [];
    const { entry, voucher: { signature } } = proof;
    if (!await isVouchedFor(entry, { known: known.entry, signature, verifier })) return [];
    accepted.push(proof);
    known = proof;
  }
  return accepted;
}
