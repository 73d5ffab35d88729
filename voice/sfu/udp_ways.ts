import type { Buffer } from "node:buffer";
import { limits } from "../../core/limits.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Demux, Way } from "./demux.ts";
import type { UdpSocket } from "./engine.ts";
import type { Route } from "./route.ts";

/** The addresses behind one UDP socket that authenticated checks have come from. */
export class UdpWays {
  readonly #socket: UdpSocket;
  readonly #ways = new Map<string, Way>();

  constructor(socket: UdpSocket, demux: Demux, log: Log) {
    this.#socket = socket;
    let faults = 0;
    socket.onDatagram((data, address, port) => {
      try {
        this.#take(demux, data, address, port);
      } catch (error) {
        // A fault of ours. It must not let one datagram end all calls, nor fill the log.
        if (faults++ >= limits.voice.maxFaultsLogged) return;
        log.log("error", "A datagram of voice could not be handled", { error });
      }
    });
  }

  close(route: Route): void {
    const key = keyOf(route.address, route.port);
    if (this.#ways.get(key)?.route === route) this.#ways.delete(key);
  }

  #take(demux: Demux, data: Buffer, address: string, port: number): void {
    const key = keyOf(address, port);
    const way = this.#ways.get(key);
    demux.take(data, {
      transport: "udp",
      address,
      port,
      way,
      open: (seat) => {
        if (way !== undefined) {
          way.seat = seat;
          return way;
        }
        const made = { route: this.#socket.routeTo(address, port), seat };
        this.#ways.set(key, made);
        return made;
      },
    });
  }
}

const keyOf = (address: string, port: number) => `${address} ${port}`;
