import { Duplex } from "node:stream";

/**
 * A socket as the driver expects one, over a message port: the embedded database is reached
 * without a port or a file that anybody else on the machine could open.
 */
export class PortSocket extends Duplex {
  /** Asked by the driver when it ends a connection. */
  readyState: "open" | "closed" = "open";
  readonly #port: MessagePort;

  constructor(port: MessagePort) {
    super();
    this.#port = port;
    port.onmessage = (event: MessageEvent<Uint8Array | null>) => {
      if (event.data === null) this.destroy();
      else this.push(event.data);
    };
  }

  override _read(): void {}

  override _write(chunk: Uint8Array, _encoding: string, done: (error?: Error | null) => void) {
    this.#port.postMessage(new Uint8Array(chunk));
    done();
  }

  override _final(done: (error?: Error | null) => void): void {
    done();
    this.destroy();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (this.readyState === "open") {
      this.readyState = "closed";
      this.#port.postMessage(null);
      this.#port.close();
    }
    done(error);
  }
}
