import { connect, createServer, type Socket } from "node:net";

/** A TCP proxy on loopback whose connections end as when a machine is gone: reset, or in silence. */
export interface ResettingProxy extends AsyncDisposable {
  readonly port: number;
  /** Resets every open connection to a client. */
  reset(): void;
  /** Open connections stay so and carry nothing any more; new ones do. */
  swallow(): void;
}

export async function startResettingProxy(targetPort: number): Promise<ResettingProxy> {
  const clients = new Set<Socket>();
  const targets = new Map<Socket, Socket>();
  const server = createServer((client) => {
    const target = connect(targetPort, "127.0.0.1");
    clients.add(client);
    targets.set(client, target);
    // Either end's failure is the other's end.
    client.on("error", () => undefined).on("close", () => {
      clients.delete(client);
      targets.delete(client);
      target.destroy();
    });
    target.on("error", () => undefined).on("close", () => client.destroy());
    client.pipe(target).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port was given");
  const reset = () => {
    for (const client of clients) client.resetAndDestroy();
  };
  return {
    port: address.port,
    reset,
    swallow() {
      for (const [client, target] of targets) {
        client.unpipe(target);
        target.unpipe(client);
        for (const end of [client, target]) end.resume();
      }
    },
    async [Symbol.asyncDispose]() {
      reset();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
