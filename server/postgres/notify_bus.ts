import type { Bus } from "../../core/ports/bus.ts";
import type { Log } from "../../core/ports/log.ts";
import { LocalBus } from "../system/local_bus.ts";
import { connect } from "./connect.ts";
import type { Sql } from "./sql.ts";

export interface NotifyBusOptions {
  /** The outside Postgres that the processes share. */
  readonly url: string;
  /** Name of this process among them. */
  readonly processId: string;
  readonly log: Log;
}

const CHANNEL = "openguild_bus";
/** Postgres refuses a payload of 8,000 bytes. */
const PAYLOAD_CHARS_MAX = 7_900;
/** Messages on their way at once; while the database is away the rest is dropped. */
const UNDER_WAY_MAX = 1_000;

/**
 * The bus of several processes without NATS: LISTEN and NOTIFY of their Postgres. For small
 * messages alone, such as who is typing; stored events are found by polling the log. Handlers
 * of this process run before `publish` returns.
 */
export class NotifyBus implements Bus {
  readonly #local = new LocalBus();
  readonly #options: NotifyBusOptions;
  readonly #sql: Sql;
  #underWay = 0;
  #unlisten: () => Promise<void> = () => Promise.resolve();

  private constructor(options: NotifyBusOptions) {
    this.#options = options;
    // One connection keeps the order of what is sent.
    this.#sql = connect({
      url: options.url,
      poolSize: 1,
      log: options.log,
      applicationName: "openguild bus",
    });
  }

  static async connect(options: NotifyBusOptions): Promise<NotifyBus> {
    const bus = new NotifyBus(options);
    const { unlisten } = await bus.#sql.listen(CHANNEL, (payload) => bus.#hear(payload));
    bus.#unlisten = unlisten;
    return bus;
  }

  publish(subject: string, payload: Uint8Array): void {
    this.#local.publish(subject, payload);
    const text = `${this.#options.processId} ${subject} ${payload.toBase64()}`;
    if (text.length > PAYLOAD_CHARS_MAX || this.#underWay >= UNDER_WAY_MAX) {
      this.#options.log.log("warn", "A message to the other processes was not sent.", { subject });
      return;
    }
    this.#underWay++;
    this.#sql`select pg_notify(${CHANNEL}, ${text})`
      .catch((error) =>
        this.#options.log.log("warn", "A message to the other processes was lost.", {
          subject,
          error,
        })
      )
      .finally(() => this.#underWay--);
  }

  subscribe(subject: string, handle: (payload: Uint8Array) => void): () => void {
    return this.#local.subscribe(subject, handle);
  }

  async close(): Promise<void> {
    await this.#unlisten().catch(() => undefined);
    await this.#sql.end({ timeout: 5 });
    await this.#local.close();
  }

  #hear(text: string): void {
    const [processId, subject, payload] = text.split(" ");
    if (processId === this.#options.processId || !subject || payload === undefined) return;
    this.#local.publish(subject, Uint8Array.fromBase64(payload));
  }
}
