import { type PduResult, sendTransaction } from "../../core/api/federation/send.ts";
import { encodeBase58Of16 } from "../../core/ids/base58.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Rng } from "../../core/ports/rng.ts";
import {
  type KeyRing,
  type OutgoingEdu,
  type ServerPolicy,
  type Transport,
  TransportError,
} from "../ports.ts";
import { DestinationReader, type Reading } from "./destination_reader.ts";
import { EduQueue } from "./edu_queue.ts";
import {
  afterFailure,
  afterRequest,
  afterSignOfLife,
  afterSuccess,
  circuitOf,
  type Health,
  untilNextTry,
} from "./health.ts";
import { narrow, refusesBody, WIDE } from "./narrowing.ts";
import type { Destination, OutboundMeter, OutgoingLog, Resigner } from "./ports.ts";
import { prepare, ToldKeys } from "./prepare.ts";
import { reportResults } from "./report_results.ts";
import type { SendSlots } from "./send_slots.ts";
import { type Cut, cutTransaction, transactionId } from "./transaction.ts";

/** Events sent to a server that may still be away: a probe. */
export const PROBE_PDUS = 5;
/** Whether a server is still paused, or closed out by policy, is looked at this often. */
export const BLOCKED_LOOK_MS = 60_000;
/** What a server answered is quoted for administrators up to this length. */
const QUOTE_CHARS = 500;

export interface QueueDeps {
  readonly serverName: ServerName;
  readonly transport: Pick<Transport, "call">;
  readonly keyRing: Pick<KeyRing, "proofs">;
  readonly resigner: Resigner;
  readonly policy: ServerPolicy;
  readonly outgoing: OutgoingLog;
  readonly slots: SendSlots;
  readonly meter: OutboundMeter;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log: Log;
  /** `destination` has changed and should be stored. */
  readonly changed: (queue: DestinationQueue) => void;
}

/**
 * One other server: what it must get, in order, one transaction at a time. Holds no events: it
 * reads what is next when it can send it, so that a server that is away costs nothing.
 * PROTOCOL.md 8 (outbound).
 */
export class DestinationQueue {
  readonly server: ServerName;
  readonly #deps: QueueDeps;
  readonly #reader: DestinationReader;
  readonly #edus = new EduQueue();
  readonly #told = new ToldKeys();
  readonly #stopping = new AbortController();
  #health: Health;
  #pausedSinceMs: number | undefined;
  #narrowing = WIDE;
  /** Something may wait. */
  #dirty = false;
  /** Since when something waited, ms; absent where nothing does. */
  #busySinceMs: number | undefined;
  #inFlight = false;
  #running: Promise<void> | undefined;
  /** Ends the present pause. */
  #pause: AbortController | undefined;
  /** Part of the names of transactions; another one when a transaction has arrived. */
  #nonce: string;

  constructor(deps: QueueDeps, { server, mark, health, pausedSinceMs }: Destination) {
    this.#deps = deps;
    this.server = server;
    this.#reader = new DestinationReader(deps.outgoing, server, mark);
    this.#health = health;
    this.#pausedSinceMs = pausedSinceMs;
    this.#nonce = freshNonce(deps.rng);
  }

