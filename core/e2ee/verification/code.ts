import { type DeviceId, parseDeviceId } from "../../ids/device_id.ts";
import { parseUserId, type UserId } from "../../ids/user_id.ts";
import { ByteReader, concat, textOf, uint, utf8 } from "../bytes.ts";

/** Somebody by the master key that is known of them. */
export interface Known {
  readonly user: UserId;
  readonly msk: Uint8Array;
}

/**
 * The code that a device shows and another one scans: who shows it, by which keys, and a secret that
 * only a camera in front of it can know. One scan proves both sides to each other.
 */
export interface DeviceCode {
  readonly id: Uint8Array;
  readonly secret: Uint8Array;
  readonly agreement: Uint8Array;
  readonly msk: Uint8Array;
  readonly signatureKey: Uint8Array;
  readonly user: UserId;
  readonly device: DeviceId;
  /** Whom it is for, as the device that shows it knows them; undefined: a new device of its user. */
  readonly to: Known | undefined;
}

const PREFIX = "openguild-device:";
const PERSON_PREFIX = "openguild-person:";
const VERSION = 1;
/** Of the longest user ids; nothing longer is a code. */
const MAX_TEXT_CHARS = 1000;

/** Text for a QR code, about 270 characters, between people 350. */
export function writeCode(code: DeviceCode): string {
  const user = utf8(code.user);
  const device = utf8(code.device);
  const { id, secret, agreement, msk, signatureKey, to } = code;
  const keys = [id, secret, agreement, msk, signatureKey];
  const names = [uint(user.length, 1), user, uint(device.length, 1), device];
  const other = to === undefined ? [] : [uint(utf8(to.user).length, 1), utf8(to.user), to.msk];
  const bytes = concat(uint(VERSION, 1), ...keys, ...names, ...other);
  return (to === undefined ? PREFIX : PERSON_PREFIX) +
    bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

/** The code, or undefined where the text is none of this version. Blanks around it are forgiven. */
export function readCode(text: string): DeviceCode | undefined {
  const trimmed = text.trim();
  const prefix = [PREFIX, PERSON_PREFIX].find((each) => trimmed.startsWith(each));
  if (trimmed.length > MAX_TEXT_CHARS || prefix === undefined) return undefined;
  let bytes: Uint8Array;
  try {
    bytes = Uint8Array.fromBase64(trimmed.slice(prefix.length), { alphabet: "base64url" });
  } catch {
    return undefined;
  }
  const reader = new ByteReader(bytes);
  if (reader.uint(1) !== VERSION) return undefined;
  const id = reader.take(16);
  const [secret, agreement] = [reader.take(32), reader.take(32)];
  const [msk, signatureKey] = [reader.take(32), reader.take(32)];
  const user = parseUserId(readText(reader));
  const device = parseDeviceId(readText(reader));
  const to = prefix === PERSON_PREFIX ? readKnown(reader) : undefined;
  if (!id || !secret || !agreement || !msk || !signatureKey || reader.left > 0) return undefined;
  if (user === undefined || device === undefined) return undefined;
  if (prefix === PERSON_PREFIX && to === undefined) return undefined;
  return { id, secret, agreement, msk, signatureKey, user, device, to };
}

function readKnown(reader: ByteReader): Known | undefined {
  const user = parseUserId(readText(reader));
  const msk = reader.take(32);
  return user === undefined || msk === undefined ? undefined : { user, msk };
}

function readText(reader: ByteReader): string {
  const bytes = reader.led(1);
  return (bytes && textOf(bytes)) ?? "";
}
