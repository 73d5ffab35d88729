import { decodeMlsMessage, type MLSMessage } from "ts-mls/message.js";
import { limits } from "../limits.ts";
import { decodeWhole } from "./decode.ts";
import { MlsFault } from "./fault.ts";

type Kind = MLSMessage["wireformat"];

const MAX_BYTES: Readonly<Record<Kind, number>> = {
  mls_public_message: limits.mls.maxHandshakeBytes,
  mls_welcome: limits.mls.maxHandshakeBytes,
  mls_group_info: limits.mls.maxHandshakeBytes,
  mls_private_message: limits.mls.maxMessageBytes,
  mls_key_package: limits.mls.maxKeyPackageBytes,
};

/** An `MLSMessage` of the kind that is expected. RFC 9420 6. */
export function decodeMessage<K extends Kind>(
  bytes: Uint8Array,
  kind: K,
): Extract<MLSMessage, { wireformat: K }> {
  const message = decodeWhole(decodeMlsMessage, bytes, { what: kind, maxBytes: MAX_BYTES[kind] });
  if (message.wireformat !== kind) {
    throw new MlsFault("malformed", `Cannot read a ${message.wireformat} as a ${kind}`);
  }
  return message as Extract<MLSMessage, { wireformat: K }>;
}
