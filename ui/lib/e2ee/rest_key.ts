import { answered, openStore, stored } from "./idb_calls.ts";

/** What lies in this browser encrypted. */
export interface Locked {
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly data: ArrayBuffer;
}

/** Keys by user. */
const KEYS = "keys";
const IV_BYTES = 12;
const encoder = new TextEncoder();

const openKeys = () => openStore("openguild-rest", KEYS);
const keysOf = (db: IDBDatabase, mode: IDBTransactionMode) =>
  db.transaction(KEYS, mode).objectStore(KEYS);

/**
 * The key under which secrets of a person lie in this browser. Scripts can use it here, but nobody
 * can read it out: a copy of the browser's files is not enough. `place` binds what is written to
 * where it was written.
 */
export class RestKey {
  readonly #key: CryptoKey;

  private constructor(key: CryptoKey) {
    this.#key = key;
  }

  /** The person's key, made when there is none. @throws where the browser keeps no databases */
  static async open(userId: string): Promise<RestKey> {
    const db = await openKeys();
    try {
      const held: CryptoKey | undefined = await answered(keysOf(db, "readonly").get(userId));
      if (held) return new RestKey(held);
      const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, [
        "encrypt",
        "decrypt",
      ]);
      // Another tab may have been first: the key that is stored is the one that counts.
      const keys = keysOf(db, "readwrite");
      const done = stored(keys);
      const first: CryptoKey | undefined = await answered(keys.get(userId));
      if (!first) keys.put(made, userId);
      await done;
      return new RestKey(first ?? made);
    } finally {
      db.close();
    }
  }

  /** Whatever was written under the person's key is lost with it. */
  static async forget(userId: string): Promise<void> {
    const db = await openKeys();
    await answered(keysOf(db, "readwrite").delete(userId));
    db.close();
  }

  async lock(place: string, bytes: Uint8Array): Promise<Locked> {
    const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
    const data = await crypto.subtle.encrypt(
      { name: "AES-GCM", iv, additionalData: encoder.encode(place) },
      this.#key,
      Uint8Array.from(bytes),
    );
    return { iv, data };
  }

  /** @throws where it was written under another key, or elsewhere */
  async unlock(place: string, { iv, data }: Locked): Promise<Uint8Array<ArrayBuffer>> {
    const algorithm = { name: "AES-GCM", iv, additionalData: encoder.encode(place) };
    return new Uint8Array(await crypto.subtle.decrypt(algorithm, this.#key, data));
  }

  async lockValue(place: string, value: unknown): Promise<Locked> {
    return await this.lock(place, encoder.encode(JSON.stringify(value)));
  }

  /** The value, or undefined where it cannot be read any more. */
  async unlockValue<Value>(place: string, locked: Locked): Promise<Value | undefined> {
    try {
      return JSON.parse(new TextDecoder().decode(await this.unlock(place, locked))) as Value;
    } catch {
      return undefined;
    }
  }
}
