import type { Buffer } from "node:buffer";
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { isIPv6 } from "node:net";
import type { Route } from "./route.ts";
import { SendQueue } from "./send_queue.ts";

/** One bound UDP socket and its queue. */
export interface UdpSocket extends AsyncDisposable {
  readonly port: number;
  readonly hostname: string;
  readonly queue: SendQueue;
  onDatagram(callback: (data: Buffer, from: RemoteInfo) => void): void;
  routeTo(address: string, port: number): Route;
}

/**
 * Binds a socket. An IPv6 one takes no IPv4, so that both can have the same port. It is given
 * addresses, never names: without a look-up of its own each datagram would wait a turn for one.
 * Rejects with what the system says.
 */
export async function bindUdp(hostname: string, port: number): Promise<UdpSocket> {
  const socket = createSocket(
    isIPv6(hostname)
      ? {
        type: "udp6",
        ipv6Only: true,
        lookup: (address, _options, done) => done(null, address, 6),
      }
      : { type: "udp4", lookup: (address, _options, done) => done(null, address, 4) },
  );
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(port, hostname, () => {
      socket.off("error", reject);
      resolve();
    });
  });
  // An unreachable browser (ICMP) is no reason to stop: its silence is noticed elsewhere.
  socket.on("error", () => {});
  return wrap(socket, hostname);
}

function wrap(socket: Socket, hostname: string): UdpSocket {
  const queue = new SendQueue(socket);
  return {
    port: socket.address().port,
    hostname,
    queue,
    onDatagram(callback) {
      socket.on("message", callback);
    },
    routeTo: (address, port) => ({
      address,
      port,
      take: () => queue.take(),
      send: (buffer, length) => queue.push(buffer, length, port, address),
    }),
    [Symbol.asyncDispose]() {
      queue.close();
      return new Promise((resolve) => socket.close(() => resolve()));
    },
  };
}
