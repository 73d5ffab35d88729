import { Buffer } from "node:buffer";
import { DtlsServer } from "werift";
import { limits } from "../../core/limits.ts";
import type { MasterKey } from "../sfu/srtp.ts";
import { type DtlsIdentity, fingerprintOf, SIGNATURE } from "./certificate.ts";
import { Reassembly, type WholeMessage } from "./reassembly.ts";
import {
  content,
  type DtlsRecord,
  message,
  readFragments,
  readRecords,
  writeMessage,
  writeRecord,
} from "./records.ts";
import { isFinishedOf, isSignedBy, readCertificate } from "./verify.ts";

export interface DtlsEvents {
  send(datagram: Buffer): void;
  /** The peer is who the answer named; called once. */
  onKeys(keys: { readonly receive: MasterKey; readonly send: MasterKey }): void;
  /** The handshake cannot succeed, or the peer has closed it. */
  onEnd(reason: string): void;
}

type WeriftServer = InstanceType<typeof DtlsServer>;
type WeriftRecord = Parameters<WeriftServer["cipher"]["decryptPacket"]>[0];

/** AEAD_AES_128_GCM (RFC 7714, 14.2). */
const SRTP_PROFILE = 7;
const KEY_BYTES = 16;
const SALT_BYTES = 12;

/** Number and kind of each message that a browser sends; anything else is no handshake of ours. */
const ORDER: readonly number[] = [
  message.clientHello,
  message.clientHello,
  message.certificate,
  message.clientKeyExchange,
  message.certificateVerify,
];
const HELLO_WITH_COOKIE = 1;
const FINISHED = ORDER.length;
const FATAL = 2;
const CLOSE_NOTIFY = 0;
/** A value above every flight of werift: its own timer of retransmission ends at it. */
const NO_RETRANSMISSION = 7;

/**
 * The server's end of one DTLS 1.2 handshake (RFC 6347). werift speaks the protocol; this stands
 * in front of it and gives it each message once, whole and in order, because it takes repeated and
 * fragmented ones for new. It also checks what werift does not: that the browser owns the
 * certificate it shows, that the certificate is the one its answer named, and that both saw the
 * same handshake. Only then does the server's Finished leave.
 *
 * Lost flights are sent again when the browser repeats its own, which it does until it has
 * connected; there is no timer here.
 */
export class DtlsPeer {
  readonly #identity: DtlsIdentity;
  readonly #events: DtlsEvents;
  #server: WeriftServer;
  #give: (data: Buffer) => void = () => {};
  #reassembly = new Reassembly();
  /** Messages of both sides from the second hello on (RFC 6347, 4.2.6). */
  #transcript: Buffer[] = [];
  /** What to send again when the browser repeats itself. */
  #flight: Buffer[] = [];
  #certificate: Buffer | undefined;
  /** Encrypted records that came before the messages they need. */
  #early: DtlsRecord[] = [];
  #fingerprint: string | undefined;
  #finished: DtlsRecord | undefined;
  #state: "open" | "connected" | "ended" = "open";
  #starts = 0;
  #running: Promise<unknown>[] = [];

  constructor(identity: DtlsIdentity, events: DtlsEvents) {
    this.#identity = identity;
    this.#events = events;
    this.#server = this.#start();
  }

  /** The SHA-256 fingerprint that the browser's answer names. The handshake ends with it at hand. */
  expect(fingerprint: string): void {
    this.#fingerprint ??= fingerprint;
    this.#tryFinish();
  }

