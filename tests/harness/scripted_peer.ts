import { Buffer } from "node:buffer";
import { createHmac, randomBytes } from "node:crypto";
import { createSocket, type Socket } from "node:dgram";
import { isIPv6 } from "node:net";
import { crc32 } from "node:zlib";
import { DtlsClient } from "werift";
import type { Seat } from "../../voice/sfu/sfu.ts";
import { deriveKeys, SrtpReceiver, SrtpSender } from "../../voice/sfu/srtp.ts";
import { stockEngine } from "../../voice/sfu/stock_engine.ts";
import { buildAnswer } from "../../voice/sfu/stun.ts";
import { kindOf, streamOf } from "../../voice/sfu/rtp.ts";
import { type DtlsIdentity, SIGNATURE } from "../../voice/werift/certificate.ts";
import { answerTo } from "./sdp_answer.ts";
import { waitFor } from "./wait_for.ts";

/** A binding request as a browser makes it (RFC 8489). */
export function buildCheck(
  options: {
    readonly username: string;
    readonly password: string;
    readonly nominated?: boolean;
  },
): Buffer {
  const name = Buffer.from(options.username);
  const parts = [
    attribute(0x0006, Buffer.concat([name, Buffer.alloc((4 - name.length % 4) % 4)]), name.length),
    // Priority and role, of which some servers make up their mind.
    attribute(0x0024, Buffer.from("6e7f00ff", "hex")),
    attribute(0x802a, randomBytes(8)),
    ...(options.nominated ? [attribute(0x0025, Buffer.alloc(0))] : []),
  ];
  const header = Buffer.concat([Buffer.from("000100002112a442", "hex"), randomBytes(12)]);
  let data = Buffer.concat([header, ...parts]);
  data.writeUInt16BE(data.length - 20 + 24, 2);
  const integrity = createHmac("sha1", options.password).update(data).digest();
  data = Buffer.concat([data, attribute(0x0008, integrity)]);
  data.writeUInt16BE(data.length - 20 + 8, 2);
  const print = Buffer.alloc(4);
  print.writeUInt32BE((crc32(data) ^ 0x5354554e) >>> 0, 0);
  return Buffer.concat([data, attribute(0x8028, print)]);
}

function attribute(kind: number, value: Buffer, length = value.length): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(kind, 0);
  head.writeUInt16BE(length, 2);
  return Buffer.concat([head, value]);
}

/** A packet of 20 ms of voice, before it is sealed: Opus, with a level in decibels under the loudest. */
export function voiceHeader(sequence: number, stream: number, level = 20): Buffer {
  const data = Buffer.alloc(20);
  data.write("906f", "hex");
  data.writeUInt16BE(sequence & 0xffff, 2);
  data.writeUInt32BE((sequence * 960) >>> 0, 4);
  data.writeUInt32BE(stream, 8);
  data.write(`bede0001${(0x1080 | level).toString(16)}0000`, 12, "hex");
  return data;
}

const STREAM = 4711;
const CHECK_MS = 2000;
const RETRY_MS = 500;

/** What a participant must know of its seat, which may be in another process. */
export type OfferedSeat = Pick<Seat, "offer" | "answer" | "onOffer">;

/** A participant without a browser, which sends exactly what it is told. */
export class ScriptedPeer<S extends OfferedSeat = Seat> implements AsyncDisposable {
  readonly seat: S;
  readonly #socket: Socket;
  readonly #serverPort: number;
  readonly #serverAddress: string;
  readonly #identity: DtlsIdentity;
  #client: DtlsClient | undefined;
  #running: Promise<unknown> = Promise.resolve();
  #sender: SrtpSender | undefined;
  #receiver: SrtpReceiver | undefined;
  #sequence = 1;
  #checks: ReturnType<typeof setInterval> | undefined;
  readonly #answers = new Set<string>();
  readonly #waiting = new Map<string, () => void>();
  /** Datagrams that have come, by kind. */
  readonly received = { stun: 0, dtls: 0, rtp: 0, rtcp: 0, other: 0 };
  onVoice: (payload: Buffer, stream: number) => void = () => {};
  /** Of its own checks: with it the server's are answered, and followed by one. */
  password: string | undefined;
  /** Counts only; for load. */
  isDeaf = false;