  get destination(): Destination {
    const { server } = this;
    const { mark } = this.#reader;
    return { server, mark, health: this.#health, pausedSinceMs: this.#pausedSinceMs };
  }

  get edusWaiting(): number {
    return this.#edus.size;
  }

  /** A transaction is on its way. */
  get inFlight(): boolean {
    return this.#inFlight;
  }

  /** Since when it lacks something, ms; absent where it lacks nothing. */
  get behindSinceMs(): number | undefined {
    return this.#health.failingSinceMs ?? this.#busySinceMs;
  }

  /** Nothing waits for it and nothing is on its way. */
  get idle(): boolean {
    return !this.#dirty && this.#running === undefined;
  }

  /** Something that it may have to get was stored. */
  wake(): void {
    this.#dirty = true;
    this.#busySinceMs ??= this.#deps.clock.now();
    this.#start();
  }

  sendEdu(edu: OutgoingEdu): void {
    const none = circuitOf(this.#health) === "open" || this.#pausedSinceMs !== undefined;
    const dropped = none ? 1 : this.#edus.push(edu);
    if (dropped > 0) this.#deps.meter.edus("dropped", dropped);
    if (this.#edus.size > 0) this.wake();
  }

  /** It has just sent us a request, so it may be back. */
  heardFrom(): void {
    this.#tryAsIn(afterSignOfLife(this.#health, this.#deps.clock.now()));
  }

  /** An administrator asks for a try at once. */
  retry(): void {
    this.#tryAsIn(afterRequest(this.#health, this.#deps.clock.now()));
    this.wake();
  }

  /** An administrator pauses it, or lets it go on (undefined). What is on its way arrives. */
  setPaused(sinceMs: number | undefined): void {
    if (sinceMs === this.#pausedSinceMs) return;
    this.#pausedSinceMs = sinceMs;
    if (sinceMs !== undefined) {
      if (this.#edus.size > 0) this.#deps.meter.edus("dropped", this.#edus.clear());
      return;
    }
    this.#pause?.abort();
    this.wake();
  }

  /** Where nothing waits it reads on to the log's end, so that later reads begin there. */
  advanceIdle(): void {
    if (!this.idle || this.#isHeldBack || this.#health.failures > 0) return;
    if (this.#deps.outgoing.tip() !== this.#reader.mark) this.wake();
  }

  /** Ends what is on its way; nothing is started any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#pause?.abort();
    await this.#running;
  }

  #tryAsIn(health: Health): void {
    if (health === this.#health) return;
    this.#health = health;
    this.#pause?.abort();
  }

  #start(): void {
    if (this.#running !== undefined || this.#stopped) return;
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
      if (this.#dirty) this.#start();
      else this.#busySinceMs = undefined;
    });
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #run(): Promise<void> {
    while (this.#dirty && !this.#stopped) {
      if (await this.#pauseWhereNeeded()) continue;
      const leave = await this.#deps.slots.enter(this.#health.failures > 0 ? "probe" : "fast");
      try {
        if (!this.#stopped) await this.#sendNext();
      } catch (error) {
        this.#fail(error);
      } finally {
        leave();
      }
    }
  }

  /** Paused, or closed out by policy: nothing is sent to it. */
  get #isHeldBack(): boolean {
    return this.#pausedSinceMs !== undefined ||
      this.#deps.policy.refusal(this.server) !== undefined;
  }

  /** True where it waited: look again. */
  async #pauseWhereNeeded(): Promise<boolean> {
    const { clock, meter } = this.#deps;
    const blocked = this.#isHeldBack;
    const ms = blocked ? BLOCKED_LOOK_MS : untilNextTry(this.#health, clock.now());
    if (ms <= 0) return false;
    if (blocked && this.#edus.size > 0) meter.edus("dropped", this.#edus.clear());
    const pause = this.#pause = new AbortController();
    await clock.sleep(ms, pause.signal).catch(() => undefined);
    this.#pause = undefined;
    return true;
  }

  async #sendNext(): Promise<void> {
    const maxPdus = this.#health.failures > 0
      ? Math.min(PROBE_PDUS, this.#narrowing.maxPdus)
      : this.#narrowing.maxPdus;
    // What is stored from here on sets it again.
    this.#dirty = false;
    const reading = await this.#reader.next(maxPdus);
    const cut = cutTransaction(reading.events, this.#edus);
    // An empty one still tells whether a server that failed is back.
    const needed = cut.events.length > 0 || cut.edus.length > 0 || this.#health.failures > 0;
    if (!needed || await this.#transact(cut, reading)) this.#advance(reading, cut.events.length);
  }

  #advance(reading: Reading, sent: number): void {
    const before = this.#reader.mark;
    const more = this.#reader.advance(reading, sent);
    if (more || this.#edus.size > 0) this.#dirty = true;
    if (sent > 0 || before !== this.#reader.mark) this.#deps.changed(this);
  }

  /** True where it has arrived. */
  async #transact(cut: Cut, reading: Reading): Promise<boolean> {
    this.#inFlight = true;
    try {
      const results = await this.#call(cut);
      reportResults(this.#deps, this.server, { cut, results });
      this.#succeed(cut);
      return true;
    } catch (error) {
      if (!(error instanceof TransportError) || !refusesBody(error)) throw error;
      this.#refused(error, cut, reading);
      return false;
    } finally {
      this.#inFlight = false;
    }
  }

  async #call(cut: Cut): Promise<readonly PduResult[]> {
    const { clock, transport, serverName, keyRing, resigner } = this.#deps;
    const prepared = await prepare(cut.events, {
      keyRing,
      resigner,
      told: this.#told,
      nowMs: clock.now(),
    });
    const answer = await transport.call(this.server, sendTransaction, {
      txn_id: transactionId(cut, this.#nonce),
      origin: serverName,
      pdus: [...prepared.pdus],
      edus: [...cut.edus],
      keys: [...prepared.keys],
    }, { signal: this.#stopping.signal });
    if (answer.results.length !== cut.events.length) {
      throw new TransportError(
        "bad_answer",
        `${this.server} answered a transaction of ${cut.events.length} events with ` +
          `${answer.results.length} results.`,
      );
    }
    this.#told.tell(prepared.names);
    return answer.results;
  }

  #succeed(cut: Cut): void {
    const { meter, rng, clock } = this.#deps;
    this.#edus.remove(cut.edus);
    meter.transaction("sent");
    if (cut.edus.length > 0) meter.edus("sent", cut.edus.length);
    this.#nonce = freshNonce(rng);
    this.#narrowing = WIDE;
    const failed = this.#health.failures > 0;
    this.#health = afterSuccess(this.#health, clock.now());
    if (failed) this.#deps.changed(this);
  }

  /** The body itself was refused: find out which part of it, and go on without. */
  #refused(error: TransportError, cut: Cut, reading: Reading): void {
    const { meter, log } = this.#deps;
    if (cut.edus.length > 0) {
      this.#edus.remove(cut.edus);
      meter.edus("dropped", cut.edus.length);
    }
    const next = narrow(this.#narrowing, { pdus: cut.events.length, edus: cut.edus.length });
    this.#dirty = true;
    if (next.kind === "skip") {
      meter.pdus("given_up", 1);
      log.log("error", "A server refuses an event of ours, which is left out.", {
        server: this.server,
        event: cut.events[0]?.eventId,
        error,
      });
      this.#narrowing = WIDE;
      this.#advance(reading, 1);
      return;
    }
    this.#narrowing = next.narrowing;
    if (next.kind === "later" && cut.events.length > 0) this.#fail(error);
  }

  #fail(error: unknown): void {
    if (this.#stopped) return;
    const { clock, rng, log, meter } = this.#deps;
    const kind = error instanceof TransportError ? error.kind : "internal";
    const text = error instanceof Error ? error.message : String(error);
    const askedMs = error instanceof TransportError ? error.details.retryAfterMs : undefined;
    const circuit = circuitOf(this.#health);
    this.#health = afterFailure(this.#health, {
      note: { kind, text: text.slice(0, QUOTE_CHARS), atMs: clock.now() },
      chance: (rng.bytes(1)[0] ?? 0) / 255,
      askedMs,
    });
    this.#dirty = true;
    this.#reader.doubt();
    meter.transaction("failed");
    const after = circuitOf(this.#health);
    if (after === "open") meter.edus("dropped", this.#edus.clear());
    if (kind === "internal" || after !== circuit) {
      log.log(kind === "internal" ? "error" : "warn", messageOf(after), {
        server: this.server,
        failures: this.#health.failures,
        error,
      });
    }
    this.#deps.changed(this);
  }
}

function messageOf(circuit: ReturnType<typeof circuitOf>): string {
  return circuit === "open"
    ? "A server cannot be reached: what it should get waits."
    : "A transaction to a server failed; it is tried again.";
}

function freshNonce(rng: Rng): string {
  return encodeBase58Of16(rng.bytes(16));
}
