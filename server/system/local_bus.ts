import type { Bus } from "../../core/ports/bus.ts";

/** The bus of a homeserver that is one process: handlers run before `publish` returns. */
export class LocalBus implements Bus {
  readonly #handlers = new Map<string, Set<(payload: Uint8Array) => void>>();

  publish(subject: string, payload: Uint8Array): void {
    for (const handle of this.#handlers.get(subject) ?? []) handle(payload);
  }

  subscribe(subject: string, handle: (payload: Uint8Array) => void): () => void {
    const held = this.#handlers.get(subject) ?? new Set();
    this.#handlers.set(subject, held.add(handle));
    return () => {
      held.delete(handle);
      if (held.size === 0) this.#handlers.delete(subject);
    };
  }

  close(): Promise<void> {
    this.#handlers.clear();
    return Promise.resolve();
  }
}
