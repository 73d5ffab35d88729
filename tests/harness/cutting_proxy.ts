/** A TCP proxy on loopback that delays and cuts connections, to lose answers on their way. */
export interface CuttingProxy extends AsyncDisposable {
  readonly port: number;
  /** Connections cut after the server had answered: the answer never arrived. */
  readonly cuts: number;
  /** Chances per chunk. */
  faults: { cut: number; delay: number };
}

export interface CuttingProxyOptions {
  readonly targetPort: number;
  /** 0 <= x < 1, seeded. */
  readonly random: () => number;
}

const MOST_DELAY_MS = 30;

export function startCuttingProxy(options: CuttingProxyOptions): CuttingProxy {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.Conn>();
  const work: Promise<unknown>[] = [];
  const proxy = {
    port: (listener.addr as Deno.NetAddr).port,
    cuts: 0,
    faults: { cut: 0, delay: 0 },
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const connection of open) drop(connection);
      await Promise.allSettled(work);
    },
  };
  const drop = (connection: Deno.Conn) => {
    if (!open.delete(connection)) return;
    connection.close();
  };
  const pipe = async (from: Deno.Conn, to: Deno.Conn, answers: boolean) => {
    const buffer = new Uint8Array(64 * 1024);
    try {
      for (let count; (count = await from.read(buffer)) !== null;) {
        if (options.random() < proxy.faults.delay) {
          await new Promise((resolve) => setTimeout(resolve, options.random() * MOST_DELAY_MS));
        }
        if (answers && options.random() < proxy.faults.cut) {
          proxy.cuts++;
          break;
        }
        for (let sent = 0; sent < count;) sent += await to.write(buffer.subarray(sent, count));
      }
    } catch {
      // A side was dropped: so is the other.
    }
    drop(from);
    drop(to);
  };
  const serve = async () => {
    for await (const client of listener) {
      const server = await Deno.connect({ hostname: "127.0.0.1", port: options.targetPort });
      open.add(client).add(server);
      work.push(pipe(client, server, false), pipe(server, client, true));
    }
  };
  work.push(serve());
  return proxy;
}
