import { Socket } from "node:net";

/**
 * The driver's connection to a server. When a connection ends with an error, the
 * driver answers the queries under way at the error, and forgets those that it took between the
 * error and the close, for it believes them answered: they would wait for ever. It answers them
 * at a close that has no error, so that every close looks like one.
 */
export class DriverSocket extends Socket {
  override emit(event: string | symbol, ...args: unknown[]): boolean {
    return event === "close" ? super.emit("close", false) : super.emit(event, ...args);
  }
}

/** What the driver hands to its `socket` option, of which its types know nothing. */
export interface DriverOptions {
  readonly host: readonly string[];
  readonly port: readonly number[];
  readonly path: string | false | undefined;
}

/** The `socket` option: a socket that is on its way; the driver's writes wait for it. */
export function openDriverSocket(options: DriverOptions): DriverSocket {
  const socket = new DriverSocket();
  startConnecting(socket, options);
  return socket;
}

export function startConnecting(socket: DriverSocket, options: DriverOptions): void {
  if (options.path) socket.connect(options.path);
  else socket.connect(options.port[0] ?? 5432, options.host[0] ?? "localhost");
}
