import { Buffer } from "node:buffer";
import { createServer, type Server, type Socket } from "node:net";
import { limits } from "../../core/limits.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Demux, Way } from "./demux.ts";
import { frame, Unframer } from "./framing.ts";
import type { Route } from "./route.ts";

interface Connection {
  readonly socket: Socket;
  readonly route: Route;
  readonly openedAt: number;
  way: Way | undefined;
}

/**
 * The fallback for browsers whose network lets no UDP through: TCP connections that they open
 * (RFC 6544, passive). One that brings no authenticated check is closed after a while, the oldest
 * of them at once when there are too many.
 */
export class TcpWays implements AsyncDisposable {
  readonly #server: Server;
  readonly #clock: Clock;
  readonly #connections = new Map<Route, Connection>();
  dropped = 0;

  private constructor(server: Server, demux: Demux, { clock, log }: { clock: Clock; log: Log }) {
    this.#server = server;
    this.#clock = clock;
    let faults = 0;
    server.on("connection", (socket: Socket) =>
      this.#take(socket, (connection, data) => {
        try {
          this.#give(demux, connection, data);
        } catch (error) {
          if (faults++ >= limits.voice.maxFaultsLogged) return;
          log.log("error", "A datagram of voice could not be handled", { error });
        }
      }));
    server.on("error", (error) => log.log("warn", "Voice over TCP has trouble", { error }));
  }

  /** Rejects with what the system says where the port is not free. */
  static async listen(
    at: { readonly hostname: string; readonly port: number },
    demux: Demux,
    parts: { readonly clock: Clock; readonly log: Log },
  ): Promise<TcpWays> {
    const server = createServer({ noDelay: true });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ host: at.hostname, port: at.port }, () => {
        server.off("error", reject);
        resolve();
      });
    });
    return new TcpWays(server, demux, parts);
  }

  /** Closes the connection behind a route, if it is one of these. */
  close(route: Route): void {
    this.#connections.get(route)?.socket.destroy();
  }

  /** Ends connections that have proven nothing for too long. `now` is monotonic. */
  tick(now: number): void {
    for (const { socket, way, openedAt } of this.#connections.values()) {
      if (way === undefined && now - openedAt > limits.voice.tcpProofMs) socket.destroy();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const { socket } of this.#connections.values()) socket.destroy();
    await closed;
  }

  #take(socket: Socket, give: (connection: Connection, data: Buffer) => void): void {
    const connection: Connection = {
      socket,
      route: this.#routeTo(socket),
      openedAt: this.#clock.monotonic(),
      way: undefined,
    };
    this.#connections.set(connection.route, connection);
    this.#makeRoom();
    const unframer = new Unframer();
    socket.on("data", (data: Buffer) => {
      const datagrams = unframer.push(data);
      if (datagrams === undefined) return void socket.destroy();
      for (const datagram of datagrams) give(connection, datagram);
    });
    // What broke it does not matter: it closes.
    socket.on("error", () => {});
    socket.on("close", () => {
      this.#connections.delete(connection.route);
      connection.way?.seat.ice.lose(connection.route);
    });
  }

  #makeRoom(): void {
    const unproven = [...this.#connections.values()].filter(({ way }) => way === undefined);
    if (unproven.length > limits.voice.maxTcpUnproven) unproven[0]?.socket.destroy();
  }

  #routeTo(socket: Socket): Route {
    return {
      transport: "tcp",
      // A socket for both families writes IPv4 so; the browser knows it by its own form.
      address: (socket.remoteAddress ?? "0.0.0.0").replace(/^::ffff:(?=\d+\.)/, ""),
      port: socket.remotePort ?? 0,
      take: () => Buffer.allocUnsafe(limits.voice.maxDatagramBytes),
      send: (buffer, length) => {
        // A stream that has fallen behind is not helped by more: late voice is worthless.
        if (socket.destroyed || socket.writableLength > limits.voice.maxTcpBacklogBytes) {
          this.dropped++;
        } else socket.write(frame(buffer.subarray(0, length)));
      },
    };
  }

  #give(demux: Demux, connection: Connection, data: Buffer): void {
    const { route } = connection;
    demux.take(data, {
      transport: "tcp",
      address: route.address,
      port: route.port,
      way: connection.way,
      open: (seat) => {
        if (connection.way !== undefined) connection.way.seat = seat;
        return connection.way ??= { route, seat };
      },
    });
  }
}
