import { compareBytes } from "../../core/ids/compare_bytes.ts";
import { parseDictionary, writeBytes } from "./structured_fields.ts";

/** The `Content-Digest` of a body, SHA-256. RFC 9530, PROTOCOL.md 8. */
export async function contentDigest(body: Uint8Array): Promise<string> {
  return `sha-256=${writeBytes(await sha256(body))}`;
}

/**
 * The SHA-256 of a body where its `Content-Digest` names it, else undefined. Digests by other
 * algorithms beside it are of no interest. Checked before the body is parsed. PROTOCOL.md 8.
 */
export async function heldDigest(field: string, body: Uint8Array): Promise<Uint8Array | undefined> {
  const member = parseDictionary(field)?.get("sha-256");
  if (member === undefined || !("item" in member)) return undefined;
  const { value } = member.item;
  const digest = await sha256(body);
  return value instanceof Uint8Array && compareBytes(value, digest) === 0 ? digest : undefined;
}

/** Whether a `Content-Digest` names this body. */
export async function digestHolds(field: string, body: Uint8Array): Promise<boolean> {
  return await heldDigest(field, body) !== undefined;
}

async function sha256(body: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", Uint8Array.from(body)));
}
