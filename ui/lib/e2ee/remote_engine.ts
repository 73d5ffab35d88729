import {
  CallRefused,
  type DeviceDispatch,
  ServerUnreachable,
} from "../../../core/e2ee/engine/ports.ts";
import {
  type DeviceState,
  type EngineChange,
  type RoomReason,
  type RoomState,
  SealRefused,
  type Verification,
} from "../../../core/e2ee/engine/types.ts";
import type {
  Askable,
  AskArgs,
  AskResult,
  EngineChannel,
  EngineMessage,
  EngineView,
  PlainError,
} from "./messages.ts";

/** Questions of one tab that wait for an answer. */
export const WAITING_MAX = 1000;

interface Waiting {
  readonly message: Extract<EngineMessage, { kind: "ask" }>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

function revive({ name, message, reason = "internal", details }: PlainError): Error {
  if (name === "SealRefused") return new SealRefused(reason as RoomReason, message);
  if (name === "ServerUnreachable") return new ServerUnreachable(message);
  return name === "CallRefused"
    ? new CallRefused(reason, message, details)
    : new Error(message, { cause: reason });
}

/**
 * A tab's way to the engine, which runs in one tab of the browser: this one or another. A question
 * that was on its way when that tab closed is asked again of the next.
 */
export class RemoteEngine {
  readonly #channel: EngineChannel;
  readonly #newId: () => string;
  readonly #waiting = new Map<string, Waiting>();
  readonly #listeners = new Set<(change: EngineChange | undefined) => void>();
  readonly #up = Promise.withResolvers<void>();
  #view: EngineView | undefined;
  /** Of the engine that was last heard of. */
  #life: string | undefined;

  constructor(channel: EngineChannel, newId: () => string) {
    this.#channel = channel;
    this.#newId = newId;
    channel.onmessage = ({ data }) => this.#hear(data);
    channel.postMessage({ kind: "hello" });
  }

  /** Resolves when the engine runs and has said how things stand. */
  get up(): Promise<void> {
    return this.#up.promise;
  }

  /** How far this device is, as the engine last said; undefined until it runs. */
  state(): DeviceState | undefined {
    return this.#view?.device;
  }

  rooms(): readonly RoomState[] {
    return this.#view?.rooms ?? [];
  }

  room(roomId: string): RoomState | undefined {
    return this.rooms().find((room) => room.roomId === roomId);
  }

  verifications(): readonly Verification[] {
    return this.#view?.verifications ?? [];
  }

  /** Hears of each change; of undefined where the engine has just come up. */
  onChange(listener: (change: EngineChange | undefined) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Asks for one method of the engine. @throws CallRefused, SealRefused */
  ask<Name extends Askable>(name: Name, ...args: AskArgs<Name>): Promise<AskResult<Name>> {
    const id = this.#newId();
    const message = { kind: "ask", id, name, args } as const;
    return new Promise((resolve, reject) => {
      if (this.#waiting.size >= WAITING_MAX) {
        return reject(new Error(`${WAITING_MAX} questions wait for the encryption already.`));
      }
      this.#waiting.set(id, {
        message,
        resolve: (value) => resolve(value as AskResult<Name>),
        reject,
      });
      this.#channel.postMessage(message);
    });
  }

  /** Hands on what this tab's gateway says. */
  tell(dispatch: DeviceDispatch | "connected"): void {
    this.#channel.postMessage({ kind: "dispatch", dispatch });
  }

  #hear(data: EngineMessage): void {
    if (data.kind === "answer" || data.kind === "refused") {
      const waiting = this.#waiting.get(data.id);
      if (!waiting) return;
      this.#waiting.delete(data.id);
      if (data.kind === "answer") waiting.resolve(data.value);
      else waiting.reject(revive(data.error));
    }
    if (data.kind === "up") {
      this.#view = data.view;
      for (const { message } of this.#waiting.values()) this.#channel.postMessage(message);
      const isNext = this.#life !== undefined && this.#life !== data.life;
      this.#life = data.life;
      // It has not heard what was said after the one before it ended.
      if (isNext) this.tell("connected");
      this.#up.resolve();
      for (const listener of this.#listeners) listener(undefined);
    }
    if (data.kind === "change") {
      this.#view = data.view;
      for (const listener of this.#listeners) listener(data.change);
    }
  }
}
