import { FROM_SOURCE } from "./from_source.ts";

/** A homeserver in a process of its own on this machine. */
export interface LocalServer extends AsyncDisposable {
  readonly name: string;
  readonly pid: number;
  /** For browsers: each name has its own cookies, which ports have not. */
  readonly url: string;
  /** One-time code for the first administrator, while there is none. */
  readonly setupCode: string | undefined;
  /** Resolves when the process ended by itself. */
  readonly ended: Promise<void>;
  /** Posts to the client API. Throws unless the answer is 200. */
  call<Answer>(
    path: string,
    options: { readonly body: unknown; readonly token?: string },
  ): Promise<Answer>;
}

export interface LocalServerOptions {
  readonly name: string;
  readonly port: number;
  /** Data and log of this server alone. */
  readonly folder: string;
  /** All servers that know each other, this one among them. */
  readonly peers: readonly { readonly server: string; readonly port: number }[];
}

const ROOT = new URL("../..", import.meta.url).pathname;
const START_MS = 180_000;
const LOOK_MS = 100;
const READY = "OpenGuild is ready";

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

function envOf({ name, port, peers }: LocalServerOptions): Record<string, string> {
  const others = peers.filter(({ server }) => server !== name);
  return {
    OPENGUILD_NAME: name,
    OPENGUILD_PORT: String(port),
    OPENGUILD_PUBLIC_URL: `http://${name}:${port}`,
    OPENGUILD_FEDERATION_TEST_PEERS: others.map((peer) =>
      `${peer.server}=http://127.0.0.1:${peer.port}`
    ).join(","),
    // Each has calls, on a port of its own, for this machine.
    OPENGUILD_VOICE_HOST: "127.0.0.1",
    OPENGUILD_VOICE_ANNOUNCE: "127.0.0.1",
    OPENGUILD_VOICE_PORT: "0",
  };
}

/** Starts a server with the embedded database and waits until it is ready. Throws when `signal` ends it. */
export async function startLocalServer(
  options: LocalServerOptions,
  signal: AbortSignal,
): Promise<LocalServer> {
  const { name, port, folder } = options;
  await Deno.mkdir(folder, { recursive: true });
  const logFile = `${folder}/server.log`;
  const child = new Deno.Command(Deno.execPath(), {
    args: [...FROM_SOURCE, `${ROOT}main.ts`, "serve", "--data", `${folder}/data`],
    env: envOf(options),
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    // Ctrl-C is for the one who started it, who stops it in order.
    detached: true,
  }).spawn();
  let text = "";
  const reading = (async () => {
    for await (const part of child.stderr.pipeThrough(new TextDecoderStream())) {
      if (!text.includes(READY)) text += part;
      await Deno.writeTextFile(logFile, part, { append: true });
    }
  })();
  let isOver = false;
  const status = child.status.then(() => void (isOver = true));
  const stop = async () => {
    if (!isOver) child.kill("SIGINT");
    await status;
    await reading;
  };
  for (const until = Date.now() + START_MS; !text.includes(READY);) {
    if (isOver || signal.aborted || Date.now() > until) {
      await stop();
      throw new Error(`${name} did not start. Its log, ${logFile}, says:\n${text}`);
    }
    await sleep(LOOK_MS);
  }
  const setupCode = /\/setup\/(ogl_[\w-]+)/.exec(text)?.[1];
  return {
    name,
    pid: child.pid,
    url: `http://${name}:${port}`,
    setupCode,
    ended: status,
    async call(path, { body, token }) {
      const response = await fetch(`http://127.0.0.1:${port}/client/v1${path}`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify(body),
      });
      const answer = await response.json();
      if (response.ok) return answer;
      throw new Error(
        `${name} answered ${path} with ${response.status}: ${JSON.stringify(answer)}`,
      );
    },
    [Symbol.asyncDispose]: stop,
  };
}
