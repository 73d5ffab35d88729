/** What the one backend does with whole messages of one client; resolves with its answer. */
export type RunMessages = (messages: Uint8Array) => Promise<Uint8Array>;

/** One client of the backend, fed with bytes in any portions. */
export interface GateClient {
  /** Bytes from the client. */
  push(bytes: Uint8Array): void;
  /** The client is gone: what it has open is rolled back. */
  end(): void;
}

export interface GateOptions {
  readonly run: RunMessages;
  /** Waits; rejects when the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** A client may sit in a transaction so long while others wait; then it is put out. */
  readonly idleInTransactionMs: number;
}

/** First bytes of a start-up packet's code: protocol 3, TLS request, cancel request. */
const PROTOCOL_3 = 196_608;
const TLS_REQUEST = 80_877_103;
const CANCEL_REQUEST = 80_877_102;
/** A message beyond this is none of ours: the client speaks something else. */
const MAX_MESSAGE_BYTES = 256 * 1024 * 1024;
const QUERY = 0x51;
const SYNC = 0x53;
const TERMINATE = 0x58;
const READY = 0x5a;
const IDLE = 0x49;

/**
 * Many connections to a database that has one backend. A client gets the backend with its first
 * message and keeps it until the backend says that it is ready and outside a transaction, so that
 * no two clients meet inside one transaction or between the steps of one query.
 */
export class WireGate {
  readonly #options: GateOptions;
  readonly #waiting: Client[] = [];
  #holder: Client | undefined;

  constructor(options: GateOptions) {
    this.#options = options;
  }

  /** `send` gets the answers, `putOut` tells that the client was ended from this side. */
  connect(send: (bytes: Uint8Array) => void, putOut: () => void): GateClient {
    const client = new Client(send, putOut);
    return {
      push: (bytes) => {
        if (client.gone) return;
        client.push(bytes);
        this.#want(client);
      },
      end: () => {
        if (client.gone) return;
        client.gone = true;
        client.wake();
        this.#want(client);
      },
    };
  }

  #want(client: Client): void {
    if (this.#holder === client) {
      client.news = true;
      return client.wake();
    }
    if (!this.#waiting.includes(client)) this.#waiting.push(client);
    // The holder's wait for more begins again, now with an end.
    if (this.#holder) this.#holder.wake();
    else void this.#serve();
  }

  async #serve(): Promise<void> {
    while (true) {
      const client = this.#waiting.shift();
      this.#holder = client;
      if (!client) return;
      await this.#serveClient(client);
      // What came after the last look at the client, before its turn had ended.
      if (client.news && !this.#waiting.includes(client)) this.#waiting.push(client);
    }
  }

  /** Runs what the client sent until nothing of it is open. */
  async #serveClient(client: Client): Promise<void> {
    while (true) {
      client.news = false;
      if (client.gone) return await this.#rollBack(client);
      const messages = client.take();
      if (messages === undefined) {
        if (client.gone) continue;
        if (!client.open) return;
        if (await this.#stalls(client)) {
          client.gone = true;
          client.putOut();
        }
        continue;
      }
      const answer = await this.#options.run(messages.bytes);
      client.open = messages.closes ? !endsIdle(answer) : true;
      if (!client.gone) client.send(answer);
      // Nothing open: others get their turn before this client's next messages.
      if (!client.open && this.#waiting.length > 0) {
        if (client.hasMore || client.gone) this.#waiting.push(client);
        return;
      }
    }
  }

  async #rollBack(client: Client): Promise<void> {
    if (!client.open) return;
    client.open = false;
    await this.#options.run(ROLLBACK);
  }

  /** Waits for more of the client; true when it kept others waiting too long. */
  async #stalls(client: Client): Promise<boolean> {
    const stop = new AbortController();
    try {
      const more = client.more();
      if (this.#waiting.length === 0) {
        await more;
        return false;
      }
      const stalled = this.#options.sleep(this.#options.idleInTransactionMs, stop.signal)
        .then(() => true, () => false);
      return await Promise.race([more.then(() => false), stalled]);
    } finally {
      stop.abort();
    }
  }
}

const ROLLBACK = (() => {
  const text = new TextEncoder().encode("rollback\0");
  const message = new Uint8Array(5 + text.length);
  message[0] = QUERY;
  new DataView(message.buffer).setInt32(1, 4 + text.length);
  message.set(text, 5);
  // Sync first: after a failed step of a query the backend skips everything up to one.
  return concat([new Uint8Array([SYNC, 0, 0, 0, 4]), message]);
})();

function endsIdle(answer: Uint8Array): boolean {
  return answer.at(-6) === READY && answer.at(-1) === IDLE;
}

class Client {
  readonly send: (bytes: Uint8Array) => void;
  readonly putOut: () => void;
  gone = false;
  /** The backend is inside a query or transaction of this client. */
  open = false;
  /** Something came since the client was last looked at. */
  news = false;
  #started = false;
  #buffer: Uint8Array = new Uint8Array(0);
  #wake: (() => void) | undefined;

  constructor(send: (bytes: Uint8Array) => void, putOut: () => void) {
    this.send = send;
    this.putOut = putOut;
  }

  push(bytes: Uint8Array): void {
    this.#buffer = this.#buffer.length === 0 ? bytes : concat([this.#buffer, bytes]);
  }

  more(): Promise<void> {
    return new Promise((resolve) => this.#wake = resolve);
  }

  wake(): void {
    this.#wake?.();
    this.#wake = undefined;
  }

  get hasMore(): boolean {
    return this.#buffer.length > 0;
  }

  /** All whole messages up to the first that completes a query; undefined when there is none. */
  take(): { readonly bytes: Uint8Array; readonly closes: boolean } | undefined {
    if (!this.#started) return this.#takeStartup();
    let end = 0;
    let closes = false;
    while (!closes) {
      const length = this.#lengthAt(end + 1);
      if (length === undefined || this.#buffer.length < end + 1 + length) break;
      const kind = this.#buffer[end];
      if (kind === TERMINATE) {
        this.gone = true;
        break;
      }
      end += 1 + length;
      closes = kind === SYNC || kind === QUERY;
    }
    return end === 0 ? undefined : { bytes: this.#cut(end), closes };
  }

  #takeStartup(): { readonly bytes: Uint8Array; readonly closes: boolean } | undefined {
    const length = this.#lengthAt(0);
    if (length === undefined || this.#buffer.length < Math.max(length, 8)) return undefined;
    const code = new DataView(this.#buffer.buffer, this.#buffer.byteOffset).getInt32(4);
    const packet = this.#cut(length);
    if (code === TLS_REQUEST) {
      this.send(new TextEncoder().encode("N"));
      return this.#takeStartup();
    }
    if (code !== PROTOCOL_3) {
      this.gone = true;
      if (code !== CANCEL_REQUEST) this.putOut();
      return undefined;
    }
    this.#started = true;
    return { bytes: packet, closes: true };
  }

  #lengthAt(at: number): number | undefined {
    if (this.gone || this.#buffer.length < at + 4) return undefined;
    const length = new DataView(this.#buffer.buffer, this.#buffer.byteOffset).getInt32(at);
    if (length >= 4 && length <= MAX_MESSAGE_BYTES) return length;
    this.gone = true;
    this.putOut();
    return undefined;
  }

  #cut(length: number): Uint8Array {
    const head = this.#buffer.slice(0, length);
    this.#buffer = this.#buffer.subarray(length);
    return head;
  }
}

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