  private constructor(
    seat: S,
    socket: Socket,
    server: { readonly port: number; readonly address: string },
    identity: DtlsIdentity,
  ) {
    this.seat = seat;
    this.#socket = socket;
    this.#serverPort = server.port;
    this.#serverAddress = server.address;
    this.#identity = identity;
    socket.on("message", (data) => this.#take(data));
    seat.onOffer(() => this.#answer());
  }

  static async open<S extends OfferedSeat>(
    seat: S,
    port: number,
    identity: DtlsIdentity,
    address = "127.0.0.1",
  ): Promise<ScriptedPeer<S>> {
    const socket = createSocket(isIPv6(address) ? "udp6" : "udp4");
    await new Promise<void>((resolve) => socket.bind(0, address, () => resolve()));
    return new ScriptedPeer(seat, socket, { port, address }, identity);
  }

  /** Where its own datagrams come from. */
  get port(): number {
    return this.#socket.address().port;
  }

  send(data: Uint8Array): void {
    this.#socket.send(data, this.#serverPort, this.#serverAddress);
  }

  /** Sends a good check. Returns its number. */
  check(): string {
    const ufrag = /^a=ice-ufrag:(.+)\r$/m.exec(this.seat.offer.sdp)?.[1] ?? "";
    const password = /^a=ice-pwd:(.+)\r$/m.exec(this.seat.offer.sdp)?.[1] ?? "";
    const data = buildCheck({ username: `${ufrag}:peer`, password, nominated: true });
    this.send(data);
    return data.toString("hex", 8, 20);
  }

  /** Resolves when a check was answered: what was sent before it has been looked at. */
  async settle(): Promise<void> {
    await waitFor("an answer to an honest check", async () => {
      const number = this.check();
      // One that is lost is followed by another.
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, RETRY_MS);
      await Promise.race([this.#answered(number), late]);
      clearTimeout(timer);
      return this.#answers.has(number);
    });
  }

  /** Sends no more checks of its own, as a browser that has lost its network. */
  fallSilent(): void {
    clearInterval(this.#checks);
  }

  /** Answers, checks and shakes hands. Resolves when voice can be sent. */
  async connect(): Promise<void> {
    this.#answer();
    // As a browser does: one that is lost, or comes before the server has heard of it, is repeated.
    await this.settle();
    const transport = {
      type: "udp",
      address: { address: "", family: "", port: 0 },
      closed: false,
      onData: (_data: Buffer, _from: readonly [string, number]) => {},
      send: (data: Buffer) => {
        this.send(data);
        return Promise.resolve();
      },
      close: () => Promise.resolve(),
    };
    const client = new DtlsClient({
      transport,
      cert: this.#identity.certPem,
      key: this.#identity.keyPem,
      signatureHash: SIGNATURE,
      srtpProfiles: [7],
      extendedMasterSecret: true,
    });
    this.#client = client;
    const connected = new Promise<void>((resolve) => client.onConnect.once(() => resolve()));
    this.#running = client.connect().catch(() => {});
    await connected;
    this.#checks = setInterval(() => this.check(), CHECK_MS);
    const keys = client.extractSessionKeys(16, 12);
    const { aead } = stockEngine;
    this.#sender = new SrtpSender(deriveKeys({ key: keys.localKey, salt: keys.localSalt }), aead);
    this.#receiver = new SrtpReceiver(
      deriveKeys({ key: keys.remoteKey, salt: keys.remoteSalt }),
      aead,
    );
  }

  /** Sends a voice packet. */
  speak(payload: Buffer, level?: number): void {
    this.send(this.seal(payload, level));
  }

  seal(payload: Buffer, level?: number): Buffer {
    const index = this.#sequence++;
    const header = voiceHeader(index, STREAM, level);
    if (this.#sender === undefined) throw new Error("There are no keys yet");
    const out = Buffer.alloc(1500);
    header.copy(out);
    const place = { stream: STREAM, index, header: header.length };
    return out.subarray(0, this.#sender.sealRtp(out, payload, place));
  }

  /** A packet whose header is whatever it is, sealed with the right key. */
  sealOdd(header: Buffer, payload: Buffer): Buffer {
    header.writeUInt8(0x80 | (header.readUInt8(0) & 0x3f), 0);
    header.writeUInt8(header.readUInt8(1) & 0xbf, 1);
    const out = Buffer.alloc(1500);
    header.copy(out);
    const place = { stream: header.readUInt32BE(8), index: header.readUInt16BE(2) };
    return out.subarray(0, this.#sender?.sealRtp(out, payload, place) ?? 0);
  }

  sealRtcp(packet: Buffer): Buffer {
    const sealed = this.#sender?.sealRtcp(packet);
    if (sealed === undefined) throw new Error("There are no keys yet");
    return sealed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.fallSilent();
    if (this.#client !== undefined) this.#client.dtls.flight = 100;
    await this.#running;
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()));
  }

  #answered(number: string): Promise<void> {
    return new Promise((resolve) => this.#waiting.set(number, resolve));
  }

  #answer(): void {
    const { seq, sdp } = this.seat.offer;
    const result = this.seat.answer(
      seq,
      answerTo(sdp, { fingerprint: this.#identity.fingerprint }),
    );
    if (!result.ok) throw new Error(result.reason);
  }

  #answerCheck(data: Buffer): void {
    if (this.password === undefined) return;
    const server = { address: this.#serverAddress, port: this.#serverPort };
    this.send(buildAnswer(data.subarray(8, 20), server, this.password));
    this.check();
  }

  #take(data: Buffer): void {
    const kind = kindOf(data);
    this.received[kind ?? "other"]++;
    if (kind === "stun" && data.readUInt16BE(0) === 1) this.#answerCheck(data);
    else if (kind === "stun") {
      const number = data.toString("hex", 8, 20);
      this.#answers.add(number);
      this.#waiting.get(number)?.();
    }
    if (kind === "dtls") this.#client?.transport.socket.onData(data, ["", 0]);
    if (kind !== "rtp" || this.isDeaf) return;
    const opened = this.#receiver?.openRtp(data);
    if (opened !== undefined) this.onVoice(opened.payload, streamOf(data));
  }
}
