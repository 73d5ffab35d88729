import { isStrictKey } from "../../core/event/verify.ts";
import { decodePublicKey, type KeyEntry } from "../../core/keys/key_entry.ts";

/**
 * Public keys whose private halves are printed in documents: signatures by them say nothing.
 * RFC 8032 section 7.1 (tests 1, 2, 3, 1024 and SHA(abc)), RFC 9421 B.1.4, RFC 8037 A.1 (the
 * first of these again), and the key of 32 zero bytes.
 */
const PRINTED: ReadonlySet<string> = new Set([
  "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
  "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
  "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
  "278117fc144c72340f67d0f2316e8386ceffbf2b2428c9c51fef7c597f1d426e",
  "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
  "26b40b8f93fff3d897112f7ebc582b232dbd72517d082fe83cfb30ddce43d1bb",
  "3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29",
]);

/**
 * Why a key can never count, or undefined: its encoding is not canonical or of low order, so that
 * a signature needs no private key, or its private half is public. PROTOCOL.md 8.
 */
export function keyWeakness(entry: KeyEntry): string | undefined {
  const key = decodePublicKey(entry.key);
  if (key === undefined || !isStrictKey(key)) return "the key is not canonical or of low order";
  return PRINTED.has(key.toHex()) ? "the private half of the key is public" : undefined;
}
