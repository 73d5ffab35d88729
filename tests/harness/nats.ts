import { freePort } from "../../scripts/lib/free_port.ts";
import { tempFolder } from "./temp_folder.ts";
import { waitFor } from "./wait_for.ts";

export interface NatsServer extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
}

/** A real NATS server of Debian's package on loopback, ended by its process id. */
export async function startNats(
  port = freePort(),
  more: readonly string[] = [],
): Promise<NatsServer> {
  const folder = await tempFolder();
  const server = new Deno.Command("nats-server", {
    args: ["-a", "127.0.0.1", "-p", String(port), "-js", "-sd", folder.path, ...more],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  await waitFor("nats-server to listen", async () => {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return true;
    } catch {
      return false;
    }
  });
  return {
    url: `nats://127.0.0.1:${port}`,
    pid: server.pid,
    async [Symbol.asyncDispose]() {
      try {
        server.kill("SIGKILL");
      } catch (error) {
        // The test may have ended it already.
        if (!(error instanceof TypeError)) throw error;
      }
      await server.status;
      await folder[Symbol.asyncDispose]();
    },
  };
}
