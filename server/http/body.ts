import { OperationError } from "../../core/errors.ts";
import type { Clock } from "../../core/ports/clock.ts";

/** Deepest nesting of a JSON body. */
const JSON_DEPTH = 32;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export interface BodyLimits {
  readonly clock: Clock;
  readonly bytes: number;
  /** Time for the whole body. */
  readonly ms: number;
}

/** Reads a whole body; stops reading at the first byte beyond the limit, and when time is up. */
export async function readBody(request: Request, limits: BodyLimits): Promise<Uint8Array> {
  const declared = request.headers.get("content-length");
  if (declared !== null && Number(declared) > limits.bytes) throw tooLarge(limits.bytes, declared);
  if (request.body === null) return new Uint8Array(0);
  const reader = request.body.getReader();
  const read = new AbortController();
  try {
    return await Promise.race([
      readAll(reader, limits.bytes),
      limits.clock.sleep(limits.ms, read.signal).then(() => {
        throw new OperationError(
          "timeout",
          `The request's body did not arrive within ${limits.ms / 1000} s.`,
        );
      }),
    ]);
  } catch (failure) {
    await reader.cancel().catch(() => undefined);
    throw failure;
  } finally {
    read.abort();
  }
}

async function readAll(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  limitBytes: number,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > limitBytes) throw tooLarge(limitBytes, `more than ${limitBytes}`);
    parts.push(value);
  }
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}

function tooLarge(limitBytes: number, size: string): OperationError {
  return new OperationError(
    "too_large",
    `The request's body is too large: ${size} bytes where ${limitBytes} are allowed.`,
    { details: { limit_bytes: limitBytes } },
  );
}

/**
 * Parses a request's JSON: valid UTF-8, at most 32 levels deep, and no `__proto__` key,
 * which careless code would take for a prototype.
 */
export function parseJson(bytes: Uint8Array): unknown {
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(bytes));
  } catch (cause) {
    throw new OperationError("bad_json", "The request's body is not JSON in UTF-8.", { cause });
  }
  requireSafe(value);
  return value;
}

function requireSafe(root: unknown): void {
  let level: unknown[] = [root];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > JSON_DEPTH) {
      throw new OperationError(
        "bad_json",
        `The request's JSON is nested deeper than ${JSON_DEPTH} levels.`,
      );
    }
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value !== "object" || value === null) continue;
      if (Object.hasOwn(value, "__proto__")) {
        throw new OperationError("bad_json", 'The key "__proto__" is not allowed in JSON.');
      }
      for (const child of Object.values(value)) {
        if (typeof child === "object" && child !== null) next.push(child);
      }
    }
    level = next;
  }
}
