/** A TCP way on loopback that a test cuts and heals. */
export interface Link extends AsyncDisposable {
  readonly port: number;
  /** Ends what is open and lets nobody through. */
  cut(): void;
  heal(): void;
}

/**
 * Opens a way to `target`, whose port may be listened on later. `tap` is shown all that goes over
 * it, in both directions.
 */
export function openLink(
  target: { readonly port: number; readonly tap?: (bytes: Uint8Array) => void },
): Link {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.Conn>();
  const work = new Set<Promise<unknown>>();
  let whole = true;
  const drop = (connection: Deno.Conn) => {
    if (open.delete(connection)) connection.close();
  };
  const pipe = async (from: Deno.Conn, to: Deno.Conn) => {
    // A side that ends ends the other; how it ended is of no interest.
    const tapped = new TransformStream<Uint8Array, Uint8Array>({
      transform(bytes, controller) {
        target.tap?.(bytes);
        controller.enqueue(bytes);
      },
    });
    await from.readable.pipeThrough(tapped).pipeTo(to.writable).catch(() => undefined);
    open.delete(from);
    open.delete(to);
  };
  const carry = async (client: Deno.Conn) => {
    open.add(client);
    const server = await Deno.connect({ hostname: "127.0.0.1", port: target.port })
      .catch(() => undefined);
    if (server === undefined || !whole) {
      server?.close();
      return drop(client);
    }
    open.add(server);
    await Promise.all([pipe(client, server), pipe(server, client)]);
  };
  const serve = async () => {
    for await (const client of listener) {
      if (!whole) {
        client.close();
        continue;
      }
      const carried = carry(client).finally(() => work.delete(carried));
      work.add(carried);
    }
  };
  const serving = serve();
  const dropAll = () => {
    for (const connection of [...open]) drop(connection);
  };
  return {
    port: (listener.addr as Deno.NetAddr).port,
    cut() {
      whole = false;
      dropAll();
    },
    heal() {
      whole = true;
    },
    async [Symbol.asyncDispose]() {
      whole = false;
      listener.close();
      dropAll();
      await serving;
      await Promise.all(work);
    },
  };
}
