import type { Decoder } from "ts-mls/codec/tlsDecoder.js";
import { decodeMlsMessage, type MLSMessage } from "ts-mls/message.js";
import { limits } from "../limits.ts";
import { MlsFault, toFault } from "./fault.ts";

type Kind = MLSMessage["wireformat"];

/** Decodes all of `bytes`, or throws `malformed`: nothing else leaves the library's decoders. */
export function decodeWhole<T>(
  decoder: Decoder<T>,
  bytes: Uint8Array,
  options: { what: string; maxBytes: number },
): T {
  const { what, maxBytes } = options;
  if (bytes.length > maxBytes) {
    throw new MlsFault(
      "malformed",
      `Cannot read a ${what} of ${bytes.length} bytes: at most ${maxBytes} are allowed`,
    );
  }
  // The library's decoders keep views: a copy makes what they return ours.
  const own = bytes.slice();
  let decoded: [T, number] | undefined;
  try {
    decoded = decoder(own, 0);
  } catch (error) {
    throw new MlsFault("malformed", toFault(`read a ${what}`, error).message, error);
  }
  if (decoded === undefined || decoded[1] !== own.length) {
    throw new MlsFault("malformed", `Cannot read ${bytes.length} bytes as a ${what}`);
  }
  return decoded[0];
}

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

/** An epoch as a number: beyond 2^53 none is real. */
export function toEpoch(epoch: bigint): number {
  if (epoch > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new MlsFault("malformed", `Cannot follow epoch ${epoch}: it is beyond 2^53`);
  }
  return Number(epoch);
}
