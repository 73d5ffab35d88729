import { limits } from "../../limits.ts";
import { flag, type Infer, integer, object, optional, pattern } from "./shape.ts";

/** Bytes, at most `maxBytes`, as unpadded base64. */
function base64(maxBytes: number, name: string) {
  return pattern(new RegExp(`^[A-Za-z0-9+/]{2,${Math.ceil(maxBytes * 4 / 3)}}$`), name);
}

/**
 * What an encrypted message or reaction carries instead of its text: no server can read it.
 * `key` is the MLS message that hands the content key to the devices of `epoch`, `body` the
 * ciphertext under that key, padded to a bucket. PROTOCOL.md 12.
 */
export const sealed = object({
  v: integer(1, 1),
  epoch: integer(0, limits.json.maxInteger),
  nonce: pattern(/^[A-Za-z0-9+/]{21}[AQgw]$/, "16 bytes in base64"),
  key: base64(limits.sealed.maxKeyBytes, "an MLS message in base64"),
  body: base64(limits.sealed.maxBodyBytes, "a ciphertext in base64"),
  /** It notifies nobody and is not unread. Devices take it of what shares history alone. */
  quiet: optional(flag),
});
export type SealedContent = Infer<typeof sealed>;
