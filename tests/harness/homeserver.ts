import { startServer } from "../../server/app.ts";
import type { RunningServer } from "../../server/cli/context.ts";
import { loadConfig } from "../../server/config/config.ts";
import type { ClientFrame, ServerFrame } from "../../core/api/gateway.ts";
import { silentLog } from "../../server/system/log.ts";
import { systemClock } from "../../server/system/clock.ts";
import { systemRng } from "../../server/system/rng.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import { freePort } from "../../scripts/lib/free_port.ts";
import { freshDatabase } from "./postgres.ts";
import { Heartbeat } from "./heartbeat.ts";
import { tempFolder } from "./temp_folder.ts";
import { waitFor } from "./wait_for.ts";

/** An answer of the client API: its status and its parsed body. */
// deno-lint-ignore no-explicit-any -- tests read answers of fifty operations; the server validates them
export type Answer = { readonly status: number; readonly body: any };

/** A whole server in this process, on a database of its own. */
export interface Homeserver extends AsyncDisposable {
  readonly url: string;
  readonly databaseUrl: string;
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  /** An account made through the given invite code, or the first administrator's link. */
  register(userName: string, token?: string): Promise<Person>;
  /** The first administrator's link, where nobody has used it. */
  readonly setupLink: string | undefined;
  readonly parts: RunningServer["parts"];
  /** Ends the server and keeps its database and data folder, for a start with `again`. */
  stop(): Promise<void>;
}

export interface CallOptions {
  readonly body?: unknown;
  readonly token?: string;
}

export interface HomeserverOptions {
  /** Flags by setting, as in `listen.port`. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly log?: Log;
  readonly clock?: Clock;
  /** Another server's database: two processes of one homeserver. */
  readonly databaseUrl?: string;
  /** A stopped server, whose database and data folder are taken over. */
  readonly again?: Homeserver;
}

/** Of everybody who registers here. */
export const PASSWORD = "a long enough passphrase, truly 42";
/** Tests come from one address and act faster than people; most hold no calls (`callers.ts`). */
const UNHURRIED = {
  "limits.address_requests_per_minute": "1000000",
  "limits.user_requests_per_minute": "1000000",
  "accounts.sign_ups_per_hour": "0",
  "accounts.logins_per_minute": "0",
  "accounts.joins_per_minute": "0",
  "accounts.guild_sign_ups_per_hour": "0",
  "voice.enabled": "no",
  // Nothing outside is asked, whatever a test's messages link to.
  "previews.enabled": "false",
};

