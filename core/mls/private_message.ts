import { mapDecoders } from "ts-mls/codec/tlsDecoder.js";
import { contramapBufferEncoders, encode } from "ts-mls/codec/tlsEncoder.js";
import {
  decodePrivateMessage,
  type PrivateMessage,
  privateMessageEncoder,
} from "ts-mls/privateMessage.js";
import { decodeProtocolVersion, protocolVersionEncoder } from "ts-mls/protocolVersion.js";
import { decodeWireformat, wireformatEncoder } from "ts-mls/wireformat.js";
import { limits } from "../limits.ts";
import { decodeWhole } from "./decode.ts";
import { MlsFault } from "./fault.ts";

/**
 * An `MLSMessage` (RFC 9420 6) that is a PrivateMessage: what devices read and write all the time,
 * apart from `decodeMessage`, which brings every other kind along.
 */

const WHAT = { what: "mls_private_message", maxBytes: limits.mls.maxMessageBytes };

const decodeAny = mapDecoders(
  [decodeProtocolVersion, decodeWireformat, decodePrivateMessage],
  (_version, wireformat, privateMessage) => ({ wireformat, privateMessage }),
);
const encodeIt = encode(contramapBufferEncoders(
  [protocolVersionEncoder, wireformatEncoder, privateMessageEncoder],
  (message: PrivateMessage) => ["mls10", "mls_private_message", message] as const,
));

/** Throws `malformed`. */
export function readPrivateMessage(bytes: Uint8Array): PrivateMessage {
  const { wireformat, privateMessage } = decodeWhole(decodeAny, bytes, WHAT);
  if (wireformat === "mls_private_message") return privateMessage;
  throw new MlsFault("malformed", `Cannot read a ${wireformat} as a mls_private_message`);
}

export function writePrivateMessage(message: PrivateMessage): Uint8Array {
  return encodeIt(message);
}
