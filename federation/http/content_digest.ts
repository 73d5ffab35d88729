import { compareBytes } from "../../core/ids/compare_bytes.ts";
import { parseDictionary, writeBytes } from "./structured_fields.ts";

/** The `Content-Digest` of a body, SHA-256. RFC 9530, PROTOCOL.md 8. */
export async function contentDigest(body: Uint8Array): Promise<string> {
  return `sha-256=${writeBytes(await sha256(body))}`;
}

/**
 * Whether a `Content-Digest` names this body. Only SHA-256 counts; digests by other algorithms
 * beside it are of no interest. Checked before the body is parsed. PROTOCOL.md 8.
 */
export async function digestHolds(field: string, body: Uint8Array): Promise<boolean> {
  const member = parseDictionary(field)?.get("sha-256");
  if (member === undefined || !("item" in member)) return false;
  const { value } = member.item;
  return value instanceof Uint8Array && compareBytes(value, await sha256(body)) === 0;
}

async function sha256(body: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", Uint8Array.from(body)));
}
