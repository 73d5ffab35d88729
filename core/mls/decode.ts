import type { Decoder } from "ts-mls/codec/tlsDecoder.js";
import { MlsFault, toFault } from "./fault.ts";

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

/** An epoch as a number: beyond 2^53 none is real. */
export function toEpoch(epoch: bigint): number {
  if (epoch > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new MlsFault("malformed", `Cannot follow epoch ${epoch}: it is beyond 2^53`);
  }
  return Number(epoch);
}
