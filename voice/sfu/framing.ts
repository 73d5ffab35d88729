import { Buffer } from "node:buffer";
import { limits } from "../../core/limits.ts";

/** Datagrams in a stream of bytes, each behind its length in two bytes (RFC 4571). */

const PREFIX = 2;

export function frame(data: Uint8Array): Buffer {
  const out = Buffer.allocUnsafe(PREFIX + data.length);
  out.writeUInt16BE(data.length, 0);
  out.set(data, PREFIX);
  return out;
}

/** Takes a stream apart. It holds at most one datagram that has not come whole. */
export class Unframer {
  #rest: Buffer = Buffer.alloc(0);

  /** The datagrams that are whole now; undefined for one that is longer than any of ours. */
  push(data: Buffer): Buffer[] | undefined {
    const all = this.#rest.length === 0 ? data : Buffer.concat([this.#rest, data]);
    const datagrams: Buffer[] = [];
    let at = 0;
    while (at + PREFIX <= all.length) {
      const length = all.readUInt16BE(at);
      if (length > limits.voice.maxDatagramBytes) return undefined;
      const end = at + PREFIX + length;
      if (end > all.length) break;
      datagrams.push(all.subarray(at + PREFIX, end));
      at = end;
    }
    this.#rest = Buffer.from(all.subarray(at));
    return datagrams;
  }
}
