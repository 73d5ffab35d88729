import { lookup } from "node:dns/promises";

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

/** All addresses of a name, in the order in which to try them. */
export type ResolveHost = (host: string) => Promise<ResolvedAddress[]>;

/** Asks the machine: its hosts file and its name servers. */
export const resolveHost: ResolveHost = (host) => lookup(host, { all: true });
