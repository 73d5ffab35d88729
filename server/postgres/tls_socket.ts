import { Buffer } from "node:buffer";
import { isIP, Socket } from "node:net";
import { Duplex } from "node:stream";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { type DriverOptions, DriverSocket, startConnecting } from "./driver_socket.ts";

/** How the address asks for TLS: libpq's `sslmode`. */
export interface TlsWish {
  readonly mode: string;
  /** Handshake at once, without asking first (`sslnegotiation=direct`). */
  readonly direct: boolean;
}

/** Modes in which any certificate will do, as in libpq. */
const UNVERIFIED: ReadonlySet<string> = new Set(["require", "allow", "prefer"]);
/** Int32 length 8, Int32 80877103: "may we speak TLS?", answered by one byte. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
const YES = 83; // S

/** What the address asks for; undefined for a connection without TLS. */
export function tlsWish(url: string): TlsWish | undefined {
  const query = new URL(url).searchParams;
  const mode = query.get("sslrootcert") === "system"
    ? "verify-full"
    : query.get("sslmode") ?? query.get("ssl") ?? "disable";
  if (["disable", "false"].includes(mode)) return undefined;
  return { mode, direct: query.get("sslnegotiation") === "direct" };
}

/**
 * The `socket` option for TLS: made here and not by the driver, so that its close too looks as
 * `DriverSocket` says. It is handed over once it is secure. One that cannot be is handed over
 * broken: the driver tries again after a failed socket, and never after a missing one.
 */
export function openTlsSocket(
  wish: TlsWish,
  connectTimeoutMs: number,
): (options: DriverOptions) => Promise<Duplex> {
  return async (options) => {
    const raw = new DriverSocket();
    try {
      return await secure(raw, { options, wish, connectTimeoutMs });
    } catch (error) {
      raw.removeAllListeners().on("error", () => undefined).destroy();
      return new BrokenSocket(error as Error);
    }
  };
}

/** Takes what the driver writes first, then fails with the reason: in a turn when it listens. */
class BrokenSocket extends Duplex {
  constructor(reason: Error) {
    super({ read: () => undefined, write: () => undefined });
    setImmediate(() => this.destroy(reason));
  }
}

async function secure(raw: DriverSocket, how: {
  readonly options: DriverOptions;
  readonly wish: TlsWish;
  readonly connectTimeoutMs: number;
}): Promise<Socket> {
  const { options, wish, connectTimeoutMs } = how;
  const failed = failureOf(raw, connectTimeoutMs);
  startConnecting(raw, options);
  if (!wish.direct) {
    raw.write(SSL_REQUEST);
    const [answer] = await Promise.race([once<Buffer>(raw, "data"), failed]);
    if (answer !== YES && wish.mode === "prefer") return settled(raw);
    if (answer !== YES) {
      throw new Error(`The database does not speak TLS, which sslmode=${wish.mode} asks for.`);
    }
    raw.removeAllListeners("data");
  }
  const host = options.host[0] ?? "localhost";
  const socket = connectTls({
    socket: raw,
    ...(isIP(host) ? {} : { servername: host }),
    ...(UNVERIFIED.has(wish.mode) ? { rejectUnauthorized: false } : {}),
    ...(wish.direct ? { ALPNProtocols: ["postgresql"] } : {}),
  });
  await Promise.race([once(socket, "secureConnect"), failureOf(socket, connectTimeoutMs), failed]);
  settled(raw);
  return closingQuietly(settled(socket));
}

function once<Value>(socket: Socket, event: string): Promise<Value> {
  return new Promise((resolve) => socket.once(event, resolve));
}

/** Rejects when the socket ends before it is settled, or takes too long. */
function failureOf(socket: Socket, timeoutMs: number): Promise<never> {
  const failed = new Promise<never>((_resolve, reject) => {
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("The database closed the connection.")));
    socket.setTimeout(timeoutMs, () => {
      reject(new Error(`The database did not answer the TLS handshake in ${timeoutMs} ms.`));
    });
  });
  // Whoever waits for something else hears of it there.
  failed.catch(() => undefined);
  return failed;
}

/** Whatever comes from now on is for the driver. */
function settled<Kind extends Socket>(socket: Kind): Kind {
  socket.setTimeout(0);
  for (const event of ["error", "close", "timeout", "data"]) socket.removeAllListeners(event);
  return socket;
}

/** Every close looks like one without an error; see `DriverSocket`. */
function closingQuietly(socket: TLSSocket): TLSSocket {
  const emit = socket.emit.bind(socket);
  socket.emit = (event: string | symbol, ...args: unknown[]) =>
    event === "close" ? emit("close", false) : emit(event, ...args);
  return socket;
}
