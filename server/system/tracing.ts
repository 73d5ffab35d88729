import { context, propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";

/** Longest trace context that is believed: W3C's has 55 characters. */
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** Whether the process was started with OTEL_DENO: without it nothing is propagated. */
function isTracing(): boolean {
  return propagation.fields().length > 0;
}

export interface TraceOptions {
  readonly side: "client" | "server";
  /** W3C trace context of whoever asked; absent: what is under way here. */
  readonly traceparent?: string | null | undefined;
}

/**
 * Work as a span of a trace. `work` gets the trace context to pass on; without tracing that is
 * the one that came, and nothing else happens.
 */
export async function traced<T>(
  name: string,
  options: TraceOptions,
  work: (traceparent: string | undefined) => Promise<T>,
): Promise<T> {
  const { traceparent } = options;
  const given = typeof traceparent === "string" && TRACEPARENT.test(traceparent)
    ? traceparent
    : undefined;
  if (!isTracing()) return await work(given);
  const parent = given === undefined
    ? context.active()
    : propagation.extract(context.active(), { traceparent: given });
  const kind = options.side === "client" ? SpanKind.CLIENT : SpanKind.SERVER;
  return await trace.getTracer("openguild").startActiveSpan(
    name,
    { kind },
    parent,
    async (span) => {
      try {
        return await work(activeTraceparent());
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    },
  );
}

/** The trace context of what is under way, or undefined without tracing. */
export function activeTraceparent(): string | undefined {
  if (!isTracing()) return undefined;
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  return carrier["traceparent"];
}

/** Things whose trace is remembered; the oldest make room. */
const MAX_NOTES = 4096;

/**
 * Which trace an event was made in, so that its way to other servers, which begins at the log
 * and not at the request, is part of it. A hint in memory: after a restart it is gone.
 */
export class TraceBook {
  readonly #notes = new Map<string, string>();

  /** Remembers the trace of what is under way. */
  note(keys: readonly string[]): void {
    const traceparent = keys.length === 0 ? undefined : activeTraceparent();
    if (traceparent !== undefined) { for (const key of keys) this.#add(key, traceparent); }
  }

  #add(key: string, traceparent: string): void {
    if (this.#notes.size >= MAX_NOTES) {
      for (const oldest of this.#notes.keys()) {
        this.#notes.delete(oldest);
        break;
      }
    }
    this.#notes.set(key, traceparent);
  }

  find(key: string): string | undefined {
    return this.#notes.get(key);
  }
}