  receive(data: Buffer): void {
    if (this.#state === "ended") return;
    for (const record of readRecords(data)) {
      if (record.epoch === 0 && record.type === content.handshake) this.#takePlain(record);
      else if (record.epoch === 1) this.#takeEncrypted(record);
    }
  }

  /** Nothing is sent or told afterwards. Resolves when werift has nothing left to do. */
  async close(): Promise<void> {
    this.#state = "ended";
    await Promise.allSettled(this.#running);
  }

  #start(): WeriftServer {
    this.#starts++;
    this.#reassembly = new Reassembly();
    this.#transcript = [];
    this.#flight = [];
    this.#early = [];
    const transport = this.#makeTransport();
    const server = new DtlsServer({
      transport,
      cert: this.#identity.certPem,
      key: this.#identity.keyPem,
      signatureHash: SIGNATURE,
      srtpProfiles: [SRTP_PROFILE],
      extendedMasterSecret: true,
      certificateRequest: true,
    });
    const handle = server.onHandleHandshakes;
    server.onHandleHandshakes = (messages) => {
      const run = handle(messages);
      this.#running.push(run);
      const done = () => this.#running = this.#running.filter((each) => each !== run);
      run.then(done, done);
      return run;
    };
    server.onError.subscribe((error) => {
      if (this.#server === server) this.#refuse(`the handshake was refused: ${error.message}`);
    });
    this.#give = (data) => transport.onData(data, ["", 0]);
    return server;
  }

  #makeTransport(): WeriftServer["options"]["transport"] {
    return {
      type: "udp",
      address: { address: "", family: "", port: 0 },
      closed: false,
      onData: () => {},
      send: (data) => {
        this.#sendFlight(data);
        return Promise.resolve();
      },
      close: () => Promise.resolve(),
    };
  }

  #sendFlight(data: Buffer): void {
    if (this.#state === "ended") return;
    for (const record of readRecords(data)) {
      if (record.epoch > 0 || record.type !== content.handshake) continue;
      for (const each of readFragments(record.body) ?? []) {
        if (each.type !== message.helloVerifyRequest) this.#transcript.push(writeMessage(each));
      }
    }
    this.#flight.push(data);
    this.#events.send(data);
  }

  #takePlain(record: DtlsRecord): void {
    for (const fragment of readFragments(record.body) ?? []) {
      const next = this.#reassembly.next;
      if (fragment.sequence < next) {
        // Only what ends the browser's last flight: an answer for each piece would multiply them.
        const isLast = fragment.sequence === next - 1 && next <= HELLO_WITH_COOKIE + 1;
        if (isLast && fragment.offset === 0) this.#repeatFlight();
        continue;
      }
      if (this.#state !== "open" || fragment.type !== ORDER[fragment.sequence]) continue;
      this.#reassembly.add(fragment);
    }
    for (let whole = this.#reassembly.take(); whole; whole = this.#reassembly.take()) {
      this.#takeMessage(whole, record);
    }
  }

  #takeMessage(whole: WholeMessage, record: DtlsRecord): void {
    if (this.#state !== "open") return;
    const raw = writeMessage(whole);
    if (whole.type === message.certificate) {
      this.#certificate = readCertificate(whole.body);
      if (this.#certificate === undefined) return this.#fail("it shows no certificate");
    }
    if (whole.type === message.certificateVerify) {
      const seen = Buffer.concat(this.#transcript);
      if (!isSignedBy(this.#certificate ?? Buffer.alloc(0), whole.body, seen)) {
        return this.#fail("it shows a certificate that it does not own");
      }
    }
    if (whole.sequence > 0) this.#transcript.push(raw);
    if (whole.type === message.clientHello) this.#flight = [];
    this.#give(writeRecord({ ...record, body: raw }));
    if (whole.sequence === HELLO_WITH_COOKIE) {
      this.#server.dtls.flight = NO_RETRANSMISSION;
      // From here on the flight is what answers Finished, which is not sent yet.
    }
    if (this.#reassembly.next === FINISHED) this.#takeEarly();
  }

  #takeEarly(): void {
    const early = this.#early;
    this.#early = [];
    for (const record of early) this.#takeEncrypted(record);
  }

  #takeEncrypted(record: DtlsRecord): void {
    if (this.#reassembly.next < FINISHED) {
      if (this.#early.length < limits.voice.maxHandshakeAhead) {
        this.#early.push({ ...record, body: Buffer.from(record.body) });
      }
      return;
    }
    const plain = this.#decrypt(record);
    if (plain === undefined) return;
    if (record.type === content.alert) return this.#takeAlert(plain);
    if (record.type !== content.handshake) return;
    if (this.#state === "connected") return this.#repeatFlight();
    this.#finished ??= { ...record, body: Buffer.from(record.body) };
    this.#tryFinish();
  }

  /** Warnings but the one that says farewell change nothing (RFC 5246, 7.2). */
  #takeAlert([level, description]: Buffer): void {
    if (description === CLOSE_NOTIFY) this.#fail("it has closed the connection");
    else if (level === FATAL) this.#fail(`it ended the connection with alert ${description}`);
  }

  #decrypt(record: DtlsRecord): Buffer | undefined {
    const packet = {
      recordLayerHeader: {
        contentType: record.type,
        protocolVersion: { major: record.version >> 8, minor: record.version & 0xff },
        epoch: record.epoch,
        sequenceNumber: record.sequence,
        contentLen: record.body.length,
      },
      fragment: record.body,
    };
    try {
      return this.#server.cipher.decryptPacket(packet as unknown as WeriftRecord);
    } catch {
      // Forged, or of another handshake.
      return undefined;
    }
  }

  #tryFinish(): void {
    const record = this.#finished;
    if (record === undefined || this.#fingerprint === undefined || this.#state !== "open") return;
    const { cipher, dtls, srtp } = this.#server;
    const [whole, more] = readFragments(this.#decrypt(record) ?? Buffer.alloc(0)) ?? [];
    if (whole?.type !== message.finished || whole.sequence !== FINISHED || more !== undefined) {
      return this.#fail("its last message is none of a handshake");
    }
    if (fingerprintOf(this.#certificate ?? Buffer.alloc(0)) !== this.#fingerprint) {
      return this.#fail("its certificate is not the one that the answer names");
    }
    if (!dtls.remoteExtendedMasterSecret) return this.#fail("it lacks the extended master secret");
    if (srtp.srtpProfile !== SRTP_PROFILE) return this.#fail("it lacks AEAD_AES_128_GCM");
    if (!isFinishedOf(cipher.masterSecret, whole.body, Buffer.concat(this.#transcript))) {
      return this.#fail("it saw another handshake");
    }
    this.#state = "connected";
    this.#flight = [];
    this.#transcript = [];
    const keys = this.#server.extractSessionKeys(KEY_BYTES, SALT_BYTES);
    this.#give(writeRecord(record));
    this.#events.onKeys({
      receive: { key: keys.remoteKey, salt: keys.remoteSalt },
      send: { key: keys.localKey, salt: keys.localSalt },
    });
  }

  #repeatFlight(): void {
    for (const datagram of this.#flight) this.#events.send(datagram);
  }

  /** What werift could not take. A first hello that is not one must not stop the real one. */
  #refuse(reason: string): void {
    if (this.#state !== "open") return;
    const isEarly = this.#certificate === undefined &&
      this.#starts < limits.voice.maxHandshakeStarts;
    if (isEarly) this.#server = this.#start();
    else this.#fail(reason);
  }

  #fail(reason: string): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    this.#events.onEnd(reason);
  }
}
