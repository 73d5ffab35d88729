import type { KeyId } from "../ids/key_id.ts";

/**
 * The purposes a key may sign for. Each signature covers its tag, so that bytes signed for one
 * purpose never verify for another. PROTOCOL.md 3.4.
 */
export type SignatureTag =
  | "event/og1"
  | "key-entry"
  | "keydoc"
  | "keyexcerpt"
  | "loghead"
  | "blocklist"
  | "descriptor"
  | "webhook"
  | "pow"
  | "mls-receipt"
  | "mls-successors"
  | "erasure"
  | "report"
  | "identity"
  | "e2ee-ssk"
  | "e2ee-usk"
  | "e2ee-device"
  | "e2ee-user"
  | "e2ee-keys";

/** One Ed25519 key that signs: what `server/keys` hands out for the present moment. */
export interface EventSigner {
  readonly keyId: KeyId;
  /** 64 bytes over exactly these bytes. */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

const encoder = new TextEncoder();
const prefixes = new Map<SignatureTag, Uint8Array>();
const TAGS: readonly SignatureTag[] = [
  "event/og1",
  "key-entry",
  "keydoc",
  "keyexcerpt",
  "loghead",
  "blocklist",
  "descriptor",
  "webhook",
  "pow",
  "mls-receipt",
  "mls-successors",
  "erasure",
  "report",
  "identity",
  "e2ee-ssk",
  "e2ee-usk",
  "e2ee-device",
  "e2ee-user",
  "e2ee-keys",
];
for (const tag of TAGS) prefixes.set(tag, encoder.encode(`openguild/${tag}\0`));

/** `"openguild/" || tag || 0x00 || payload`: the bytes that are really signed. PROTOCOL.md 3.4. */
export function taggedBytes(tag: SignatureTag, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const prefix = prefixes.get(tag) as Uint8Array;
  const bytes = new Uint8Array(prefix.length + payload.length);
  bytes.set(prefix);
  bytes.set(payload, prefix.length);
  return bytes;
}

/** The signature of an event's 32-byte hash, unpadded base64. */
export async function signEventHash(hash: Uint8Array, signer: EventSigner): Promise<string> {
  return encodeSignature(await signer.sign(taggedBytes("event/og1", hash)));
}

/** 64 bytes as unpadded base64, 86 characters. */
export function encodeSignature(signature: Uint8Array): string {
  if (signature.length !== 64) {
    throw new RangeError(`Cannot write a signature of ${signature.length} bytes: 64 are expected`);
  }
  return signature.toBase64({ omitPadding: true });
}

/** The 64 bytes, or undefined unless `text` is their one unpadded encoding. */
export function decodeSignature(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text.length !== 86 || !/^[A-Za-z0-9+/]{85}[AQgw]$/.test(text)) return undefined;
  return Uint8Array.fromBase64(text);
}
