import { freePort } from "../../scripts/lib/free_port.ts";
import { FROM_SOURCE } from "../../scripts/lib/from_source.ts";
import { tempFolder } from "./temp_folder.ts";
import { waitFor } from "./wait_for.ts";

/** The product as a person starts it: its own process, an empty data folder, embedded database. */
export interface RunningServer extends AsyncDisposable {
  /** `http://localhost:PORT` */
  readonly base: string;
  readonly port: number;
  readonly dataFolder: string;
  /** The first administrator's one-time link out of the log. */
  readonly setupLink: string;
  log(): Promise<string>;
}

const START_MS = 180_000;

/** Starts `main.ts` and waits until it answers. */
export async function startRunningServer(
  options: { readonly env?: Record<string, string> } = {},
): Promise<RunningServer> {
  const folder = await tempFolder("openguild-e2e-");
  const port = freePort();
  const logFile = `${folder.path}/server.log`;
  const main = new URL("../../main.ts", import.meta.url).pathname;
  const child = new Deno.Command("sh", {
    args: [
      "-c",
      'log="$1"; shift; exec "$@" > "$log" 2>&1',
      "sh",
      logFile,
      Deno.execPath(),
      ...FROM_SOURCE,
      main,
      "--data",
      `${folder.path}/data`,
    ],
    // Nothing outside is asked, whatever a test's messages link to.
    env: {
      OPENGUILD_PORT: String(port),
      OPENGUILD_PREVIEWS_ENABLED: "false",
      ...options.env,
    },
    stdin: "null",
  }).spawn();
  const log = () => Deno.readTextFile(logFile);
  const base = `http://localhost:${port}`;
  try {
    const setupLink = await waitFor("the server to print its first link", async () => {
      const match = /http:\/\/[^\s"]+\/setup\/[\w-]+/.exec(await log().catch(() => ""));
      return match?.[0];
    }, START_MS);
    await waitFor("the server to answer", async () => {
      const response = await fetch(`${base}/login`).catch(() => undefined);
      await response?.body?.cancel();
      return response?.ok;
    }, START_MS);
    const path = new URL(setupLink).pathname;
    return {
      base,
      port,
      dataFolder: `${folder.path}/data`,
      setupLink: base + path,
      log,
      async [Symbol.asyncDispose]() {
        child.kill("SIGTERM");
        await child.status;
        await folder[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    child.kill("SIGKILL");
    await child.status;
    throw new Error(`The server did not start:\n${await log().catch(() => "")}`, { cause: error });
  }
}
