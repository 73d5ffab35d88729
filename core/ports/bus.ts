/**
 * Fan-out between the parts and processes of one homeserver. A hint, never a
 * store: losing any message loses nothing, because readers find gaps by position
 * and read them from Postgres. PROTOCOL.md 1 (durability).
 */
export interface Bus {
  publish(subject: string, payload: Uint8Array): void;
  /** Returns the function that ends the subscription. */
  subscribe(subject: string, handle: (payload: Uint8Array) => void): () => void;
  close(): Promise<void>;
}
