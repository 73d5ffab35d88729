import { type ClientFrame, GATEWAY_CLOSE } from "../../../core/api/gateway.ts";
import { ClientFrame as ClientFrameSchema } from "../../../core/api/gateway.ts";
import { OperationError } from "../../../core/errors.ts";
import { parseJson } from "../body.ts";
import { awayRefusal } from "../errors.ts";
import { showsPresence } from "../require_scope.ts";
import type { GatewayDeps, Peer, UpgradeFacts } from "./context.ts";
import { serverFrame } from "./frame.ts";
import { heartbeat } from "./opcodes/heartbeat.ts";
import { identify } from "./opcodes/identify.ts";
import { choosePresence } from "./opcodes/presence.ts";
import { subscribe } from "./opcodes/subscribe.ts";
import { announceTyping } from "./opcodes/typing.ts";
import type { Session } from "./session.ts";
import type { SocketSink } from "./socket_sink.ts";

/** Most frames of a client waiting for one that is being handled. */
const PENDING_COUNT = 32;
/** Most frames of a client in a minute. */
const FRAMES_PER_MINUTE = 240;
const MINUTE_MS = 60_000;

/** One WebSocket from hello to close: takes frames one after the other. */
export class Connection implements Peer {
  readonly deps: GatewayDeps;
  readonly facts: UpgradeFacts;
  readonly sink: SocketSink;
  /** Set once identified. */
  session: Session | undefined;
  /** Monotonic time of the start, and of the last frame from the client. */
  readonly openedMs: number;
  lastSeenMs: number;
  /** Set when this side began to close. */
  closingSinceMs: number | undefined;
  #queue: Promise<void> = Promise.resolve();
  #pending = 0;
  #closed = false;
  #minuteStartMs: number;
  #framesInMinute = 0;

  constructor(deps: GatewayDeps, parts: { facts: UpgradeFacts; sink: SocketSink }) {
    this.deps = deps;
    this.facts = parts.facts;
    this.sink = parts.sink;
    this.openedMs = deps.clock.monotonic();
    this.lastSeenMs = this.openedMs;
    this.#minuteStartMs = this.lastSeenMs;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** A text message of the client. */
  receive(bytes: Uint8Array): void {
    const now = this.deps.clock.monotonic();
    this.lastSeenMs = now;
    if (now - this.#minuteStartMs > MINUTE_MS) {
      this.#minuteStartMs = now;
      this.#framesInMinute = 0;
    }
    this.#framesInMinute++;
    if (this.#framesInMinute > FRAMES_PER_MINUTE || this.#pending >= PENDING_COUNT) {
      this.close(GATEWAY_CLOSE.tooMany, "Too many frames.");
      return;
    }
    const frame = readFrame(bytes);
    if (frame === undefined) {
      this.close(GATEWAY_CLOSE.badFrame, "Not a frame of this gateway.");
      return;
    }
    this.#pending++;
    this.#queue = this.#queue.then(() => this.#handle(frame));
  }

  close(code: number, reason: string): void {
    if (this.closingSinceMs !== undefined) return;
    this.closingSinceMs = this.deps.clock.monotonic();
    this.sink.close(code, reason);
  }

  /** The socket is gone: nothing of it stays behind. */
  end(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.session !== undefined) {
      const { caller } = this.session;
      this.deps.hub.remove(this.session);
      if (showsPresence(caller)) this.deps.presences.disconnect(caller.userId);
    }
  }

  async #handle(frame: ClientFrame): Promise<void> {
    try {
      if (!this.#closed && this.closingSinceMs === undefined) await this.#dispatch(frame);
    } catch (failure) {
      this.#refuse(frame.op, failure);
    } finally {
      this.#pending--;
    }
  }

  async #dispatch(frame: ClientFrame): Promise<void> {
    if (frame.op === "identify") return await identify(this, frame.d);
    if (frame.op === "heartbeat") return heartbeat(this, frame.d);
    const { session } = this;
    if (session === undefined) {
      this.close(GATEWAY_CLOSE.notIdentified, "Identify first.");
      return;
    }
    switch (frame.op) {
      case "presence":
        return await choosePresence(this.deps, session, frame.d);
      case "subscribe":
        return await subscribe(this.deps, session, frame.d);
      case "typing":
        return await announceTyping(this.deps, session, frame.d);
    }
  }

  #refuse(op: string, failure: unknown): void {
    const isRefusal = failure instanceof OperationError;
    if (!isRefusal) {
      this.deps.log.log("error", "gateway frame failed", { op, cause: failure });
    }
    const refusal = isRefusal ? failure : awayRefusal(failure);
    this.sink.send(serverFrame({
      op: "error",
      d: refusal === undefined
        ? { code: "internal", message: "Something went wrong on the server." }
        : { code: refusal.code, message: refusal.message },
    }));
    if (op === "identify" && this.session === undefined) {
      this.close(...closeOf(failure));
    }
  }
}

function closeOf(failure: unknown): [code: number, reason: string] {
  if (!(failure instanceof OperationError) || failure.code === "unavailable") {
    return [GATEWAY_CLOSE.overloaded, "Try again later."];
  }
  return failure.code === "limit_reached"
    ? [GATEWAY_CLOSE.overloaded, "Too many connections of this account."]
    : [GATEWAY_CLOSE.unauthorized, "Sign in first."];
}

function readFrame(bytes: Uint8Array): ClientFrame | undefined {
  try {
    const parsed = ClientFrameSchema.safeParse(parseJson(bytes));
    return parsed.success ? parsed.data : undefined;
  } catch (failure) {
    if (failure instanceof OperationError) return undefined;
    throw failure;
  }
}
