import type { Socket } from "node:net";
import { NodeTransport } from "@nats-io/transport-node/lib/node_transport.js";

/**
 * The library's transport on sockets that always have a listener for errors. It takes all of its
 * own off a socket that it gives up, for instance when NATS refuses the password; when the
 * connection was reset meanwhile, the error that is still on its way would meet nobody, and an
 * error that nobody hears ends the process.
 */
export class GuardedTransport extends NodeTransport {
  override async dial(to: Parameters<NodeTransport["dial"]>[0]) {
    return guard(await super.dial(to));
  }

  override async tlsFirst(to: Parameters<NodeTransport["tlsFirst"]>[0]) {
    return guard(await super.tlsFirst(to));
  }

  override async startTLS() {
    return guard(await super.startTLS());
  }
}

function guard<Guarded extends Socket>(socket: Guarded): Guarded {
  const removeAllListeners = socket.removeAllListeners;
  socket.removeAllListeners = (...of) => {
    removeAllListeners.apply(socket, of);
    return socket.on("error", ignore);
  };
  return socket.on("error", ignore);
}

/** Who still uses the connection learns of its end by `close`. */
function ignore(): void {}
