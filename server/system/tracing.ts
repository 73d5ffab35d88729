import { AsyncLocalStorage } from "node:async_hooks";
import { context, propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";

/** Longest trace context that is believed: W3C's has 55 characters. */
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** Whether the process was started with OTEL_DENO: without it no spans are made. */
function isTracing(): boolean {
  return propagation.fields().length > 0;
}

/** What is under way: of a request of somebody, or of work that it began. */
interface Underway {
  readonly requestId?: string | undefined;
  /** Set late where OpenTelemetry begins the trace. */
  traceparent?: string | undefined;
}

const underway = new AsyncLocalStorage<Underway>();

/**
 * Answers a request, whose log lines say which one it is and in which trace. A trace begins here
 * where none came with the request; other servers that are asked for it get it with their request.
 */
export function inRequest<T>(
  request: { readonly id: string; readonly traceparent: string | null | undefined },
  answer: () => T,
): T {
  const given = believed(request.traceparent) ?? underway.getStore()?.traceparent;
  // With OpenTelemetry the first span names the trace.
  const traceparent = given ?? (isTracing() ? undefined : newTraceparent());
  return underway.run({ requestId: request.id, traceparent }, answer);
}

/** What a log line says of the request that it belongs to; nothing where there is none. */
export function traceFields(): Readonly<Record<string, unknown>> {
  const { requestId, traceparent } = underway.getStore() ?? {};
  return {
    ...(requestId === undefined ? {} : { request_id: requestId }),
    ...(traceparent === undefined ? {} : { trace_id: traceIdOf(traceparent) }),
  };
}

/** `00-<trace id>-<span id>-01` -> the trace id, 32 hex digits. */
function traceIdOf(traceparent: string): string {
  return traceparent.slice(3, 35);
}

function believed(traceparent: string | null | undefined): string | undefined {
  return typeof traceparent === "string" && TRACEPARENT.test(traceparent) ? traceparent : undefined;
}

/** W3C trace context of a trace that nobody records: version, trace, span, "not sampled". */
function newTraceparent(): string {
  const random = crypto.getRandomValues(new Uint8Array(24)).toHex();
  return `00-${random.slice(0, 32)}-${random.slice(32)}-00`;
}

export interface TraceOptions {
  readonly side: "client" | "server";
  /** W3C trace context of whoever asked; absent: what is under way here. */
  readonly traceparent?: string | null | undefined;
}

/**
 * Work as a span of a trace, which its log lines name. `work` gets the trace context to pass on;
 * without OpenTelemetry that is the one that came.
 */
export async function traced<T>(
  name: string,
  options: TraceOptions,
  work: (traceparent: string | undefined) => Promise<T>,
): Promise<T> {
  const around = underway.getStore();
  const given = believed(options.traceparent) ?? around?.traceparent;
  const within = (traceparent: string | undefined) => {
    if (around !== undefined) around.traceparent ??= traceparent;
    return underway.run(
      { requestId: around?.requestId, traceparent },
      () => work(traceparent),
    );
  };
  if (!isTracing()) return await within(given);
  const sent = believed(options.traceparent);
  const parent = sent === undefined
    ? context.active()
    : propagation.extract(context.active(), { traceparent: sent });
  const kind = options.side === "client" ? SpanKind.CLIENT : SpanKind.SERVER;
  return await trace.getTracer("openguild").startActiveSpan(
    name,
    { kind },
    parent,
    async (span) => {
      try {
        return await within(activeSpan());
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    },
  );
}

/** The trace context of what is under way. */
export function activeTraceparent(): string | undefined {
  return activeSpan() ?? underway.getStore()?.traceparent;
}

/** That of the span that OpenTelemetry has open; undefined without it. */
function activeSpan(): string | undefined {
  if (!isTracing()) return undefined;
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  return carrier["traceparent"];
}

/** Things whose trace is remembered: so many at least, twice as many at most. */
const NOTES_KEPT = 2048;

/**
 * Which trace an event was made in, so that its way to other servers, which begins at the log
 * and not at the request, is part of it. A hint in memory: after a restart it is gone.
 */
export class TraceBook {
  /** Two halves, the older one forgotten whole: the oldest entry of one large map is slow to find. */
  #notes = new Map<string, string>();
  #older: ReadonlyMap<string, string> = new Map();

  /** Remembers the trace of what is under way. */
  note(keys: readonly string[]): void {
    const traceparent = keys.length === 0 ? undefined : activeTraceparent();
    if (traceparent !== undefined) { for (const key of keys) this.#add(key, traceparent); }
  }

  #add(key: string, traceparent: string): void {
    if (this.#notes.size >= NOTES_KEPT) {
      this.#older = this.#notes;
      this.#notes = new Map();
    }
    this.#notes.set(key, traceparent);
  }

  find(key: string): string | undefined {
    return this.#notes.get(key) ?? this.#older.get(key);
  }
}
