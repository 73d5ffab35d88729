import type { Buffer } from "node:buffer";

/** A way to one address of a browser, over UDP or TCP. */
export interface Route {
  readonly transport: "udp" | "tcp";
  /** Where the browser's datagrams come from, as we see it. */
  readonly address: string;
  readonly port: number;
  /** A buffer of `limits.voice.maxDatagramBytes` to write the next datagram into. */
  take(): Buffer;
  /** Sends the first `length` bytes of a buffer that `take` gave, which is given back with it. */
  send(buffer: Buffer, length: number): void;
}

/** Sends a datagram that lies somewhere else. One that is too long is none of ours: left out. */
export function sendCopy(route: Route, data: Buffer): void {
  const buffer = route.take();
  route.send(buffer, data.copy(buffer));
}
