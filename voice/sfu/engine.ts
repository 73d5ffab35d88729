import type { Buffer } from "node:buffer";
import type { Route } from "./route.ts";

/**
 * What the path of a packet takes from the machine. `stock_engine.ts` asks Deno for it; `voice/fast/`
 * asks the system's own libraries. Nothing else of the media server differs between the two.
 */
export interface Engine {
  readonly name: EngineName;
  readonly aead: Aead;
  /**
   * Binds a UDP socket. An IPv6 one takes no IPv4, so that both can have the same port; port 0 lets
   * the system choose. Rejects with what the system says.
   */
  bindUdp(hostname: string, port: number): Promise<UdpSocket>;
}

export const ENGINE_NAMES = ["stock", "fast"] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

/** AES-128-GCM with tags of 16 bytes and nonces of 12. */
export interface Aead {
  /**
   * Writes the ciphertext of `plain` and then the tag, which covers `known` too, to the beginning of
   * `out`. `plain` and `out` do not overlap. Throws where it cannot: nothing may leave unsealed.
   */
  seal(key: Buffer, nonce: Buffer, known: Buffer, plain: Buffer, out: Buffer): void;
  /**
   * The plaintext of a ciphertext and its tag; undefined for a forged one. It may lie in memory that
   * the next call writes to: who keeps it copies it.
   */
  open(key: Buffer, nonce: Buffer, known: Buffer, sealed: Buffer): Buffer | undefined;
}

/** One bound UDP socket and what waits to be sent by it. */
export interface UdpSocket extends AsyncDisposable {
  readonly port: number;
  readonly hostname: string;
  /** Datagrams that did not leave: a bounded number waits, and the oldest makes room. */
  readonly dropped: number;
  /** `data` may be written over once the callback has returned: who keeps it copies it. */
  onDatagram(callback: (data: Buffer, address: string, port: number) => void): void;
  routeTo(address: string, port: number): Route;
}
