import { isIP } from "node:net";
import type { Log } from "../../core/ports/log.ts";
import type { Candidate } from "../signalling/write_offer.ts";
import type { Demux } from "./demux.ts";
import type { UdpSocket } from "./engine.ts";
import type { MediaParts, MediaPlan } from "./media.ts";
import { TcpWays } from "./tcp_ways.ts";

/** Rejects with a sentence where a setting cannot be meant. */
export function checkAnnounced({ announce }: Pick<MediaPlan, "announce">): void {
  if (announce.length === 0) {
    throw new Error("Voice has no address to announce: name the IP that browsers can reach.");
  }
  for (const address of announce) {
    if (isIP(address) === 0) {
      throw new Error(`Voice cannot announce ${JSON.stringify(address)}: it is no IP address.`);
    }
  }
}

/** Binds every address that can be bound, all on one port. Rejects where there is none. */
export async function bindAll(
  { bind }: MediaPlan,
  { engine, log }: MediaParts,
  stack: AsyncDisposableStack,
): Promise<UdpSocket[]> {
  const sockets: UdpSocket[] = [];
  let fault: unknown;
  for (const { hostname, port } of bind) {
    const wanted = sockets[0]?.port ?? port;
    try {
      sockets.push(stack.use(await engine.bindUdp(hostname, wanted)));
    } catch (error) {
      fault = error;
      log.log("warn", "Voice cannot listen on an address", { hostname, port: wanted, error });
    }
  }
  if (sockets.length > 0) return sockets;
  const names = bind.map(({ hostname, port }) => `${hostname} port ${port}`).join(", ");
  throw new Error(`Voice cannot listen on UDP ${names}: choose another port, or free it.`, {
    cause: fault,
  });
}

/**
 * Listens on TCP where UDP is. IPv6 goes first: `::` takes IPv4 as well on most systems, and then
 * there is nothing left to listen on for that. Families are the ones that are heard; a port that is
 * taken is left to whoever has it, with a warning.
 */
export async function listenAll(
  plan: MediaPlan,
  parts: MediaParts,
  { sockets, demux, stack }: {
    readonly sockets: readonly UdpSocket[];
    readonly demux: Demux;
    readonly stack: AsyncDisposableStack;
  },
): Promise<{ readonly ways: TcpWays[]; readonly families: ReadonlySet<number> }> {
  const ways: TcpWays[] = [];
  const families = new Set<number>();
  if (!plan.tcp) return { ways, families };
  for (const { hostname, port } of sockets.toSorted((a) => isIP(a.hostname) === 6 ? -1 : 1)) {
    try {
      ways.push(stack.use(await TcpWays.listen({ hostname, port }, demux, parts)));
      families.add(isIP(hostname));
    } catch (error) {
      const isTakenByOurs = hostname === "0.0.0.0" &&
        sockets.some((each) => each.hostname === "::") && families.has(6);
      if (isTakenByOurs) families.add(4);
      else parts.log.log("warn", "Voice cannot listen on TCP", { hostname, port, error });
    }
  }
  return { ways, families };
}

/** The announced addresses that something listens for: others would only cost browsers time. */
export function candidatesOf(
  { announce }: MediaPlan,
  log: Log,
  { sockets, tcpFamilies }: {
    readonly sockets: readonly UdpSocket[];
    readonly tcpFamilies: ReadonlySet<number>;
  },
): Candidate[] {
  const udpFamilies = new Set(sockets.map(({ hostname }) => isIP(hostname)));
  const port = sockets[0]?.port ?? 0;
  const of = (transport: Candidate["transport"], families: ReadonlySet<number>) =>
    announce.filter((address) => families.has(isIP(address)))
      .map((address) => ({ address, port, transport }));
  for (const address of announce.filter((each) => !udpFamilies.has(isIP(each)))) {
    log.log("warn", "Voice does not announce an address that no socket can hear", { address });
  }
  const udp = of("udp", udpFamilies);
  if (udp.length > 0) return [...udp, ...of("tcp", tcpFamilies)];
  throw new Error(`Voice listens at no address of the kind it announces: ${announce.join(", ")}.`);
}
