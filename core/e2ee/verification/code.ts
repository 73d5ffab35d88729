import { type DeviceId, parseDeviceId } from "../../ids/device_id.ts";
import { parseUserId, type UserId } from "../../ids/user_id.ts";
import { ByteReader, concat, textOf, uint, utf8 } from "../bytes.ts";

/**
 * The code that an old device shows and a new one scans: who shows it, by which keys, and a secret
 * that only a camera in front of it can know. One scan proves both sides to each other.
 */
export interface DeviceCode {
  readonly id: Uint8Array;
  readonly secret: Uint8Array;
  readonly agreement: Uint8Array;
  readonly msk: Uint8Array;
  readonly signatureKey: Uint8Array;
  readonly user: UserId;
  readonly device: DeviceId;
}

const PREFIX = "openguild-device:";
const VERSION = 1;
/** Of the longest user id; nothing longer is a code. */
const MAX_TEXT_CHARS = 700;

/** Text for a QR code, about 270 characters. */
export function writeCode(code: DeviceCode): string {
  const user = utf8(code.user);
  const device = utf8(code.device);
  const { id, secret, agreement, msk, signatureKey } = code;
  const keys = [id, secret, agreement, msk, signatureKey];
  const names = [uint(user.length, 1), user, uint(device.length, 1), device];
  const bytes = concat(uint(VERSION, 1), ...keys, ...names);
  return PREFIX + bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

/** The code, or undefined where the text is none of this version. Blanks around it are forgiven. */
export function readCode(text: string): DeviceCode | undefined {
  const trimmed = text.trim();
  if (trimmed.length > MAX_TEXT_CHARS || !trimmed.startsWith(PREFIX)) return undefined;
  let bytes: Uint8Array;
  try {
    bytes = Uint8Array.fromBase64(trimmed.slice(PREFIX.length), { alphabet: "base64url" });
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
  if (!id || !secret || !agreement || !msk || !signatureKey || reader.left > 0) return undefined;
  if (user === undefined || device === undefined) return undefined;
  return { id, secret, agreement, msk, signatureKey, user, device };
}

function readText(reader: ByteReader): string {
  const bytes = reader.led(1);
  return (bytes && textOf(bytes)) ?? "";
}
