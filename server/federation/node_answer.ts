import type { Buffer } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { TransportError } from "../../federation/ports.ts";
import { joinBytes } from "../http/body.ts";

/** An answer whose body has not been read yet: it is read, or cancelled. */
export interface IncomingAnswer {
  readonly status: number;
  header(name: string): string | undefined;
  /** The whole body. @throws TransportError beyond `maxBytes` */
  bytes(maxBytes: number): Promise<Uint8Array>;
  /** The body as it comes; ends with an error beyond `maxBytes`. */
  stream(maxBytes: number): ReadableStream<Uint8Array>;
  cancel(): void;
}

/** How the end of an answer is told. */
export interface AnswerFrom {
  readonly host: string;
  readonly explain: (error: unknown) => TransportError;
}

/** An answer of node:http. */
export class NodeAnswer implements IncomingAnswer {
  readonly #incoming: IncomingMessage;
  readonly #from: AnswerFrom;

  constructor(incoming: IncomingMessage, from: AnswerFrom) {
    this.#incoming = incoming;
    this.#from = from;
    // One that nobody reads must not end the process when it is cut.
    incoming.on("error", () => undefined);
  }

  get status(): number {
    return this.#incoming.statusCode ?? 0;
  }

  header(name: string): string | undefined {
    const value = this.#incoming.headers[name];
    return Array.isArray(value) ? value.join(", ") : value;
  }

  cancel(): void {
    this.#incoming.destroy();
  }

  bytes(maxBytes: number): Promise<Uint8Array> {
    const incoming = this.#incoming;
    const { explain: explained } = this.#from;
    return new Promise((resolve, reject) => {
      const parts: Uint8Array[] = [];
      let size = 0;
      const refuse = () => {
        reject(this.#tooLarge(maxBytes));
        incoming.destroy();
      };
      if (Number(incoming.headers["content-length"] ?? 0) > maxBytes) return refuse();
      incoming.on("data", (part: Buffer) => {
        size += part.byteLength;
        if (size > maxBytes) refuse();
        else parts.push(part);
      });
      incoming.once("end", () => resolve(joinBytes(parts, size)));
      incoming.once("error", (error) => reject(explained(error)));
      incoming.once("close", () => reject(explained(new Error("the answer was cut off"))));
    });
  }

  stream(maxBytes: number): ReadableStream<Uint8Array> {
    const incoming = this.#incoming;
    let size = 0;
    let ended = false;
    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        const end = (failure?: TransportError) => {
          if (ended) return;
          ended = true;
          if (failure === undefined) controller.close();
          else controller.error(failure);
        };
        incoming.on("data", (part: Buffer) => {
          size += part.byteLength;
          if (size > maxBytes) {
            end(this.#tooLarge(maxBytes));
            incoming.destroy();
          } else if (!ended) {
            controller.enqueue(new Uint8Array(part));
            if ((controller.desiredSize ?? 0) <= 0) incoming.pause();
          }
        });
        incoming.once("end", () => end());
        incoming.once("error", (error) => end(this.#from.explain(error)));
        incoming.once("close", () => end(this.#from.explain(new Error("the answer was cut off"))));
        incoming.pause();
      },
      pull: () => void incoming.resume(),
      cancel() {
        ended = true;
        incoming.destroy();
      },
    }, { highWaterMark: 1 });
  }

  #tooLarge(maxBytes: number): TransportError {
    return new TransportError(
      "too_large",
      `${this.#from.host} answered with more than ${maxBytes} bytes.`,
    );
  }
}