export async function startHomeserver(options: HomeserverOptions = {}): Promise<Homeserver> {
  await using stack = new AsyncDisposableStack();
  const { again } = options;
  if (again !== undefined) stack.use(again);
  const folder = again?.parts.config.dataFolder ?? stack.use(await tempFolder()).path;
  const databaseUrl = again?.databaseUrl ?? options.databaseUrl ??
    stack.use(await freshDatabase()).url;
  const port = freePort();
  const config = loadConfig({
    flags: new Map(Object.entries({
      "listen.port": String(port),
      "database.url": databaseUrl,
      ...UNHURRIED,
      ...options.settings,
    })),
    env: {},
    dataFolder: folder,
    workingFolder: folder,
    readFile: () => undefined,
  });
  const server = await startServer(config, {
    log: options.log ?? silentLog,
    clock: options.clock ?? systemClock,
    rng: systemRng,
  });
  let ended: Promise<void> | undefined;
  const stop = () => ended ??= Promise.resolve(server[Symbol.asyncDispose]());
  stack.defer(stop);
  const owned = stack.move();
  const call = async (method: string, path: string, { body, token }: CallOptions = {}) => {
    const response = await fetch(`${server.address}/client/v1${path}`, {
      method,
      headers: {
        "content-type": "application/json",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  };
  const setup = server.firstAdminLink?.split("/").at(-1);
  return {
    url: server.address,
    databaseUrl,
    setupLink: server.firstAdminLink,
    parts: server.parts,
    call,
    stop,
    register: (userName, token = setup) =>
      registerPerson({ url: server.address, call }, userName, token),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

type Api = Pick<Homeserver, "url" | "call">;

/** An account made through the client API, with an invite code or the first administrator's. */
export async function registerPerson(api: Api, userName: string, token: string | undefined) {
  const { status, body } = await api.call("POST", "/register", {
    body: { user_name: userName, password: PASSWORD, ...(token === undefined ? {} : { token }) },
  });
  if (status !== 200) throw new Error(`register ${userName}: ${JSON.stringify(body)}`);
  return new Person(api, body.user_id, body.tokens.access_token);
}

function isStillChecked({ status, body }: Answer): boolean {
  return status === 503 && /still being checked|news are not here yet/.test(body.error.message);
}

/** Somebody with an account and a token. */
export class Person {
  constructor(readonly api: Api, readonly id: string, readonly token: string) {}

  /**
   * Throws unless the answer is 200. Where the server says that the place is still being checked,
   * as it may for a moment after a join to another server, it is asked again, as by clients.
   */
  // deno-lint-ignore no-explicit-any -- see Answer
  async do(method: string, path: string, body?: unknown): Promise<any> {
    const answer = await waitFor(`an answer to ${method} ${path}`, async () => {
      const tried = await this.try(method, path, body);
      return isStillChecked(tried) ? undefined : tried;
    });
    if (answer.status !== 200) {
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    }
    return answer.body;
  }

  try(method: string, path: string, body?: unknown): Promise<Answer> {
    return this.api.call(method, path, {
      token: this.token,
      ...(body === undefined ? {} : { body }),
    });
  }

  async connect(position?: string): Promise<Listening> {
    return await Listening.open(this.api.url, this.token, position);
  }
}

/** A gateway connection that keeps every frame. */
export class Listening implements Disposable {
  readonly frames: ServerFrame[] = [];
  readonly #socket: WebSocket;
  readonly #heartbeat: Heartbeat;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    this.#heartbeat = new Heartbeat(socket);
    socket.onmessage = ({ data }) => {
      const frame = JSON.parse(data) as ServerFrame;
      if (!this.#heartbeat.hear(frame)) this.frames.push(frame);
    };
  }

  static async open(url: string, token: string, position?: string): Promise<Listening> {
    const socket = new WebSocket(`${url.replace("http", "ws")}/client/v1/gateway`);
    const listening = new Listening(socket);
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = reject;
    });
    const d = { token, ...(position === undefined ? {} : { position }) };
    socket.send(JSON.stringify({ op: "identify", d }));
    await listening.until((frame) => ["ready", "resumed", "reset", "error"].includes(frame.op));
    return listening;
  }

  send(frame: ClientFrame): void {
    this.#socket.send(JSON.stringify(frame));
  }

  /** The first frame that fits, waiting for it. */
  async until(fits: (frame: ServerFrame) => boolean): Promise<ServerFrame> {
    return await waitFor("a frame", () => Promise.resolve(this.frames.find(fits)));
  }

  // deno-lint-ignore no-explicit-any -- see Answer
  dispatches(name: string): any[] {
    return this.frames.flatMap((frame) =>
      frame.op === "dispatch" && frame.t === name ? [frame.d] : []
    );
  }

  /** The position of the last frame that carried one. */
  get position(): string {
    const at = this.frames.flatMap((frame) =>
      frame.op === "dispatch" && frame.pos !== undefined
        ? [frame.pos]
        : frame.op === "ready" || frame.op === "resumed"
        ? [frame.d.position]
        : []
    );
    return at.at(-1) ?? "";
  }

  [Symbol.dispose](): void {
    this.#heartbeat[Symbol.dispose]();
    this.#socket.close();
  }
}

/** A guild with its owner, members who joined by its link, and #general. */
export async function makeGuild(server: Homeserver, names: readonly string[]) {
  const [ownerName = "owner", ...others] = names;
  const owner = await server.register(ownerName);
  const guild = await owner.do("POST", "/guilds", { name: "Test guild" });
  const invite = await owner.do("POST", "/invites", { guild_id: guild.id });
  const members: Person[] = [];
  for (const name of others) {
    const member = await server.register(name, invite.code);
    await member.do("POST", `/invites/${invite.code}/accept`, {});
    members.push(member);
  }
  const general = guild.channels.find((channel: { name: string }) => channel.name === "general");
  return { owner, members, guildId: guild.id as string, general: general.id as string };
}
