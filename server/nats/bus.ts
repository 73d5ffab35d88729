import {
  type NatsConnection,
  NatsConnectionImpl,
  setTransportFactory,
} from "@nats-io/transport-node";
import { nodeResolveHost } from "@nats-io/transport-node/lib/node_transport.js";
import type { Bus } from "../../core/ports/bus.ts";
import type { Log } from "../../core/ports/log.ts";
import { BusError } from "./bus_error.ts";
import { GuardedTransport } from "./guarded_transport.ts";

export interface NatsBusOptions {
  /** `nats://host:port`, one or more. */
  readonly servers: readonly string[];
  readonly credentials?:
    | { readonly user: string; readonly pass: string }
    | { readonly token: string };
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

  /** @throws BusError when no server answers, or it refuses. */
  static async connect(options: NatsBusOptions): Promise<NatsBus> {
    // What the library's own `connect` does, with its transport in place of ours.
    setTransportFactory({ factory: () => new GuardedTransport(), dnsResolveFn: nodeResolveHost });
    const connection = await NatsConnectionImpl.connect({
      servers: [...options.servers],
      ...options.credentials,
      name: "openguild",
      maxReconnectAttempts: -1,
      reconnectTimeWait: 250,
      noEcho: false,
    }).catch((cause) => {
      const reason = cause instanceof Error ? cause.message : String(cause);
      const places = options.servers.map((url) => url.replace(/\/\/.*@/, "//")).join(", ");
      throw new BusError(
        `NATS at ${places} could not be used: ${reason}. Start it, correct bus.nats_url and ` +
          "its credentials, or take the setting away.",
        { cause },
      );
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
