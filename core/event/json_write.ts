import { assert } from "../assert.ts";
import { limits } from "../limits.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import { keyFault } from "./json_parse.ts";

const encoder = new TextEncoder();

/** What keeps a value built in memory out of og-jcs, and where (`content.media[2].size`). */
export interface CanonicalFault {
  readonly path: string;
  readonly message: string;
}

interface Walk {
  nodes: number;
  /** Bytes of the canonical form at most, as far as was walked. */
  bytes: number;
}

/** Of UTF-8, for one unit of JavaScript's strings: an escaped control character is the longest. */
const MOST_BYTES_PER_UNIT = 6;
/** Of the longest integer with its sign; `false` is shorter. */
const MOST_BYTES_PER_VALUE = 17;
/** Quotes, colon and comma around a key, or a string in a list. */
const AROUND = 4;

/** The path is put together where there is a fault, going back up: hardly any value has one. */
function faultOf(value: unknown, depth: number, walk: Walk): CanonicalFault | undefined {
  if (++walk.nodes > limits.json.maxNodes) {
    return { path: "", message: `more than ${limits.json.maxNodes} values` };
  }
  walk.bytes += MOST_BYTES_PER_VALUE;
  if (value === null || typeof value === "boolean") return undefined;
  if (typeof value === "string") {
    walk.bytes += value.length * MOST_BYTES_PER_UNIT + AROUND;
    return value.isWellFormed() ? undefined : { path: "", message: "half of a surrogate pair" };
  }
  if (typeof value === "number") {
    const fine = Number.isSafeInteger(value) && !Object.is(value, -0);
    return fine ? undefined : { path: "", message: `${value} is no integer within 2^53-1` };
  }
  if (typeof value !== "object") return { path: "", message: `a ${typeof value} is not JSON` };
  if (depth >= limits.json.maxDepth) {
    return { path: "", message: `more than ${limits.json.maxDepth} levels` };
  }
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const fault = faultOf(value[index], depth + 1, walk);
      if (fault !== undefined) return below(`[${index}]`, fault);
    }
    return undefined;
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) {
    return { path: "", message: "not a plain object" };
  }
  for (const key of Object.keys(value)) {
    walk.bytes += 2 * key.length + AROUND;
    const bad = keyFault(key);
    if (bad !== undefined) return { path: "", message: bad };
    const fault = faultOf((value as JsonObject)[key], depth + 1, walk);
    if (fault !== undefined) return below(key, fault);
  }
  return undefined;
}

function below(step: string, { path, message }: CanonicalFault): CanonicalFault {
  return { path: path === "" || path.startsWith("[") ? step + path : `${step}.${path}`, message };
}

/** Why a value built in memory is outside og-jcs, or undefined. PROTOCOL.md 2. */
export function canonicalFault(
  value: unknown,
  /** Levels and values that will stand around this one. */
  around: { readonly depth: number; readonly nodes: number } = { depth: 0, nodes: 0 },
): CanonicalFault | undefined {
  return faultOf(value, around.depth, { nodes: around.nodes, bytes: 0 });
}

/** As `canonicalFault`, with how many bytes the canonical form of a value without fault has at most. */
export function measureCanonical(
  value: unknown,
): { readonly fault: CanonicalFault | undefined; readonly mostBytes: number } {
  const walk: Walk = { nodes: 0, bytes: 0 };
  const fault = faultOf(value, 0, walk);
  return { fault, mostBytes: walk.bytes };
}

/** Whether a value built in memory is within og-jcs: what the parser would accept. */
export function isCanonicalValue(value: unknown): value is JsonValue {
  return canonicalFault(value) === undefined;
}

/** Whether all keys already stand in canonical order, so that the engine's own writer will do. */
function isInOrder(value: JsonValue | undefined): boolean {
  if (typeof value !== "object" || value === null) return value !== undefined;
  if (Array.isArray(value)) return value.every(isInOrder);
  let last = "";
  for (const key in value) {
    if (key < last || !isInOrder((value as JsonObject)[key])) return false;
    last = key;
  }
  return true;
}

function writeSorted(value: JsonValue): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value !== "object" || value === null) {
    assert(value !== undefined, "writeCanonical: undefined is not JSON");
    return String(value);
  }
  if (Array.isArray(value)) return `[${value.map(writeSorted).join(",")}]`;
  const object = value as JsonObject;
  const keys = Object.keys(object).sort();
  let text = "{";
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] as string;
    const member = writeSorted(object[key] as JsonValue);
    text += (index === 0 ? "" : ",") + JSON.stringify(key) + ":" + member;
  }
  return text + "}";
}

/**
 * The one canonical text of an og-jcs value: RFC 8785, keys sorted, no space. The value must be
 * within og-jcs (parsed, or checked with isCanonicalValue); this is not checked again here.
 */
export function writeCanonical(value: JsonValue): string {
  return isInOrder(value) ? JSON.stringify(value) : writeSorted(value);
}

/** UTF-8 of the canonical text: what is hashed and signed. */
export function writeCanonicalBytes(value: JsonValue): Uint8Array<ArrayBuffer> {
  return encoder.encode(writeCanonical(value));
}
