import type { Seat } from "./crowd.ts";

/** Text of a short message; the numbers before it tell one from another. */
export const MESSAGE_FILLER = "as long as people write ".repeat(3);
const DIGITS = 10;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What a send was answered. */
export interface Answered {
  readonly ok: boolean;
  readonly text: string;
}

/**
 * One sender on one kept connection: a request of fixed length whose number alone changes, so
 * that the measuring costs the machine as little as it can.
 */
export class HttpSender implements Disposable {
  readonly #conn: Deno.TcpConn;
  readonly #request: Uint8Array;
  readonly #numberAt: readonly number[];
  readonly #buffer = new Uint8Array(16 * 1024);
  #next = 0;

  private constructor(conn: Deno.TcpConn, seat: Seat, name: string) {
    this.#conn = conn;
    const mark = "#".repeat(DIGITS);
    const body = JSON.stringify({
      channel_id: seat.channelId,
      body: `${name} ${mark} ${MESSAGE_FILLER}`,
      nonce: `${name}-${mark}`,
    });
    const text = `POST /client/v1/rooms/${seat.roomId}/send HTTP/1.1\r\nHost: localhost\r\n` +
      `Authorization: Bearer ${seat.token}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${body.length}\r\n\r\n${body}`;
    this.#request = encoder.encode(text);
    this.#numberAt = [text.indexOf(mark), text.lastIndexOf(mark)];
  }

  /** `name` tells this sender's messages from all others ever sent. */
  static async open(port: number, seat: Seat, name: string): Promise<HttpSender> {
    const conn = await Deno.connect({ port, hostname: "127.0.0.1" });
    conn.setNoDelay(true);
    return new HttpSender(conn, seat, name);
  }

  async send(): Promise<Answered> {
    const number = encoder.encode(String(this.#next++).padStart(DIGITS, "0"));
    for (const at of this.#numberAt) this.#request.set(number, at);
    for (let sent = 0; sent < this.#request.length;) {
      sent += await this.#conn.write(this.#request.subarray(sent));
    }
    const text = await this.#answer();
    return { ok: text.startsWith("HTTP/1.1 200 "), text };
  }

  async #answer(): Promise<string> {
    let held = 0;
    for (;;) {
      const read = await this.#conn.read(this.#buffer.subarray(held));
      if (read === null) throw new Error("The server closed a sender's connection.");
      held += read;
      const text = decoder.decode(this.#buffer.subarray(0, held));
      const end = text.indexOf("\r\n\r\n");
      if (end < 0) continue;
      const length = /content-length: (\d+)/i.exec(text)?.[1];
      // Answers are ASCII here, so that characters are bytes.
      if (text.length >= end + 4 + Number(length)) return text;
    }
  }

  [Symbol.dispose](): void {
    this.#conn.close();
  }
}
