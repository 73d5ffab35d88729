import { ServerUnreachable } from "./ports.ts";

/**
 * Waits for the script of a part. Without it the device is as far from the server as without an
 * answer to a call. @throws ServerUnreachable
 */
export async function fetched<Module>(load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    throw new ServerUnreachable(`A part of the engine did not come: ${String(error)}`);
  }
}

/**
 * A part of the engine whose script is fetched, and which is made, when it is first needed. A fetch
 * that fails is tried again by whoever asks next.
 */
export class Part<T> {
  #coming: Promise<T> | undefined;
  #here: T | undefined;

  constructor(readonly make: () => Promise<T>) {}

  /** The part where it is here already. */
  get here(): T | undefined {
    return this.#here;
  }

  /** The part; the same one for everybody. @throws ServerUnreachable */
  get(): Promise<T> {
    return this.#coming ??= fetched(this.make).then(
      (made) => this.#here = made,
      (error) => {
        this.#coming = undefined;
        throw error;
      },
    );
  }
}
