import { decodeSignature } from "../../event/sign.ts";
import type { SignatureVerifier } from "../../event/verify.ts";
import { parseServerName } from "../../ids/server_name.ts";
import { decodePublicKey, type KeyEntry, keyIdOf, usable } from "../../keys/key_entry.ts";
import { receiptMessage } from "../receipt_chain.ts";
import type { Receipt } from "./calls.ts";
import { CallRefused, type EnginePorts } from "./ports.ts";

/** Keys that are held in memory: a server has a new one each week or two. */
const MAX_HELD = 500;

/** What is known of a receipt's signature. */
export type Signed = "good" | "bad" | "unknown";

/**
 * Keys of servers that order groups, as the home server gives them. A key's id is the hash of its
 * entry, so that an entry cannot be changed under the id that a receipt names; whose key it is, is
 * the home server's word.
 */
export class ServerKeys {
  readonly #held = new Map<string, KeyEntry>();

  constructor(readonly ports: EnginePorts, readonly verifier: SignatureVerifier) {}

  /** Whether a server signed a receipt. @throws ServerUnreachable */
  async check(receipt: Receipt, by: string): Promise<Signed> {
    const entry = await this.#entry(receipt, by);
    if (entry === undefined) return "unknown";
    const [key, signature] = [decodePublicKey(entry.key), decodeSignature(receipt.sig)];
    if (key === undefined || signature === undefined || !usable(entry, receipt.ts)) return "bad";
    const message = receiptMessage(receipt);
    return await this.verifier.verify({ key, signature, message }) ? "good" : "bad";
  }

  async #entry({ room, key: keyId }: Receipt, by: string): Promise<KeyEntry | undefined> {
    const name = `${by} ${keyId}`;
    const held = this.#held.get(name);
    if (held !== undefined) return held;
    for (const entry of await this.#fetch(room, keyId)) {
      if (entry.server !== by || keyIdOf(entry) !== keyId) continue;
      const [oldest] = this.#held.keys();
      if (this.#held.size >= MAX_HELD && oldest !== undefined) this.#held.delete(oldest);
      this.#held.set(name, entry);
      return entry;
    }
    return undefined;
  }

  async #fetch(roomId: string, keyId: string): Promise<readonly KeyEntry[]> {
    try {
      const { keys } = await this.ports.transport.call("listSequencerKeys", {
        params: { room_id: roomId },
        query: { keys: keyId },
      });
      return keys.flatMap((entry) => {
        const server = parseServerName(entry.server);
        return server === undefined ? [] : [{ ...entry, server }];
      });
    } catch (error) {
      if (error instanceof CallRefused) return [];
      throw error;
    }
  }
}
