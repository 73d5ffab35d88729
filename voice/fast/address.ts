import { Buffer } from "node:buffer";
import { isIPv6 } from "node:net";
import type { Libc } from "./libraries.ts";

export const AF_INET = 2;
export const AF_INET6 = 10;
/** Of sockaddr_in and sockaddr_in6. */
export const sizeOfAddress = (family: number): number => family === AF_INET6 ? 28 : 16;
/** As much as either takes, in steps that keep them aligned. */
export const ADDRESS_BYTES = 32;
const PORT_AT = 2;
const V4_AT = 4;
const V6_AT = 8;
const MAX_TEXT = 46;

const text = Buffer.alloc(64);

/** Writes an IP address and port as the system takes them. Throws for what is no IP address. */
export function writeAddress(libc: Libc, out: Buffer, address: string, port: number): void {
  const family = isIPv6(address) ? AF_INET6 : AF_INET;
  out.fill(0);
  // The machine's order of bytes: of those that are supported, little-endian.
  out.writeUInt16LE(family, 0);
  out.writeUInt16BE(port, PORT_AT);
  text.write(`${address}\0`, "latin1");
  const place = out.subarray(family === AF_INET6 ? V6_AT : V4_AT);
  if (libc.inet_pton(family, text, place) !== 1) {
    throw new Error(`${JSON.stringify(address)} is no IP address`);
  }
}

export const readPort = (data: Buffer, at = 0): number => data.readUInt16BE(at + PORT_AT);

/** The IP address in the usual form. */
export function readAddress(libc: Libc, data: Buffer, at: number): string {
  if (data.readUInt16LE(at) === AF_INET) {
    const from = at + V4_AT;
    return `${data[from]}.${data[from + 1]}.${data[from + 2]}.${data[from + 3]}`;
  }
  libc.inet_ntop(AF_INET6, data.subarray(at + V6_AT), text, MAX_TEXT);
  return text.toString("latin1", 0, text.indexOf(0));
}
