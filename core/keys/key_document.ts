import type { JsonObject, JsonValue } from "../event/json.ts";
import { writeCanonicalBytes } from "../event/json_write.ts";
import {
  decodeSignature,
  encodeSignature,
  type EventSigner,
  type SignatureTag,
  taggedBytes,
} from "../event/sign.ts";
import type { SignatureVerifier } from "../event/verify.ts";
import { type KeyId, parseKeyId, parseSignatureName, signatureName } from "../ids/key_id.ts";
import { parseServerName, type ServerName } from "../ids/server_name.ts";
import { limits } from "../limits.ts";
import { decodePublicKey, type KeyEntry, keyIdOf, parseKeyEntry, usable } from "./key_entry.ts";

/** A key that is no longer to be trusted for anything new. PROTOCOL.md 8. */
export interface KeyRevocation {
  readonly key_id: KeyId;
  /** Milliseconds. */
  readonly revoked_ts: number;
  readonly reason: string;
}

/**
 * What a server says about its keys, served beside `/.well-known/openguild/server`. Signed by
 * keys of its own; a reader keeps the highest `seq` it has seen. PROTOCOL.md 8.
 */
export interface KeyDocument {
  readonly server: ServerName;
  /** Grows with every change; a lower one than known is refused. */
  readonly seq: number;
  readonly created_ts: number;
  /** Newest window first. */
  readonly keys: readonly KeyEntry[];
  readonly revoked: readonly KeyRevocation[];
  /** `{"ed25519:kid": unpadded base64}` over the document without this field, tag `keydoc`. */
  readonly signatures: Readonly<Record<string, string>>;
}

export type KeyDocumentDraft = Omit<KeyDocument, "signatures">;

/**
 * The document lists the newest entries alone. An excerpt has the same shape and lists, of the
 * entries and revocations of a server however old, those that were asked for by their ids; what
 * it does not list says nothing. PROTOCOL.md 8.
 */
export type KeyDocumentTag = Extract<SignatureTag, "keydoc" | "keyexcerpt">;

function documentBytes(draft: KeyDocumentDraft, tag: KeyDocumentTag): Uint8Array {
  const { server, seq, created_ts, keys, revoked } = draft;
  const plain = { server, seq, created_ts, keys, revoked } as unknown as JsonObject;
  return taggedBytes(tag, writeCanonicalBytes(plain));
}

/** The draft with the signatures of these keys. */
export async function signKeyDocument(
  draft: KeyDocumentDraft,
  signers: readonly EventSigner[],
  tag: KeyDocumentTag = "keydoc",
): Promise<KeyDocument> {
  const bytes = documentBytes(draft, tag);
  const signatures: Record<string, string> = {};
  for (const signer of signers) {
    signatures[signatureName(signer.keyId)] = encodeSignature(await signer.sign(bytes));
  }
  return { ...draft, signatures };
}

/** The document, or undefined where it has another shape. Signatures are not verified here. */
export function parseKeyDocument(value: JsonValue): KeyDocument | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const object = value as JsonObject;
  const { server: name, seq, created_ts, keys: listed, revoked: gone, signatures } = object;
  const server = typeof name === "string" ? parseServerName(name) : undefined;
  const keys = readList(listed, limits.keys.maxEntriesInDocument, parseKeyEntry);
  const revoked = readList(gone, limits.keys.maxRevocationsInDocument, parseRevocation);
  if (server === undefined || keys === undefined || revoked === undefined) return undefined;
  if (typeof seq !== "number" || seq < 0 || typeof created_ts !== "number") return undefined;
  if (keys.some((entry) => entry.server !== server)) return undefined;
  const signed = readSignatures(signatures);
  return signed === undefined
    ? undefined
    : { server, seq, created_ts, keys, revoked, signatures: signed };
}

function readList<T>(
  value: JsonValue | undefined,
  max: number,
  parse: (item: JsonValue) => T | undefined,
): readonly T[] | undefined {
  if (!Array.isArray(value) || value.length > max) return undefined;
  const items: T[] = [];
  for (const item of value as readonly JsonValue[]) {
    const parsed = parse(item);
    if (parsed === undefined) return undefined;
    items.push(parsed);
  }
  return items;
}

function parseRevocation(value: JsonValue): KeyRevocation | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const { key_id: id, revoked_ts, reason } = value as JsonObject;
  const keyId = typeof id === "string" ? parseKeyId(id) : undefined;
  if (keyId === undefined || typeof revoked_ts !== "number" || typeof reason !== "string") {
    return undefined;
  }
  if (reason.length > limits.keys.maxRevocationReasonBytes) return undefined;
  return { key_id: keyId, revoked_ts, reason };
}

function readSignatures(value: JsonValue | undefined): Record<string, string> | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const read: Record<string, string> = {};
  const entries = Object.entries(value as JsonObject);
  if (entries.length === 0 || entries.length > limits.keys.maxEntriesInDocument) return undefined;
  for (const [name, signature] of entries) {
    if (parseSignatureName(name) === undefined || typeof signature !== "string") return undefined;
    if (decodeSignature(signature) === undefined) return undefined;
    read[name] = signature;
  }
  return read;
}

/**
 * Whether a document is what its server says now: signed by a listed key that is usable at
 * `nowMs` and not revoked in it. The caller compares `seq` with what it knows. PROTOCOL.md 8.
 */
export async function verifyKeyDocument(
  document: KeyDocument,
  context: { readonly verifier: SignatureVerifier; readonly nowMs: number },
): Promise<boolean> {
  const message = documentBytes(document, "keydoc");
  const revoked = new Set<string>(document.revoked.map((revocation) => revocation.key_id));
  const good = document.keys.filter((entry) => !revoked.has(keyIdOf(entry)));
  return await isSignedByOne(document, { ...context, message, entries: good });
}

/**
 * Whether an excerpt is what its server says now: signed by one of `entries`, which the caller
 * knows to be listed in the server's document and not revoked, and which is usable at `nowMs`.
 */
export async function verifyKeyExcerpt(
  excerpt: KeyDocument,
  context: {
    readonly verifier: SignatureVerifier;
    readonly nowMs: number;
    readonly entries: readonly KeyEntry[];
  },
): Promise<boolean> {
  const message = documentBytes(excerpt, "keyexcerpt");
  return await isSignedByOne(excerpt, { ...context, message });
}

async function isSignedByOne(
  { signatures }: KeyDocument,
  { verifier, nowMs, entries, message }: {
    readonly verifier: SignatureVerifier;
    readonly nowMs: number;
    readonly entries: readonly KeyEntry[];
    readonly message: Uint8Array;
  },
): Promise<boolean> {
  for (const entry of entries) {
    const text = signatures[signatureName(keyIdOf(entry))];
    if (text === undefined || !usable(entry, nowMs)) continue;
    const signature = decodeSignature(text);
    const key = decodePublicKey(entry.key);
    if (signature === undefined || key === undefined) continue;
    if (await verifier.verify({ key, signature, message })) return true;
  }
  return false;
}
