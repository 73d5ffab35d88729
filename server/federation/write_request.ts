import type { FederationOperation } from "../../core/api/federation/operation.ts";

/** A request of an operation as it goes over HTTP. */
export interface WrittenRequest {
  readonly method: "GET" | "POST";
  /** Path and query. */
  readonly target: string;
  readonly body: Uint8Array;
}

const encoder = new TextEncoder();
const EMPTY = new Uint8Array(0);

/**
 * Puts the fields that the path names into it, the others into the query of a GET (a list as
 * several values) or the JSON body of a POST. PROTOCOL.md 8.
 */
export function writeRequest(operation: FederationOperation, request: unknown): WrittenRequest {
  const fields = { ...request as Readonly<Record<string, unknown>> };
  const path = operation.path.replace(/:([a-z_]+)/g, (_all, name: string) => {
    const value = fields[name];
    delete fields[name];
    return encodeURIComponent(String(value));
  });
  if (operation.method === "POST") {
    return { method: "POST", target: path, body: encoder.encode(JSON.stringify(fields)) };
  }
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) query.append(name, String(one));
  }
  const text = query.toString();
  return { method: "GET", target: text === "" ? path : `${path}?${text}`, body: EMPTY };
}
