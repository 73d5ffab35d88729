import { Buffer } from "node:buffer";
import type { ServerFrame } from "../../../core/api/gateway.ts";

const TEXT_FRAME_HEADER = 0x81;

/**
 * One thing to tell clients, serialized once and shared by all its readers: `wire` is the
 * whole WebSocket frame (RFC 6455 section 5.2: FIN, text, unmasked), `sse` the event text.
 */
export class Frame {
  readonly json: string;
  readonly event: string;
  readonly position: string | undefined;
  #wire: Buffer | undefined;
  #sse: Uint8Array | undefined;

  constructor(json: string, options: { event: string; position?: string | undefined }) {
    this.json = json;
    this.event = options.event;
    this.position = options.position;
  }

  get wire(): Buffer {
    return this.#wire ??= textFrame(this.json);
  }

  /** A server-sent event (HTML standard, section 9.2.6); its id is the position. */
  get sse(): Uint8Array {
    return this.#sse ??= Buffer.from(
      `${this.position === undefined ? "" : `id: ${this.position}\n`}` +
        `event: ${this.event}\ndata: ${this.json}\n\n`,
    );
  }
}

function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const headerBytes = length < 126 ? 2 : length < 65536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(headerBytes + length);
  frame[0] = TEXT_FRAME_HEADER;
  if (headerBytes === 2) frame[1] = length;
  else if (headerBytes === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.write(text, headerBytes);
  return frame;
}

export function serverFrame(frame: ServerFrame, position?: string): Frame {
  return new Frame(JSON.stringify(frame), { event: frame.op, position });
}

/** A dispatch whose data is taken as it is: projectors have typed it. */
export function dispatchFrame(t: string, d: unknown, position: string | undefined): Frame {
  const json = position === undefined
    ? JSON.stringify({ op: "dispatch", t, d })
    : JSON.stringify({ op: "dispatch", t, d, pos: position });
  return new Frame(json, { event: t, position });
}
