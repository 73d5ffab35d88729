import { connect as connectNats } from "@nats-io/transport-node";
import { freePort } from "../../scripts/lib/free_port.ts";
import { openLink } from "./link.ts";
import { startNats } from "./nats.ts";
import { type ProcessServer, startProcessServer } from "./process_server.ts";

/** A server among others whose bus is listened to. */
export interface FederatedProcess extends ProcessServer {
  readonly name: string;
  /** What went over its NATS so far, subjects and bodies. */
  bus(): string;
}

const NAMES = ["one.test", "two.test"] as const;

/**
 * Two servers as people run them: a process, a Postgres and a NATS each. `tap` is shown all that
 * goes between them.
 */
export async function startFederatedProcesses(options: {
  readonly tap: (bytes: Uint8Array) => void;
  readonly env: (at: number) => Readonly<Record<string, string>>;
}): Promise<AsyncDisposable & { readonly servers: readonly FederatedProcess[] }> {
  await using stack = new AsyncDisposableStack();
  const ports = NAMES.map(() => freePort());
  const ways = ports.map((port) => stack.use(openLink({ port, tap: options.tap })));
  const servers: FederatedProcess[] = [];
  for (const [at, name] of NAMES.entries()) {
    const nats = stack.use(await startNats());
    const heard: string[] = [];
    const listener = await connectNats({ servers: [nats.url] });
    stack.defer(() => listener.close());
    const decoder = new TextDecoder("latin1");
    listener.subscribe(">", {
      callback: (error, message) => {
        if (error === null) heard.push(`${message.subject} ${decoder.decode(message.data)}`);
      },
    });
    await listener.flush();
    const port = ports[at] as number;
    const peer = 1 - at;
    const server = stack.use(
      await startProcessServer({
        OPENGUILD_NAME: name,
        OPENGUILD_PUBLIC_URL: `http://localhost:${port}`,
        OPENGUILD_FEDERATION_TEST_PEERS: `${NAMES[peer]}=http://127.0.0.1:${ways[peer]?.port}`,
        OPENGUILD_FEDERATION_REQUESTS_PER_MINUTE: "1000000",
        NATS_URL: nats.url,
        ...options.env(at),
      }, port),
    );
    servers.push(Object.assign(server, { name, bus: () => heard.join("\n") }));
  }
  const owned = stack.move();
  return { servers, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
