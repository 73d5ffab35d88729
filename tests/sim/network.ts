import type { z } from "zod";
import type { FederationOperation } from "../../core/api/federation/operation.ts";
import { OperationError } from "../../core/errors.ts";
import { nobleBlake3 } from "../../core/event/hash.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import {
  type CallOptions,
  type FederationHandler,
  type Transport,
  TransportError,
} from "../../federation/ports.ts";
import type { Random } from "../state/random.ts";
import type { World } from "./world.ts";

/** How bad the network is. Chances per message, one way. */
export interface Weather {
  readonly minMs: number;
  readonly maxMs: number;
  readonly loss: number;
  /** A request arrives twice: its answer was lost on a retry below us. */
  readonly duplicates: number;
}

/** How long it takes to notice a broken connection, and how often nobody does before the time is over. */
const BROKEN_MAX_MS = 3000;
const SILENT = 0.02;

export const FAIR: Weather = { minMs: 1, maxMs: 30, loss: 0, duplicates: 0 };

/** What stands at one name of the network: a server that is up, or a hostile peer. */
export interface Station {
  answer(
    origin: ServerName,
    operation: FederationOperation,
    request: unknown,
  ): Promise<unknown>;
}

/** Sees each request as it leaves, and each answer: for checks that nothing leaks. */
export type Tap = (message: {
  readonly from: ServerName;
  readonly to: ServerName;
  readonly operation: FederationOperation;
  readonly request: unknown;
  /** Set when the answer goes back. */
  readonly answer?: unknown;
}) => void;

/**
 * A virtual network of servers: each call is a request and an answer that travel by themselves,
 * late, twice or never, or stop at a cut. What travels is bytes: nothing is shared by reference.
 */
export class Network {
  weather: Weather = FAIR;
  readonly #world: World;
  readonly #random: Random;
  readonly #stations = new Map<ServerName, Station>();
  readonly #cuts = new Set<string>();
  readonly taps: Tap[] = [];
  /** What was done so far: a bad network that is none proves nothing. `silent`: nobody was told. */
  readonly harm = { lost: 0, doubled: 0, cut: 0, silent: 0 };

  constructor(world: World, random: Random) {
    this.#world = world;
    this.#random = random;
  }

  attach(name: ServerName, station: Station): void {
    this.#stations.set(name, station);
  }

  detach(name: ServerName): void {
    this.#stations.delete(name);
  }

  /** Nothing goes from one to the other; the way back is its own. */
  cut(from: ServerName, to: ServerName): void {
    this.#cuts.add(`${from} ${to}`);
  }

  heal(): void {
    this.#cuts.clear();
  }

  /** Requests of one life of a server; `alive` ends with it. */
  transport(from: ServerName, alive: () => boolean): Transport {
    return {
      call: (to, operation, request, options) =>
        this.#call({ from, to, operation, request, alive, ...options }) as Promise<never>,
      download: (to) =>
        Promise.reject(new TransportError("refused", `${to} holds no files`, { status: 404 })),
    };
  }

