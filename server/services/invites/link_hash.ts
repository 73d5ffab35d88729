import { nobleBlake3 } from "../../../core/event/hash.ts";
import { encodeBase58Of32 } from "../../../core/ids/base58.ts";

/** What an invite event says of its link, so that the code stays secret. PROTOCOL.md 9. */
export function linkHash(code: string): string {
  return encodeBase58Of32(nobleBlake3(new TextEncoder().encode(code)));
}
