import type { Brand } from "./brand.ts";
import { formatIpv6, parseIpv6 } from "./ipv6.ts";

/**
 * A homeserver's name: lower-case DNS name, IPv4 address or bracketed IPv6 address in its one
 * canonical spelling, with an optional port. At most 230 bytes. PROTOCOL.md 1.
 */
export type ServerName = Brand<"ServerName">;

export const SERVER_NAME_MAX_BYTES = 230;

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const PORT = /^[1-9][0-9]{0,4}$/;
const OCTET = /^(?:0|[1-9][0-9]{0,2})$/;

function isPort(text: string): boolean {
  return PORT.test(text) && Number(text) <= 65_535;
}

function isHost(text: string): boolean {
  const labels = text.split(".");
  if (/^[0-9]+$/.test(labels[labels.length - 1] as string)) {
    return labels.length === 4 && labels.every((part) => OCTET.test(part) && Number(part) <= 255);
  }
  return labels.every((label) => LABEL.test(label));
}

/** The name, or undefined unless `text` is a server name in its one spelling. */
export function parseServerName(text: string): ServerName | undefined {
  if (text.length === 0 || text.length > SERVER_NAME_MAX_BYTES) return undefined;
  if (text.startsWith("[")) {
    const end = text.indexOf("]");
    if (end < 0) return undefined;
    const inside = text.slice(1, end);
    const groups = parseIpv6(inside);
    if (groups === undefined || formatIpv6(groups) !== inside) return undefined;
    const rest = text.slice(end + 1);
    if (rest !== "" && !(rest.startsWith(":") && isPort(rest.slice(1)))) return undefined;
    return text as ServerName;
  }
  const colon = text.indexOf(":");
  const host = colon < 0 ? text : text.slice(0, colon);
  if (!isHost(host) || (colon >= 0 && !isPort(text.slice(colon + 1)))) return undefined;
  return text as ServerName;
}

/** Host (IPv6 without brackets) and port of a name; no port where it names none. */
export function hostAndPortOf(name: ServerName): { host: string; port: number | undefined } {
  const colon = name.startsWith("[") ? name.indexOf("]:") + 1 : name.indexOf(":");
  const hostText = colon <= 0 ? name : name.slice(0, colon);
  const host = hostText.startsWith("[") ? hostText.slice(1, -1) : hostText;
  return { host, port: colon <= 0 ? undefined : Number(name.slice(colon + 1)) };
}
