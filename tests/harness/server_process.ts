import { FROM_SOURCE } from "../../scripts/lib/from_source.ts";
import { waitFor } from "./wait_for.ts";

/** The server as people run it: its own process, started from source. */
export interface ServerProcess {
  readonly url: string;
  readonly pid: number;
  /** One-time link of the first administrator, while there is none. */
  readonly setupCode: string | undefined;
  /** As a power cut of the process: nothing is said, nothing is flushed. */
  kill(): Promise<void>;
  /** Ctrl-C, or another signal. Answers the exit code. */
  stop(signal?: Deno.Signal): Promise<number>;
  log(): string;
}

export interface ServerProcessOptions {
  readonly dataFolder: string;
  readonly port: number;
  /** Absent: the embedded database. */
  readonly databaseUrl?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Default: from source. A compiled executable takes its place. */
  readonly command?: readonly string[];
}

const ROOT = new URL("../..", import.meta.url).pathname;
const COMMAND = [Deno.execPath(), ...FROM_SOURCE, `${ROOT}main.ts`];
const START_MS = 180_000;

/** Tests come from one address and act faster than people; most hold no calls. */
export const UNHURRIED_ENV = {
  OPENGUILD_LIMITS_ADDRESS_REQUESTS_PER_MINUTE: "100000000",
  OPENGUILD_LIMITS_USER_REQUESTS_PER_MINUTE: "100000000",
  OPENGUILD_ACCOUNTS_SIGN_UPS_PER_HOUR: "0",
  OPENGUILD_ACCOUNTS_GUILD_SIGN_UPS_PER_HOUR: "0",
  OPENGUILD_ACCOUNTS_LOGINS_PER_MINUTE: "0",
  OPENGUILD_ACCOUNTS_JOINS_PER_MINUTE: "0",
  OPENGUILD_VOICE_ENABLED: "no",
  // Nothing outside is asked, whatever a test's messages link to.
  OPENGUILD_PREVIEWS_ENABLED: "false",
};

/** Starts a server and waits until it says that it is ready. */
export async function startServerProcess(options: ServerProcessOptions): Promise<ServerProcess> {
  const [command = "", ...args] = options.command ?? COMMAND;
  const child = new Deno.Command(command, {
    args: [...args, "serve", "--port", String(options.port), "--data", options.dataFolder],
    env: {
      ...UNHURRIED_ENV,
      ...(options.databaseUrl === undefined ? {} : { DATABASE_URL: options.databaseUrl }),
      ...options.env,
    },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let text = "";
  const reading = (async () => {
    for await (const part of child.stderr.pipeThrough(new TextDecoderStream())) text += part;
  })();
  let ended: Deno.CommandStatus | undefined;
  const ending = child.status.then((status) => ended = status);
  await waitFor("the server to be ready", () => {
    if (ended !== undefined) throw new Error(`The server ended with ${ended.code}:\n${text}`);
    return text.includes("OpenGuild is ready");
  }, START_MS);
  const end = async (signal: Deno.Signal): Promise<number> => {
    if (ended === undefined) child.kill(signal);
    const { code } = await ending;
    await reading;
    return code;
  };
  return {
    url: `http://localhost:${options.port}`,
    pid: child.pid,
    setupCode: /\/setup\/(ogl_[\w-]+)/.exec(text)?.[1],
    kill: async () => void await end("SIGKILL"),
    stop: (signal = "SIGINT") => end(signal),
    log: () => text,
  };
}
