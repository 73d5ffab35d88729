/// <reference lib="deno.worker" />
import { Buffer } from "node:buffer";
import { createPublicKey, type KeyObject, verify } from "node:crypto";
import type { SignatureCheck } from "../../core/event/verify.ts";

/** What stands before the 32 bytes of an Ed25519 key in its DER form (RFC 8410). */
const DER_PREFIX = Buffer.from("302a300506032b6570032100", "hex");
/** Keys held; when there are more it starts afresh. */
const KEYS_MAX = 1024;

const keys = new Map<string, KeyObject>();

function keyObject(key: Uint8Array): KeyObject {
  const name = key.toHex();
  let held = keys.get(name);
  if (held === undefined) {
    if (keys.size >= KEYS_MAX) keys.clear();
    const der = Buffer.concat([DER_PREFIX, key]);
    held = createPublicKey({ key: der, format: "der", type: "spki" });
    keys.set(name, held);
  }
  return held;
}

function holds({ key, signature, message }: SignatureCheck): boolean {
  try {
    return verify(null, message, keyObject(key), signature);
  } catch {
    return false; // bytes that are no point
  }
}

self.onmessage = ({ data }: MessageEvent<readonly SignatureCheck[]>) => {
  self.postMessage(data.map(holds));
};
