import { sendTransaction } from "../../core/api/federation/send.ts";
import { encodeBase58Of16 } from "../../core/ids/base58.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { Outbound, OutgoingEdu } from "../ports.ts";
import { DestinationQueue, type QueueDeps } from "./destination_queue.ts";
import { DestinationSaver } from "./destination_saver.ts";
import { circuitOf } from "./health.ts";
import type { Destination, DestinationStore, OutboundRelay } from "./ports.ts";
import { SendSlots } from "./send_slots.ts";

/** Leases are renewed, and those of dead processes taken over, this often. */
export const RENEW_MS = 20_000;
/** Servers of which it is being found out who holds them; hints beyond are dropped. */
export const CLAIMS_MAX = 1_000;

export interface OutboundDeps extends Omit<QueueDeps, "slots" | "changed"> {
  readonly store: DestinationStore;
  readonly relay: OutboundRelay;
}

/** A destination as this process holds it. */
export interface HeldDestination extends Destination {
  readonly inFlight: boolean;
  readonly idle: boolean;
  readonly edusWaiting: number;
  /** Since when it lacks something, ms. */
  readonly behindSinceMs: number | undefined;
}

/**
 * Sends what other servers must get: a queue for each, independent of all others. Which events
 * those are stands in the log, and how far each server is in the store: a crash loses nothing
 * but EDUs. PROTOCOL.md 8 (outbound).
 */
export class OutboundEngine implements Outbound, AsyncDisposable {
  readonly #deps: OutboundDeps;
  readonly #queueDeps: QueueDeps;
  readonly #saver: DestinationSaver;
  readonly #queues = new Map<ServerName, DestinationQueue>();
  readonly #claims = new Map<ServerName, Promise<DestinationQueue | undefined>>();
  /** Held by another process: not asked again before then, ms. */
  readonly #elsewhere = new Map<ServerName, number>();
  readonly #stopping = new AbortController();
  #upkeep: Promise<void> = Promise.resolve();

