import { OperationError } from "../../core/errors.ts";
import type { HeaderReader } from "./headers.ts";

/** Deepest nesting of a JSON body. */
const JSON_DEPTH = 32;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Refuses by the declared length, before a byte is read. */
export function requireDeclaredSize(headers: HeaderReader, limitBytes: number): void {
  const declared = headers.get("content-length");
  if (declared !== null && Number(declared) > limitBytes) throw tooLarge(limitBytes, declared);
}

/** Reads a whole stream; stops at the first byte beyond the limit. */
export async function readBytes(
  body: ReadableStream<Uint8Array> | null,
  limitBytes: number,
): Promise<Uint8Array> {
  if (body === null) return new Uint8Array(0);
  const parts: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop cancels the stream.
  for await (const part of body) {
    size += part.byteLength;
    if (size > limitBytes) throw tooLarge(limitBytes, `more than ${limitBytes}`);
    parts.push(part);
  }
  return joinBytes(parts, size);
}

export function joinBytes(parts: readonly Uint8Array[], size: number): Uint8Array {
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

export function tooLarge(limitBytes: number, size: string): OperationError {
  return new OperationError(
    "too_large",
    `The request's body is too large: ${size} bytes where ${limitBytes} are allowed.`,
    { details: { limit_bytes: limitBytes } },
  );
}

/**
 * Parses a request's JSON: valid UTF-8, at most 32 levels deep, no `__proto__` key, which
 * careless code would take for a prototype, and no half of a surrogate pair (RFC 7493
 * section 2.1), which no text of the database holds.
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
      if (typeof value === "string") requireWellFormed(value);
      if (typeof value !== "object" || value === null) continue;
      if (Object.hasOwn(value, "__proto__")) {
        throw new OperationError("bad_json", 'The key "__proto__" is not allowed in JSON.');
      }
      if (!Array.isArray(value)) Object.keys(value).forEach(requireWellFormed);
      for (const child of Object.values(value)) {
        if (typeof child === "string") requireWellFormed(child);
        else if (typeof child === "object" && child !== null) next.push(child);
      }
    }
    level = next;
  }
}

function requireWellFormed(text: string): void {
  if (text.isWellFormed()) return;
  throw new OperationError("bad_json", "The request's JSON holds half of a surrogate pair.");
}
