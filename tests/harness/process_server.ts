import { freePort } from "../../scripts/lib/free_port.ts";
import { type Answer, type CallOptions, type Person, registerPerson } from "./homeserver.ts";
import { freshDatabase } from "./postgres.ts";
import { type ServerProcess, startServerProcess } from "./server_process.ts";
import { tempFolder } from "./temp_folder.ts";

/** A server in a process of its own on a Postgres of its own, spoken to by the client API. */
export interface ProcessServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly databaseUrl: string;
  readonly pid: number;
  readonly dataFolder: string;
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  /** An account made through the given invite code, or the first administrator's link. */
  register(userName: string, token?: string): Promise<Person>;
  /** As a power cut of the process; database, data folder and port stay. */
  kill(): Promise<void>;
  /** What it has said since it was started the last time. */
  log(): string;
  /** Starts it again after `kill`; `command`: another build of the program in its place. */
  start(command?: readonly string[]): Promise<void>;
}

/** `port`: where others were told to look for it; default: any. */
export async function startProcessServer(
  env: Readonly<Record<string, string>> = {},
  port = freePort(),
): Promise<ProcessServer> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await tempFolder());
  await Deno.chmod(folder.path, 0o755);
  const database = stack.use(await freshDatabase());
  const dataFolder = `${folder.path}/data`;
  const open = (command?: readonly string[]) =>
    startServerProcess({
      ...(command ? { command } : {}),
      dataFolder,
      port,
      databaseUrl: database.url,
      env,
    });
  let running: ServerProcess = await open();
  stack.defer(() => running.kill());
  const { url, setupCode } = running;
  const call: ProcessServer["call"] = async (method, path, { body, token } = {}) => {
    const response = await fetch(`${url}/client/v1${path}`, {
      method,
      headers: {
        "content-type": "application/json",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  };
  const owned = stack.move();
  return {
    url,
    port,
    databaseUrl: database.url,
    dataFolder,
    get pid() {
      return running.pid;
    },
    call,
    register: (userName, token = setupCode) => registerPerson({ url, call }, userName, token),
    kill: () => running.kill(),
    log: () => running.log(),
    async start(command) {
      running = await open(command);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
