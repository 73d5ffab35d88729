import { parseServerName, type ServerName } from "../core/ids/server_name.ts";

/** Where other servers look for this one: `https://NAME` and this path. PROTOCOL.md 8. */
export const SERVER_DOCUMENT_PATH = "/.well-known/openguild/server";

/** Says where a server's federation door stands. PROTOCOL.md 8, discovery. */
export interface ServerDocument {
  readonly server: ServerName;
  readonly host: string;
  readonly port: number;
  /** A trial has no name of its own: nobody federates with it. */
  readonly trial: boolean;
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { "http:": 80, "https:": 443 };

/** The document of a server that is reached at `publicUrl`, an absolute http(s) URL. */
export function buildServerDocument(
  server: { readonly name: ServerName; readonly publicUrl: string; readonly trial: boolean },
): ServerDocument {
  const { hostname, port, protocol } = new URL(server.publicUrl);
  return {
    server: server.name,
    host: hostname,
    port: port === "" ? DEFAULT_PORTS[protocol] ?? 443 : Number(port),
    trial: server.trial,
  };
}

/** What another server answered, or undefined where it is no such document. */
export function parseServerDocument(value: unknown): ServerDocument | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { server, host, port, trial } = value as Record<string, unknown>;
  const name = typeof server === "string" ? parseServerName(server) : undefined;
  if (name === undefined || typeof host !== "string" || host === "" || host.length > 255) {
    return undefined;
  }
  if (!Number.isInteger(port) || Number(port) < 1 || Number(port) > 65_535) return undefined;
  return { server: name, host, port: Number(port), trial: trial === true };
}
