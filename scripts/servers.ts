/**
 * `deno task servers [COUNT] [--data FOLDER]`: several homeservers on this machine that speak
 * with each other, each with its own name, keys, database and port, an account on each and a
 * guild that all of them share. A process that is killed is started again after a while. Ctrl-C
 * stops them. With `--data` the same servers are there again the next time; without it everything
 * is gone when they stop.
 */
import { isFree } from "./lib/free_port.ts";
import { type LocalServer, startLocalServer } from "./lib/local_server.ts";

const NAMES = ["one", "two", "three", "four", "five", "six", "seven"] as const;
const PEOPLE = ["ann", "bob", "cat", "dan", "eve", "fay", "gus"] as const;
const FIRST_PORT = 8101;
const GUILD = "Shared guild";
/** How long a killed server is away, so that others can speak meanwhile. */
const AWAY_MS = 10_000;

interface Options {
  readonly count: number;
  readonly data: string | undefined;
}

/** Who is on which server, as the folder remembers it. */
interface Account {
  readonly server: string;
  readonly port: number;
  readonly userName: string;
  readonly password: string;
}

function readOptions(args: readonly string[]): Options | string {
  const at = args.indexOf("--data");
  const data = at < 0 ? undefined : args[at + 1];
  const rest = at < 0 ? args : args.filter((_, index) => index !== at && index !== at + 1);
  const count = Number(rest[0] ?? 3);
  if (rest.length > 1 || (at >= 0 && data === undefined)) {
    return "Usage: deno task servers [COUNT] [--data FOLDER]";
  }
  if (!Number.isInteger(count) || count < 1 || count > NAMES.length) {
    return `Cannot start ${rest[0]} servers: from 1 to ${NAMES.length} are possible.`;
  }
  return { count, data };
}

/** The first free ports from `FIRST_PORT` on, so that addresses are the same most of the time. */
function freePorts(count: number): number[] {
  const ports: number[] = [];
  for (let port = FIRST_PORT; ports.length < count && port < 65_536; port++) {
    if (isFree(port)) ports.push(port);
  }
  return ports;
}

function newPassword(): string {
  return crypto.getRandomValues(new Uint8Array(12)).toBase64({ alphabet: "base64url" });
}

async function readAccounts(file: string): Promise<Account[] | undefined> {
  try {
    return JSON.parse(await Deno.readTextFile(file)) as Account[];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw new Error(`Cannot read ${file}, which says who is on which server.`, { cause: error });
  }
}

/** An account on each, and a guild of the first in which all of them are. */
async function settle(servers: readonly LocalServer[], accounts: readonly Account[]) {
  const tokens: string[] = [];
  for (const [at, server] of servers.entries()) {
    const { userName, password } = accounts[at] as Account;
    const { tokens: made } = await server.call<{ tokens: { access_token: string } }>("/register", {
      body: { user_name: userName, password, token: server.setupCode },
    });
    tokens.push(made.access_token);
  }
  const [first, ...others] = servers as [LocalServer, ...LocalServer[]];
  const token = tokens[0] as string;
  const guild = await first.call<{ id: string }>("/guilds", { token, body: { name: GUILD } });
  const invite = await first.call<{ code: string }>("/invites", {
    token,
    body: { guild_id: guild.id },
  });
  for (const [at, server] of others.entries()) {
    await server.call("/join", {
      token: tokens[at + 1] as string,
      body: { link: `${invite.code}@${first.name}` },
    });
  }
}

function describe(
  servers: readonly LocalServer[],
  accounts: readonly Account[],
  folder: string,
): string {
  const lines = servers.map((server, at) => {
    const { userName, password } = accounts[at] as Account;
    return `  ${server.url}   @${userName}@${server.name}   password ${password}   ` +
      `process ${server.pid}`;
  });
  return [
    "",
    `${servers.length} servers are ready, and their people share the guild "${GUILD}":`,
    ...lines,
    "",
    "Each is a server of its own: use one window for each. Kill a process (kill -9 NUMBER), and",
    `it is started again after ${AWAY_MS / 1000} s. Ctrl-C stops them.`,
    `What each has to say is in ${folder}/NAME/server.log.`,
  ].join("\n");
}

/** Until `stopping`; throws when the server cannot be started again. */
async function keepRunning(
  first: LocalServer,
  { start, stopping }: {
    readonly start: () => Promise<LocalServer>;
    readonly stopping: AbortSignal;
  },
): Promise<void> {
  const stopped = new Promise<void>((resolve) => {
    stopping.addEventListener("abort", () => resolve(), { once: true });
  });
  for (let server = first; !stopping.aborted; server = await start()) {
    if (server !== first) console.log(`${server.name} is back: process ${server.pid}.`);
    await Promise.race([server.ended, stopped]);
    await server[Symbol.asyncDispose]();
    if (stopping.aborted) return;
    console.log(`${server.name} has ended and is started again in ${AWAY_MS / 1000} s.`);
    const away = Promise.withResolvers<void>();
    const timer = setTimeout(away.resolve, AWAY_MS);
    await Promise.race([away.promise, stopped]);
    clearTimeout(timer);
    if (stopping.aborted) return;
  }
}

async function main(options: Options): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const folder = options.data ?? await Deno.makeTempDir({ prefix: "openguild-servers-" });
  if (options.data === undefined) {
    stack.defer(() => Deno.remove(folder, { recursive: true }));
  }
  await Deno.mkdir(folder, { recursive: true });
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, stop);
    stack.defer(() => Deno.removeSignalListener(signal, stop));
  }

  const file = `${folder}/servers.json`;
  const known = await readAccounts(file);
  const ports = freePorts(options.count);
  const accounts = known ?? ports.map((port, at): Account => ({
    server: `${NAMES[at]}.localhost`,
    port,
    userName: PEOPLE[at] as string,
    password: newPassword(),
  }));
  console.log(`Starting ${accounts.length} servers in ${folder} ...`);
  const start = ({ server: name, port }: Account) =>
    startLocalServer(
      { name, port, folder: `${folder}/${name}`, peers: accounts },
      stopping.signal,
    );
  const starting = accounts.map((account) => start(account).then((server) => stack.use(server)));
  const ends = await Promise.allSettled(starting);
  if (stopping.signal.aborted) return;
  const failed = ends.find((end) => end.status === "rejected");
  if (failed !== undefined) throw failed.reason;
  const servers = await Promise.all(starting);
  if (known === undefined) {
    await settle(servers, accounts);
    await Deno.writeTextFile(file, `${JSON.stringify(accounts, null, 2)}\n`);
  }
  console.log(describe(servers, accounts, folder));
  const keeping = servers.map((server, at) =>
    keepRunning(server, {
      start: () => start(accounts[at] as Account),
      stopping: stopping.signal,
    })
  );
  stopping.signal.addEventListener("abort", () => console.log("\nStopping ..."), { once: true });
  await Promise.all(keeping).catch((error) => {
    if (!stopping.signal.aborted) throw error;
  });
}

if (import.meta.main) {
  const options = readOptions(Deno.args);
  if (typeof options === "string") {
    console.error(options);
    Deno.exit(2);
  }
  await main(options);
  Deno.exit();
}
