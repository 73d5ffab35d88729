import type { KeyProof } from "../../core/api/federation/shapes.ts";
import type { EventSigner } from "../../core/event/sign.ts";
import type { KeyName } from "../../core/event/verify_event.ts";
import type { KeyId } from "../../core/ids/key_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import {
  type KeyDocumentTag,
  type KeyRevocation,
  signKeyDocument,
} from "../../core/keys/key_document.ts";
import { encodePublicKey, type KeyEntry, keyIdOf } from "../../core/keys/key_entry.ts";
import { planRotation } from "../../core/keys/plan_rotation.ts";
import { signKeyEntry } from "../../core/keys/sign_key_entry.ts";
import { keyPairOf } from "./events.ts";
import type { seededRng } from "./seeded_rng.ts";

/** A key of a server, honest or not, with its private half. */
export interface WorldKey {
  readonly name: KeyName;
  readonly entry: KeyEntry;
  readonly signer: EventSigner;
  readonly proof: KeyProof;
}

const encoder = new TextEncoder();

/** An entry for a window, signed for by another key where one is given. */
export async function makeKey(
  server: ServerName,
  window: { readonly from: number; readonly until: number },
  options: {
    readonly seed: Uint8Array;
    readonly voucher?: Pick<WorldKey, "name" | "signer"> | undefined;
  },
): Promise<WorldKey> {
  const pair = keyPairOf(options.seed);
  const entry: KeyEntry = {
    server,
    key: encodePublicKey(pair.publicKey),
    valid_from: window.from,
    valid_until: window.until,
  };
  const keyId = keyIdOf(entry);
  const signer = { keyId, sign: (bytes: Uint8Array) => Promise.resolve(pair.sign(bytes)) };
  const { voucher } = options;
  const proof: KeyProof = {
    entry: { ...entry },
    vouched_by: voucher?.name.keyId ?? null,
    voucher_signature: voucher === undefined ? null : await signKeyEntry(entry, voucher.signer),
  };
  return { name: { server, keyId }, entry, signer, proof };
}

/** A server as others see its keys: it rotates them as real ones do, and revokes some. */
export class KeyWorldServer {
  readonly keys: WorldKey[] = [];
  readonly revoked: KeyRevocation[] = [];
  readonly #rng: ReturnType<typeof seededRng>;
  #seq = 0;

  constructor(readonly name: ServerName, rng: ReturnType<typeof seededRng>) {
    this.#rng = rng;
  }

  /** Makes the keys that are due, and answers the one to sign with. */
  async tick(nowMs: number, force = false): Promise<WorldKey> {
    const good = () =>
      this.keys.filter(({ name }) => !this.revoked.some(({ key_id: id }) => id === name.keyId));
    let plan = planRotation(good().map(({ entry }) => entry), { nowMs, force });
    if (plan.create !== undefined) {
      const { validFrom: from, validUntil: until } = plan.create;
      const voucher = good().find(({ entry }) => entry === plan.signWith);
      const seed = this.#rng.bytes(32);
      this.keys.push(await makeKey(this.name, { from, until }, { seed, voucher }));
      this.#seq++;
      plan = planRotation(good().map(({ entry }) => entry), { nowMs });
    }
    const current = this.keys.find(({ entry }) => entry === plan.signWith);
    if (current === undefined) throw new Error(`${this.name} has no key at ${nowMs}`);
    return current;
  }

  revoke(key: WorldKey, nowMs: number): void {
    this.revoked.push({ key_id: key.name.keyId, revoked_ts: nowMs, reason: "stolen" });
    this.#seq++;
  }

  async document(nowMs: number): Promise<Uint8Array> {
    const current = await this.tick(nowMs);
    const keys = this.keys.map(({ entry }) => entry)
      .sort((a, b) => b.valid_from - a.valid_from).slice(0, 200);
    const { name: server, revoked } = this;
    return encodeDocument(
      { server, seq: this.#seq, created_ts: nowMs, keys, revoked },
      current.signer,
    );
  }

  /** Of its keys however old, those of these ids. */
  async excerpt(keyIds: readonly KeyId[], nowMs: number): Promise<Uint8Array> {
    const current = await this.tick(nowMs);
    const { name: server, revoked } = this;
    return encodeDocument(
      {
        server,
        seq: this.#seq,
        created_ts: nowMs,
        keys: this.keys.filter(({ name }) => keyIds.includes(name.keyId)).map(({ entry }) => entry),
        revoked: revoked.filter(({ key_id: id }) => keyIds.includes(id)),
      },
      current.signer,
      "keyexcerpt",
    );
  }

  proofs(): KeyProof[] {
    return this.keys.map(({ proof }) => proof);
  }
}

/** A key document of whatever content, signed by whoever holds a key. */
export async function encodeDocument(
  draft: Parameters<typeof signKeyDocument>[0],
  signer: EventSigner,
  tag: KeyDocumentTag = "keydoc",
): Promise<Uint8Array> {
  return encoder.encode(JSON.stringify(await signKeyDocument(draft, [signer], tag)));
}
