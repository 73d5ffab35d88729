import type { Buffer } from "node:buffer";
import { createCipheriv, createDecipheriv } from "node:crypto";
import { createSocket, type Socket } from "node:dgram";
import { isIPv6 } from "node:net";
import type { Aead, Engine, UdpSocket } from "./engine.ts";
import { SendQueue } from "./send_queue.ts";

const CIPHER = "aes-128-gcm";
const TAG_BYTES = 16;
/**
 * Deno takes new memory of twice this size for each datagram that comes (64 KiB without it), and
 * leaves the system's own buffer as it is.
 */
const RECEIVE_BYTES = 2048;

const aead: Aead = {
  seal(key, nonce, known, plain, out) {
    const cipher = createCipheriv(CIPHER, key, nonce);
    cipher.setAAD(known);
    out.set(cipher.update(plain));
    cipher.final();
    out.set(cipher.getAuthTag(), plain.length);
  },
  open(key, nonce, known, sealed) {
    const decipher = createDecipheriv(CIPHER, key, nonce);
    const at = sealed.length - TAG_BYTES;
    decipher.setAAD(known);
    decipher.setAuthTag(sealed.subarray(at));
    const plain = decipher.update(sealed.subarray(0, at));
    try {
      decipher.final();
    } catch {
      return undefined;
    }
    return plain;
  },
};

/** Deno's own sockets and cipher: runs wherever Deno does, and needs no permission of its own. */
export const stockEngine: Engine = { name: "stock", aead, bindUdp };

/**
 * It is given addresses, never names: without a look-up of its own each datagram would wait a turn
 * for one.
 */
async function bindUdp(hostname: string, port: number): Promise<UdpSocket> {
  const socket = createSocket(
    isIPv6(hostname)
      ? {
        type: "udp6",
        ipv6Only: true,
        recvBufferSize: RECEIVE_BYTES,
        lookup: (address, _options, done) => done(null, address, 6),
      }
      : {
        type: "udp4",
        recvBufferSize: RECEIVE_BYTES,
        lookup: (address, _options, done) => done(null, address, 4),
      },
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
    get dropped() {
      return queue.dropped;
    },
    onDatagram(callback) {
      socket.on("message", (data: Buffer, { address, port }) => callback(data, address, port));
    },
    routeTo: (address, port) => ({
      transport: "udp",
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
