import { connect, type NatsConnection } from "@nats-io/transport-node";
import type { Bus } from "../../core/ports/bus.ts";
import type { Log } from "../../core/ports/log.ts";

export interface NatsBusOptions {
  /** `nats://[user:password@]host:port`, one or more. */
  readonly servers: readonly string[];
  readonly log: Log;
}

/**
 * The bus between the processes of one homeserver. While NATS is away nothing is delivered and
 * nothing fails: readers find gaps by position. PROTOCOL.md 1 (durability).
 */
export class NatsBus implements Bus {
  readonly #connection: NatsConnection;
  readonly #log: Log;

  private constructor(connection: NatsConnection, log: Log) {
    this.#connection = connection;
    this.#log = log;
  }

  /** @throws Error when no server answers. */
  static async connect(options: NatsBusOptions): Promise<NatsBus> {
    const connection = await connect({
      servers: [...options.servers],
      name: "openguild",
      maxReconnectAttempts: -1,
      reconnectTimeWait: 250,
      noEcho: false,
    });
    return new NatsBus(connection, options.log);
  }

  publish(subject: string, payload: Uint8Array): void {
    try {
      this.#connection.publish(subject, payload);
    } catch (error) {
      this.#log.log("warn", "A bus message was not sent; readers will find the gap.", {
        subject,
        error,
      });
    }
  }

  subscribe(subject: string, handle: (payload: Uint8Array) => void): () => void {
    const subscription = this.#connection.subscribe(subject, {
      callback: (error, message) => {
        if (error) this.#log.log("warn", "A bus message was lost.", { subject, error });
        else handle(message.data);
      },
    });
    return () => subscription.unsubscribe();
  }

  async close(): Promise<void> {
    await this.#connection.drain();
  }
}
