import type { Config } from "./config.ts";

/** The name that stands in a trial's accounts and rooms. PROTOCOL.md 1. */
export const TRIAL_NAME = "localhost";

/** A server without a name of its own: it never federates and may be thrown away. */
export function isTrial(config: Pick<Config, "server">): boolean {
  return config.server.name === undefined;
}

export function serverName(config: Pick<Config, "server">): string {
  return config.server.name ?? TRIAL_NAME;
}

/** Whether the executable speaks HTTPS itself. */
export function hasCertificate(config: Pick<Config, "tls">): boolean {
  return config.tls.cert !== undefined || config.tls.acme.length > 0;
}

/** Where to listen: a certificate of its own means that the server faces the network. */
export function listenAddress(
  config: Pick<Config, "listen" | "tls" | "origins">,
): { host: string; port: number } {
  const facing = hasCertificate(config);
  const chosen = config.origins.get("listen.port") !== "default";
  return {
    host: config.listen.host ?? (facing ? "0.0.0.0" : "127.0.0.1"),
    port: facing && !chosen ? 443 : config.listen.port,
  };
}

/** The address that links begin with, without a trailing slash. `port` is the one listened on. */
export function publicUrl(config: Pick<Config, "server" | "tls">, port: number): string {
  if (config.server.publicUrl !== undefined) return config.server.publicUrl;
  if (config.server.name !== undefined) return `https://${config.server.name}`;
  if (!hasCertificate(config)) return `http://localhost:${port}`;
  const [name = "localhost"] = config.tls.acme;
  return port === 443 ? `https://${name}` : `https://${name}:${port}`;
}
