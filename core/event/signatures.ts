import { parseSignatureName } from "../ids/key_id.ts";
import type { ServerName } from "../ids/server_name.ts";
import { limits } from "../limits.ts";
import type { Signatures } from "./event.ts";
import type { JsonObject } from "./json.ts";
import { decodeSignature } from "./sign.ts";

/**
 * The signatures of the required servers, those of others stripped; or what is wrong with them:
 * one missing, malformed, or more than four in all. PROTOCOL.md 2.
 */
export function readSignatures(
  received: JsonObject,
  required: readonly ServerName[],
): Signatures | string {
  const kept: Record<string, Readonly<Record<string, string>>> = {};
  let count = 0;
  for (const server of required) {
    const named = Object.hasOwn(received, server) ? received[server] : undefined;
    if (typeof named !== "object" || named === null || Array.isArray(named)) {
      return `no signature of ${server}`;
    }
    const entries = Object.entries(named as JsonObject);
    if (entries.length === 0) return `no signature of ${server}`;
    for (const [name, signature] of entries) {
      const wellFormed = parseSignatureName(name) !== undefined &&
        typeof signature === "string" && decodeSignature(signature) !== undefined;
      if (!wellFormed) return `a malformed signature of ${server}`;
      count++;
    }
    kept[server] = named as Readonly<Record<string, string>>;
  }
  return count > limits.event.maxSignatures
    ? `${count} signatures, ${limits.event.maxSignatures} are allowed`
    : kept;
}