  #call(
    call: CallOptions & {
      readonly from: ServerName;
      readonly to: ServerName;
      readonly operation: FederationOperation;
      readonly request: unknown;
      readonly alive: () => boolean;
    },
  ): Promise<unknown> {
    const { from, to, operation, alive, signal } = call;
    const asked = JSON.stringify(call.request);
    for (const tap of this.taps) tap({ from, to, operation, request: call.request });
    return new Promise((resolve, reject) => {
      let over = false;
      const finish = (end: () => void) => {
        if (over) return;
        over = true;
        dropDeadline();
        if (alive()) end();
      };
      const fail = (error: unknown) => finish(() => reject(error));
      const dropDeadline = this.#world.after(operation.timeoutMs, () => {
        fail(new TransportError("timeout", `${to} did not answer in ${operation.timeoutMs} ms`));
      });
      signal?.addEventListener("abort", () => fail(signal.reason), { once: true });
      const broken = () => fail(new TransportError("unreachable", `${to} is not to be reached`));
      const deliver = () =>
        this.#travel({ from, to, broken }, () => {
          const station = this.#stations.get(to);
          const back = (end: () => void) => this.#travel({ from: to, to: from, broken }, end);
          if (station === undefined) return back(broken);
          this.#answer(station, { from, to, operation, asked }).then(
            (answer) => back(() => finish(() => resolve(answer))),
            (error) => back(() => fail(error)),
          );
        });
      deliver();
      if (this.#random.chance(this.weather.duplicates)) {
        this.harm.doubled++;
        deliver();
      }
    });
  }

  /** The request as the other reads it, and its answer as it is written. */
  async #answer(station: Station, message: {
    readonly from: ServerName;
    readonly to: ServerName;
    readonly operation: FederationOperation;
    readonly asked: string;
  }): Promise<unknown> {
    const { from, to, operation, asked } = message;
    const request = operation.request.safeParse(JSON.parse(asked));
    if (!request.success) {
      throw new TransportError("refused", `${operation.id}: ${request.error.message}`, {
        status: 400,
        code: "invalid",
      });
    }
    try {
      const answer = await station.answer(from, operation, request.data);
      for (const tap of this.taps) tap({ from, to, operation, request: request.data, answer });
      const read = operation.answer.safeParse(JSON.parse(JSON.stringify(answer ?? {})));
      if (read.success) return read.data;
      throw new TransportError("bad_answer", `${operation.id}: ${read.error.message}`);
    } catch (error) {
      if (error instanceof TransportError) throw error;
      if (!(error instanceof OperationError)) throw error;
      throw new TransportError("refused", error.message, { status: 404, code: error.code });
    }
  }

  /** One way. What is lost or cut breaks the connection, at times without anybody being told. */
  #travel(
    way: { readonly from: ServerName; readonly to: ServerName; readonly broken: () => void },
    arrive: () => void,
  ): void {
    const { minMs, maxMs, loss } = this.weather;
    const ms = minMs + this.#random.next() * (maxMs - minMs);
    const isLost = this.#random.chance(loss);
    const isSilent = this.#random.chance(SILENT);
    const brokenMs = this.#random.next() * BROKEN_MAX_MS;
    this.#world.after(ms, () => {
      const isCut = this.#cuts.has(`${way.from} ${way.to}`);
      if (!isCut && !isLost) return arrive();
      if (isCut) this.harm.cut++;
      else this.harm.lost++;
      if (isSilent) this.harm.silent++;
      else this.#world.after(brokenMs, way.broken);
    });
  }
}

/** The doors of a server that is up, by operation. */
export function stationOf(
  handlers: readonly FederationHandler[],
  life: {
    /** Resolves when the process is killed: its connections break with it. */
    readonly ended: Promise<void>;
    readonly fault: (error: unknown) => void;
    /** A request of this server came in. */
    readonly heardFrom: (server: ServerName) => void;
  },
): Station {
  const byId = new Map(handlers.map((handler) => [handler.operation.id, handler]));
  const broken = life.ended.then(() => {
    throw new TransportError("unreachable", "the connection broke");
  });
  broken.catch(() => undefined);
  const answer = async (handler: FederationHandler, origin: ServerName, request: unknown) => {
    try {
      const body = new TextEncoder().encode(JSON.stringify(request));
      const asked = { origin, bodyDigest: nobleBlake3(body) };
      return await handler.answer(asked, request as z.output<z.ZodType>);
    } catch (error) {
      if (error instanceof OperationError) throw error;
      // A door that breaks is a fault of ours, not an answer.
      life.fault(error);
      throw new TransportError("server_error", "something went wrong", { status: 500 });
    }
  };
  return {
    async answer(origin, operation, request) {
      const handler = byId.get(operation.id);
      if (handler === undefined) throw new OperationError("not_found", "There is no such thing.");
      life.heardFrom(origin);
      return await Promise.race([answer(handler, origin, request), broken]);
    },
  };
}
