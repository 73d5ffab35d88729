import type { JsonObject, JsonValue } from "../../event/json.ts";
import { parseJson } from "../../event/json_parse.ts";
import { writeCanonicalBytes } from "../../event/json_write.ts";
import {
  flag,
  id,
  type Infer,
  integer,
  object,
  oneOf,
  optional,
  type Shape,
} from "../../event/kinds/shape.ts";
import { parseDeviceId } from "../../ids/device_id.ts";
import { fromBase64 } from "../bytes.ts";

/** Why a verification ended without a result. */
export const CANCEL_REASONS = [
  /** A person said no. */
  "refused",
  /** What was compared was not the same. */
  "mismatch",
  "timeout",
  /** Another device of the same user took it up. */
  "other_device",
  "unsupported",
  /** Words or proofs were not what they should be. */
  "failed",
] as const;
export type CancelReason = typeof CANCEL_REASONS[number];

function bytes(size: number): Shape<string> {
  const parse = (text: string) => fromBase64(text, size) === undefined ? undefined : text;
  return id(parse, `unpadded base64 of ${size} bytes`);
}

const front = { v: integer(1, 1), id: bytes(16) };
const party = { msk: bytes(32), key: bytes(32), wants: flag };
const handover = id(
  (text) => text.length <= 2048 && fromBase64(text) !== undefined ? text : undefined,
  "unpadded base64 of a handover",
);

const bodies = {
  /** ts: milliseconds; says when the request ends. */
  "verification.request": object({ ...front, ...party, ts: integer(0, 2 ** 42) }),
  "verification.accept": object({ ...front, ...party, commitment: bytes(32) }),
  "verification.key": object({ ...front, agreement: bytes(32) }),
  "verification.mac": object({ ...front, proof: bytes(32) }),
  /** The scanner's answer to a code. */
  "verification.start": object({ ...front, ...party, agreement: bytes(32), proof: bytes(32) }),
  /** Identity and backup key, sealed for the device that wants them. */
  "verification.done": object({ ...front, handover }),
  "verification.cancel": object({
    ...front,
    reason: oneOf(...CANCEL_REASONS),
    /** With other_device: the one that goes on. */
    device: optional(id(parseDeviceId, "a device id")),
  }),
};

export type VerificationKind = keyof typeof bodies;
export type VerificationBody<Kind extends VerificationKind> = Infer<(typeof bodies)[Kind]>;
/** A message with its kind. */
export type VerificationMessage = {
  [Kind in VerificationKind]: { readonly kind: Kind; readonly body: VerificationBody<Kind> };
}[VerificationKind];

/** The largest is a request that hands over; servers take more. */
export const MAX_MESSAGE_BYTES = 4096;

export function isVerificationKind(kind: string): kind is VerificationKind {
  return Object.hasOwn(bodies, kind);
}

export function writeMessage(message: VerificationMessage): Uint8Array<ArrayBuffer> {
  return writeCanonicalBytes(message.body as unknown as JsonValue);
}

/** The message, or undefined where its body is not of its kind's shape. Never throws. */
export function readMessage(
  kind: VerificationKind,
  body: Uint8Array,
): VerificationMessage | undefined {
  const parsed = parseJson(body, { maxBytes: MAX_MESSAGE_BYTES, maxDepth: 4, maxNodes: 32 });
  if (!parsed.ok || bodies[kind].fault(parsed.value) !== undefined) return undefined;
  return { kind, body: parsed.value as JsonObject } as unknown as VerificationMessage;
}
