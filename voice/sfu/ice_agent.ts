import { Buffer } from "node:buffer";
import { limits } from "../../core/limits.ts";
import type { Rng } from "../../core/ports/rng.ts";
import type { Route } from "./route.ts";

export interface Credentials {
  readonly ufrag: string;
  readonly password: string;
}

/** 48 and 144 bits, in the characters that ICE allows (RFC 8839, 5.4): base64 has no others. */
export function makeCredentials(rng: Rng): Credentials {
  const text = (bytes: number) => Buffer.from(rng.bytes(bytes)).toString("base64");
  return { ufrag: text(6), password: text(18) };
}

/**
 * The lite end of ICE (RFC 8445, 2.5) for one browser: what its checks may name, where they came
 * from, and which of these ways is used. The browser chooses.
 */
export class IceAgent {
  #current: Credentials;
  #former: Credentials | undefined;
  /** Oldest first. */
  readonly #routes: Route[] = [];
  #chosen: Route | undefined;
  /** Of the chosen way; monotonic milliseconds. */
  #heardAt = 0;
  /** Of any check. */
  #checkedAt: number | undefined;

  constructor(credentials: Credentials) {
    this.#current = credentials;
  }

  get credentials(): Credentials {
    return this.#current;
  }

  get chosen(): Route | undefined {
    return this.#chosen;
  }

  get routes(): readonly Route[] {
    return this.#routes;
  }

  get checkedAt(): number | undefined {
    return this.#checkedAt;
  }

  /** Fragments that checks may name. The former one holds until the browser uses the new one. */
  get fragments(): string[] {
    return [this.#current.ufrag, ...(this.#former === undefined ? [] : [this.#former.ufrag])];
  }

  passwordOf(ufrag: string): string | undefined {
    return [this.#current, this.#former].find((each) => each?.ufrag === ufrag)?.password;
  }

  restart(credentials: Credentials): void {
    this.#former = this.#current;
    this.#current = credentials;
  }

  /**
   * An authenticated check. It takes the way over where the browser chose it, where there is none
   * yet, or where the present one has gone silent (a NAT gave the browser another address).
   * Returns the ways that are given up for it: there is a bound.
   */
  take(route: Route, check: { readonly local: string; readonly nominated: boolean }, now: number) {
    this.#checkedAt = now;
    if (check.local === this.#current.ufrag && check.nominated) this.#former = undefined;
    if (!this.#routes.includes(route)) this.#routes.push(route);
    const isSilent = now - this.#heardAt > limits.voice.rebindMs;
    if (check.nominated || this.#chosen === undefined || isSilent) this.#chosen = route;
    if (this.#chosen === route) this.#heardAt = now;
    const spare = this.#routes.findIndex((each) => each !== this.#chosen && each !== route);
    return this.#routes.length > limits.voice.maxAddresses && spare >= 0
      ? this.#routes.splice(spare, 1)
      : [];
  }

  /** A way that belongs to another browser now, or is closed. */
  lose(route: Route): void {
    const at = this.#routes.indexOf(route);
    if (at >= 0) this.#routes.splice(at, 1);
    if (this.#chosen === route) this.#chosen = undefined;
  }

  /** Something genuine came by a way. */
  heard(route: Route, now: number): void {
    if (route === this.#chosen) this.#heardAt = now;
  }
}
