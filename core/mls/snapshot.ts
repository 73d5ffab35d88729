import { decodeGroupState, encodeGroupState, type GroupState } from "ts-mls/clientState.js";
import { decodeWhole } from "./decode.ts";
import { MlsFault } from "./fault.ts";
import type { Group } from "./group.ts";

const VERSION = 1;
const MAX_BYTES = 16 * 1024 * 1024;

/** All of a group, secrets included. `Mls.restore` reads it. */
export function snapshot(group: Group): Uint8Array {
  const encoded = encodeGroupState(group.state);
  const bytes = new Uint8Array(encoded.length + 1);
  bytes[0] = VERSION;
  bytes.set(encoded, 1);
  return bytes;
}

/** The library's state out of a snapshot. */
export function readSnapshot(bytes: Uint8Array): GroupState {
  if (bytes[0] !== VERSION) {
    throw new MlsFault("malformed", `Cannot read a snapshot of form ${bytes[0]}`);
  }
  return decodeWhole(decodeGroupState, bytes.subarray(1), {
    what: "snapshot of a group",
    maxBytes: MAX_BYTES,
  });
}
