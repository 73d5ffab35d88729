import type {
  DeviceCallInput,
  DeviceCallName,
  DeviceCallResult,
} from "../../../core/e2ee/engine/calls.ts";
import {
  CallRefused,
  type DeviceDispatch,
  type DeviceTransport,
  ServerUnreachable,
} from "../../../core/e2ee/engine/ports.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import { describeCall } from "../api/request.ts";
import type { OperationName } from "../api/types.ts";

/** A call that has not been answered by then is given up: the engine tries again. */
const CALL_MS = 30_000;
/** The tabs of one account hear the same: what is said again within this is heard once, after it. */
const SAME_MS = 700;
/** Statuses of a proxy or a server that is not well: nothing is known of the call. */
const NOT_WELL = 502;

/** The way to the home server with the session of this browser. */
export class FetchTransport implements DeviceTransport {
  readonly userId: string;
  readonly #listeners = new Set<(dispatch: DeviceDispatch | "connected") => void>();
  /** What was heard a moment ago, and whether it was said again since. */
  readonly #heard = new Map<string, { again: boolean }>();
  readonly #clock: Pick<Clock, "sleep">;
  readonly #ended: AbortSignal | undefined;

  /** `ended`: when it is over for all calls at once. */
  constructor(userId: string, clock: Pick<Clock, "sleep">, ended?: AbortSignal) {
    this.userId = userId;
    this.#clock = clock;
    this.#ended = ended;
  }

  async call<Name extends DeviceCallName>(
    name: Name,
    input: DeviceCallInput<Name>,
    signal?: AbortSignal,
  ): Promise<DeviceCallResult<Name>> {
    const { method, path, body } = describeCall(name as OperationName, input);
    const ends = [AbortSignal.timeout(CALL_MS), signal, this.#ended];
    let status: number;
    let text: string;
    try {
      const response = await fetch(path, {
        method,
        credentials: "same-origin",
        headers: body === undefined ? {} : { "content-type": "application/json" },
        ...(body === undefined ? {} : { body }),
        signal: AbortSignal.any(ends.filter((each) => each !== undefined)),
      });
      status = response.status;
      text = await response.text();
    } catch (error) {
      throw new ServerUnreachable(`${name}: ${String(error)}`);
    }
    return readResult(name, status, text) as DeviceCallResult<Name>;
  }

  onDispatch(listener: (dispatch: DeviceDispatch | "connected") => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** What a tab's gateway said. */
  hear(dispatch: DeviceDispatch | "connected"): void {
    const text = JSON.stringify(dispatch);
    const held = this.#heard.get(text);
    if (held) {
      // The same of another tab, or the same once more: which of them cannot be told.
      held.again = true;
      return;
    }
    const heard = { again: false };
    this.#heard.set(text, heard);
    for (const listener of this.#listeners) listener(dispatch);
    void this.#clock.sleep(SAME_MS).then(() => {
      this.#heard.delete(text);
      if (heard.again) this.hear(dispatch);
    });
  }
}

function readResult(name: string, status: number, text: string): unknown {
  let value: unknown;
  try {
    value = text === "" ? {} : JSON.parse(text);
  } catch {
    throw new ServerUnreachable(`${name}: an answer with status ${status} that is not JSON`);
  }
  if (status < 300) return value;
  const { error } = (value ?? {}) as {
    error?: { code: string; message: string; details?: Record<string, unknown> };
  };
  if (status >= NOT_WELL || !error) throw new ServerUnreachable(`${name}: status ${status}`);
  throw new CallRefused(error.code, error.message, error.details ?? {});
}
