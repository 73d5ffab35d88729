import { freePort } from "../../scripts/lib/free_port.ts";
import { type ServerProcess, startServerProcess } from "../harness/server_process.ts";
import { freshDatabase } from "../harness/postgres.ts";
import { tempFolder } from "../harness/temp_folder.ts";

/** Somewhere a sender may send to. */
export interface Seat {
  readonly token: string;
  readonly roomId: string;
  readonly channelId: string;
}

/** A server process on a Postgres of its own, with people in it. */
export interface Crowd extends AsyncDisposable {
  readonly server: ServerProcess;
  readonly port: number;
  readonly databaseUrl: string;
  readonly folder: string;
  /** Each member in one and the same channel. */
  readonly shared: readonly Seat[];
  /** Each in a guild of its own; `guildsEach` guilds a member. */
  readonly apart: readonly Seat[];
}

export interface CrowdSize {
  readonly members: number;
  readonly guildsEach: number;
  /** As in `ServerProcessOptions`: another executable, or a profiler around this one. */
  readonly command?: readonly string[];
}

const PASSWORD = "a long enough passphrase, truly 42";
const ENV = {
  OPENGUILD_LIMITS_SOCKETS_PER_USER: "10000",
  OPENGUILD_LISTEN_MAX_CONNECTIONS: "20000",
  OPENGUILD_LISTEN_MAX_CONNECTIONS_PER_ADDRESS: "20000",
};

interface Guild {
  readonly id: string;
  readonly channels: readonly { readonly id: string; readonly kind: string }[];
}

export async function gatherCrowd({ members, guildsEach, command }: CrowdSize): Promise<Crowd> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await tempFolder());
  await Deno.chmod(folder.path, 0o755);
  const database = stack.use(await freshDatabase());
  const port = freePort();
  const server = await startServerProcess({
    dataFolder: `${folder.path}/data`,
    port,
    databaseUrl: database.url,
    env: ENV,
    ...(command === undefined ? {} : { command }),
  });
  stack.defer(() => server.kill());
  const api = apiOf(server.url);
  const register = (name: string, token: string | undefined) =>
    api<{ tokens: { access_token: string } }>("/register", {
      body: { user_name: name, password: PASSWORD, token },
    }).then(({ tokens }) => tokens.access_token);
  const owner = await register("owner", server.setupCode);
  const guild = await api<Guild>("/guilds", { token: owner, body: { name: "Shared" } });
  const invite = await api<{ code: string }>("/invites", {
    token: owner,
    body: { guild_id: guild.id },
  });
  const shared: Seat[] = [];
  const apart: Seat[] = [];
  for (let i = 0; i < members; i++) {
    const token = await register(`member${i}`, invite.code);
    await api(`/invites/${invite.code}/accept`, { token, body: {} });
    shared.push({ token, ...placeOf(guild) });
    for (let own = 0; own < guildsEach; own++) {
      apart.push({
        token,
        ...placeOf(await api<Guild>("/guilds", { token, body: { name: `Own ${own}` } })),
      });
    }
  }
  const owned = stack.move();
  return {
    server,
    port,
    databaseUrl: database.url,
    folder: folder.path,
    shared,
    apart,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function placeOf({ id, channels }: Guild): { roomId: string; channelId: string } {
  const channel = channels.find(({ kind }) => kind === "text");
  if (channel === undefined) throw new Error("A new guild has no text channel.");
  return { roomId: id, channelId: channel.id };
}

function apiOf(url: string) {
  return async <Result>(
    path: string,
    { token, body }: { readonly token?: string; readonly body: unknown },
  ): Promise<Result> => {
    const response = await fetch(`${url}/client/v1${path}`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return JSON.parse(text) as Result;
  };
}
