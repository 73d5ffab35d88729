import { events } from "../../../core/api/sync.ts";
import type { Caller } from "../caller.ts";
import { attach } from "../gateway/attach.ts";
import type { Frame } from "../gateway/frame.ts";
import { greet } from "../gateway/greet.ts";
import type { Session, Sink } from "../gateway/session.ts";
import { showsPresence } from "../require_scope.ts";
import { type Route, route } from "../route.ts";
import type { SyncDeps } from "./sync.ts";

export interface EventsDeps extends SyncDeps {
  /** Bytes that may wait for a slow reader. */
  readonly bufferBytes: number;
  /** A comment goes out this often, so that nobody between takes the stream for dead. */
  readonly keepAliveMs: number;
  readonly meter: { slowReaderCut(): void };
}

/** Writes frames as server-sent events into an HTTP answer. */
class StreamSink implements Sink {
  readonly stream: ReadableStream<Uint8Array>;
  readonly #deps: EventsDeps;
  readonly #ended = new AbortController();
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;

  constructor(deps: EventsDeps) {
    this.#deps = deps;
    this.stream = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#controller = controller;
      },
      cancel: () => this.end(),
    }, new ByteLengthQueuingStrategy({ highWaterMark: deps.bufferBytes }));
  }

  /** Aborted when the stream is over, from whichever side. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  send(frame: Frame): void {
    this.#write(frame.sse);
  }

  close(): void {
    this.end();
  }

  end(): void {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort();
    try {
      this.#controller?.close();
    } catch {
      // Cancelled by the reader: closed already.
    }
  }

  /** Until the stream is over, which it is at the end of the token that opened it. */
  async keepAlive({ endsTs = Infinity }: Pick<Caller, "endsTs">): Promise<void> {
    const comment = new TextEncoder().encode(":\n\n");
    for (;;) {
      try {
        await this.#deps.clock.sleep(this.#deps.keepAliveMs, this.ended);
      } catch {
        return;
      }
      if (endsTs <= this.#deps.clock.now()) return this.end();
      this.#write(comment);
    }
  }

  #write(bytes: Uint8Array): void {
    if (this.ended.aborted || this.#controller === undefined) return;
    if ((this.#controller.desiredSize ?? 0) < bytes.byteLength) {
      this.#deps.meter.slowReaderCut();
      this.end();
      return;
    }
    this.#controller.enqueue(bytes);
  }
}

/** GET /client/v1/events (HTML standard, section 9.2: server-sent events) */
export function eventsRoute(deps: EventsDeps): Route {
  return route(events, async ({ caller, query, request, signal }) => {
    const sink = new StreamSink(deps);
    const position = request.headers.get("last-event-id") ?? query.position;
    const join = (position: string | undefined) =>
      attach(deps, { caller, sink, position }, (arrival) => {
        greet(sink, arrival);
        if (arrival.kind !== "reset" && showsPresence(caller)) {
          deps.presences.connect(caller.userId, arrival.presence);
        }
        return true;
      });
    // After `reset` the snapshot follows at once: browsers would only repeat the old position.
    const session = await join(position === "" ? undefined : position) ?? await join(undefined);
    if (session === undefined) sink.end();
    else follow(deps, session, { sink, signal });
    return new Response(sink.stream, {
      headers: {
        "content-type": "text/event-stream",
        // Proxies that buffer (nginx) would hold events back.
        "x-accel-buffering": "no",
      },
    });
  });
}

function follow(
  deps: EventsDeps,
  session: Session,
  parts: { sink: StreamSink; signal: AbortSignal },
): void {
  const { sink, signal } = parts;
  sink.ended.addEventListener("abort", () => {
    deps.hub.remove(session);
    if (showsPresence(session.caller)) deps.presences.disconnect(session.caller.userId);
  });
  if (signal.aborted) sink.end();
  else signal.addEventListener("abort", () => sink.end(), { once: true });
  void sink.keepAlive(session.caller);
}