  private constructor(deps: OutboundDeps) {
    this.#deps = deps;
    this.#saver = new DestinationSaver(deps, (server) => this.#lose(server));
    this.#queueDeps = {
      ...deps,
      slots: new SendSlots(deps.clock),
      changed: (queue) => this.#saver.changed(queue),
    };
  }

  /** Takes up every destination that nobody else serves. */
  static async start(deps: OutboundDeps): Promise<OutboundEngine> {
    const engine = new OutboundEngine(deps);
    await engine.#takeFree();
    engine.#upkeep = engine.#keepUp();
    return engine;
  }

  sendEdu(to: ServerName, edu: OutgoingEdu): void {
    if (to === this.#deps.serverName) return;
    this.#with(to, (queue) => {
      if (queue !== undefined) queue.sendEdu(edu);
      else this.#deps.relay.edu(to, edu);
    });
  }

  wake(servers: Iterable<ServerName> = [...this.#queues.keys()]): void {
    for (const server of servers) {
      if (server !== this.#deps.serverName) this.#with(server, (queue) => queue?.wake());
    }
  }

  /** A request of this server was answered: it lives. */
  heardFrom(server: ServerName): void {
    const queue = this.#queues.get(server);
    if (queue !== undefined) queue.heardFrom();
    else if (this.#elsewhere.has(server)) this.#deps.relay.heardFrom(server);
  }

  /** Another process has given its destinations back. */
  takeOver(): void {
    if (this.#stopping.signal.aborted) return;
    this.#elsewhere.clear();
    void this.#takeFree().catch((error) =>
      this.#deps.log.log("warn", "Destinations could not be taken over.", { error })
    );
  }

  /** An administrator asks for a try at once. */
  retry(server: ServerName): void {
    this.#with(server, (queue) => {
      if (queue !== undefined) queue.retry();
      else this.#deps.relay.retry(server);
    });
  }

  /** An administrator has paused it, or lets it go on (undefined); it is stored already. */
  pause(server: ServerName, sinceMs: number | undefined): void {
    this.#with(server, (queue) => {
      if (queue !== undefined) queue.setPaused(sinceMs);
      else this.#deps.relay.pause(server, sinceMs);
    });
  }

  /** What another process relayed; only the one that holds the destination acts. */
  relayed(server: ServerName, act: (queue: DestinationQueue) => void): void {
    const queue = this.#queues.get(server);
    if (queue !== undefined) act(queue);
  }

  /** It failed so often that others need not wait for its answers either. */
  isAway(server: ServerName): boolean {
    const queue = this.#queues.get(server);
    return queue !== undefined && circuitOf(queue.destination.health) === "open";
  }

  /**
   * One empty transaction: whether the other is found, answers, and takes our signature.
   * @throws TransportError
   */
  async test(server: ServerName): Promise<{ readonly ms: number }> {
    const { clock, transport, serverName, rng } = this.#deps;
    const started = clock.monotonic();
    await transport.call(server, sendTransaction, {
      txn_id: encodeBase58Of16(rng.bytes(16)),
      origin: serverName,
      pdus: [],
      edus: [],
    }, { signal: this.#stopping.signal });
    this.heardFrom(server);
    return { ms: Math.round(clock.monotonic() - started) };
  }

  held(): readonly HeldDestination[] {
    return [...this.#queues.values()].map(lookAt);
  }

  /** One of them; undefined where another process holds it, or nobody. */
  find(server: ServerName): HeldDestination | undefined {
    const queue = this.#queues.get(server);
    return queue === undefined ? undefined : lookAt(queue);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await this.#upkeep;
    await Promise.all([...this.#queues.values()].map((queue) => queue.stop()));
    await this.#saver.finish();
    try {
      await this.#deps.store.release();
      this.#deps.relay.released();
    } catch (error) {
      this.#deps.log.log("warn", "Destinations could not be given back.", { error });
    }
  }

  /** At once where the destination is held here; else once it is known who holds it. */
  #with(server: ServerName, act: (queue: DestinationQueue | undefined) => void): void {
    const held = this.#queues.get(server);
    if (held !== undefined) return act(held);
    const until = this.#elsewhere.get(server);
    if (until !== undefined && until > this.#deps.clock.now()) return act(undefined);
    if (this.#claims.size >= CLAIMS_MAX && !this.#claims.has(server)) return;
    void this.#claim(server).then(
      act,
      (error) => this.#deps.log.log("warn", "A destination could not be read.", { server, error }),
    );
  }

  #claim(server: ServerName): Promise<DestinationQueue | undefined> {
    const known = this.#claims.get(server);
    if (known !== undefined) return known;
    const claim = this.#deps.store.claim(server)
      .then((destination) => {
        if (destination !== undefined) return this.#take(destination);
        this.#elsewhere.set(server, this.#deps.clock.now() + RENEW_MS);
        return undefined;
      })
      .finally(() => this.#claims.delete(server));
    this.#claims.set(server, claim);
    return claim;
  }

  #take(destination: Destination): DestinationQueue | undefined {
    if (this.#stopping.signal.aborted) return undefined;
    this.#elsewhere.delete(destination.server);
    const queue = this.#queues.get(destination.server) ??
      new DestinationQueue(this.#queueDeps, destination);
    this.#queues.set(destination.server, queue);
    queue.wake();
    return queue;
  }

  #lose(server: ServerName): void {
    const queue = this.#queues.get(server);
    this.#queues.delete(server);
    this.#elsewhere.set(server, this.#deps.clock.now() + RENEW_MS);
    void queue?.stop();
  }

  async #takeFree(): Promise<void> {
    for (const destination of await this.#deps.store.claimFree()) this.#take(destination);
  }

  async #keepUp(): Promise<void> {
    const { clock, store, log } = this.#deps;
    while (!this.#stopping.signal.aborted) {
      await clock.sleep(RENEW_MS, this.#stopping.signal).catch(() => undefined);
      if (this.#stopping.signal.aborted) return;
      try {
        const paused = await store.renew();
        for (const queue of this.#queues.values()) queue.setPaused(paused.get(queue.server));
        await this.#takeFree();
        for (const queue of this.#queues.values()) queue.advanceIdle();
      } catch (error) {
        log.log("warn", "Destinations could not be looked after.", { error });
      }
    }
  }
}

function lookAt(queue: DestinationQueue): HeldDestination {
  const { destination, inFlight, idle, edusWaiting, behindSinceMs } = queue;
  return { ...destination, inFlight, idle, edusWaiting, behindSinceMs };
}
