import * as backup from "../../core/api/e2ee_backup.ts";
import * as devices from "../../core/api/e2ee_devices.ts";
import * as groups from "../../core/api/e2ee_groups.ts";
import * as packages from "../../core/api/e2ee_keys.ts";
import * as messages from "../../core/api/messages.ts";
import type { Operation } from "../../core/api/operation.ts";
import type { Message } from "../../core/api/message.ts";
import type { Relation } from "../../core/event/kinds/relation.ts";
import type { SealedDraft } from "../../core/e2ee/payload.ts";
import type {
  DeviceCallInput,
  DeviceCallName,
  DeviceCallResult,
} from "../../core/e2ee/engine/calls.ts";
import { Engine } from "../../core/e2ee/engine/engine.ts";
import {
  CallRefused,
  type DeviceDispatch,
  type DeviceStore,
  type DeviceTransport,
  isDeviceDispatch,
  ServerUnreachable,
} from "../../core/e2ee/engine/ports.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Opened, RoomKind, RoomState } from "../../core/e2ee/engine/types.ts";
import { systemClock } from "../../server/system/clock.ts";
import { systemRng } from "../../server/system/rng.ts";
import { FileDeviceStore } from "./device_store.ts";
import { Heartbeat } from "./heartbeat.ts";
import { type Homeserver, PASSWORD, Person } from "./homeserver.ts";
import { waitFor } from "./wait_for.ts";

type Route = Pick<Operation, "id" | "method" | "path">;
const OPERATIONS = new Map<string, Route>(
  [groups, packages, devices, backup, messages]
    .flatMap((module) => Object.values<unknown>(module as Record<string, unknown>))
    .filter((value): value is Route =>
      typeof value === "object" && value !== null && "method" in value && "path" in value
    )
    .map((operation) => [operation.id, operation]),
);

interface AnyInput {
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  readonly query?: Readonly<Record<string, unknown>> | undefined;
  readonly body?: unknown;
}

/** The way to a real server: HTTP for calls, the gateway's WebSocket for what happens. */
export class HttpTransport implements DeviceTransport, Disposable {
  readonly #listeners = new Set<(dispatch: DeviceDispatch | "connected") => void>();
  #socket: WebSocket | undefined;
  #heartbeat: Heartbeat | undefined;
  /** Where the server is now: it may come back elsewhere. */
  url: string;
  /** While true nothing gets through, as without a network. */
  cut = false;

  constructor(url: string, readonly userId: string, readonly token: string) {
    this.url = url;
  }

  async call<Name extends DeviceCallName>(
    name: Name,
    input: DeviceCallInput<Name>,
    signal?: AbortSignal,
  ): Promise<DeviceCallResult<Name>> {
    const operation = OPERATIONS.get(name);
    if (operation === undefined) throw new Error(`No operation "${name}"`);
    const { params, query, body } = input as AnyInput;
    const path = operation.path.replace(
      /:(\w+)/g,
      (_, key: string) => encodeURIComponent(String(params?.[key])),
    );
    const given = Object.entries(query ?? {}).filter(([, value]) => value !== undefined);
    const search = new URLSearchParams(given.map(([key, value]) => [key, String(value)]));
    return await this.#fetch(
      operation.method,
      `${path}?${search}`,
      body,
      signal,
    ) as DeviceCallResult<Name>;
  }

  async #fetch(method: string, path: string, body: unknown, signal?: AbortSignal) {
    if (this.cut) throw new ServerUnreachable("The network is cut");
    let response: Response;
    let answer: { error?: { code: string; message: string; details?: Record<string, unknown> } };
    try {
      response = await fetch(`${this.url}${path}`, {
        method,
        headers: { "content-type": "application/json", authorization: `Bearer ${this.token}` },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(signal === undefined ? {} : { signal }),
      });
      answer = await response.json();
    } catch (error) {
      throw new ServerUnreachable(`${method} ${path}: no answer`, { cause: error });
    }
    if (response.ok) return answer;
    if (answer.error === undefined || response.status === 502 || response.status === 504) {
      throw new ServerUnreachable(`${method} ${path}: ${response.status}`);
    }
    const { code, message, details } = answer.error;
    throw new CallRefused(code, `${method} ${path}: ${message}`, details ?? {});
  }

  onDispatch(listener: (dispatch: DeviceDispatch | "connected") => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Opens the gateway; what it says goes to the engine. */
  async connect(): Promise<void> {
    this[Symbol.dispose]();
    const socket = new WebSocket(`${this.url.replace("http", "ws")}/client/v1/gateway`);
    this.#socket = socket;
    const heartbeat = new Heartbeat(socket);
    this.#heartbeat = heartbeat;
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = () => reject(new ServerUnreachable("The gateway does not answer"));
    });
    const ready = Promise.withResolvers<void>();
    socket.onmessage = ({ data }) => {
      const frame = JSON.parse(data);
      heartbeat.hear(frame);
      if (frame.op === "ready") ready.resolve();
      if (frame.op !== "dispatch") return;
      const said = { t: frame.t, d: frame.d };
      if (isDeviceDispatch(said)) this.#say(said);
    };
    socket.send(JSON.stringify({ op: "identify", d: { token: this.token } }));
    await ready.promise;
    this.#say("connected");
  }

  #say(dispatch: DeviceDispatch | "connected"): void {
    for (const listener of this.#listeners) listener(dispatch);
  }

  [Symbol.dispose](): void {
    this.#heartbeat?.[Symbol.dispose]();
    this.#socket?.close();
    this.#socket = undefined;
  }
}

export interface DeviceClientOptions {
  /** A folder of its own; opened again, it is the same device. */
  readonly folder: string;
  readonly clock?: Clock;
  readonly log?: Log;
  /** Puts something between engine and store, as a test does that lets writes fail. */
  readonly wrap?: (store: DeviceStore) => DeviceStore;
  /** Default: the gateway is connected. */
  readonly offline?: boolean;
}

/** A signed-in program with an engine: an account on a real server, a store in a folder. */
export class DeviceClient implements AsyncDisposable {
  private constructor(
    readonly person: Person,
    readonly transport: HttpTransport,
    readonly store: FileDeviceStore,
    readonly engine: Engine,
  ) {}

  static async open(person: Person, options: DeviceClientOptions): Promise<DeviceClient> {
    await using stack = new AsyncDisposableStack();
    const transport = stack.use(new HttpTransport(person.api.url, person.id, person.token));
    const store = stack.use(await FileDeviceStore.open(options.folder));
    const engine = stack.use(
      Engine.open({
        store: options.wrap?.(store) ?? store,
        transport,
        clock: options.clock ?? systemClock,
        rng: systemRng,
        ...(options.log === undefined ? {} : { log: options.log }),
      }),
    );
    await engine.start();
    if (options.offline !== true) await transport.connect();
    stack.move();
    return new DeviceClient(person, transport, store, engine);
  }

  /** Seals and sends; again where the group went on meanwhile. */
  async send(
    roomId: string,
    body: string,
    { replyTo, channelId = "main" }: { replyTo?: string; channelId?: string } = {},
  ): Promise<Message> {
    const relation: Relation | undefined = replyTo === undefined
      ? undefined
      : { kind: "reply", event_id: replyTo } as Relation;
    return await this.#sealed(roomId, { draft: { type: "message", body }, relation, channelId }, {
      method: "POST",
      path: `/rooms/${roomId}/send`,
      rest: {
        channel_id: channelId,
        nonce: crypto.randomUUID(),
        reply_to: replyTo ?? null,
        allowed_mentions: { replied_user: false },
      },
    });
  }

  async edit(roomId: string, eventId: string, body: string): Promise<Message> {
    const relation = { kind: "edit", event_id: eventId } as Relation;
    return await this.#sealed(roomId, { draft: { type: "message", body }, relation }, {
      method: "PATCH",
      path: `/rooms/${roomId}/messages/${eventId}`,
      rest: {},
    });
  }

  async react(roomId: string, eventId: string, key: string): Promise<Message> {
    const relation = { kind: "reaction", event_id: eventId } as Relation;
    return await this.#sealed(roomId, { draft: { type: "reaction", key }, relation }, {
      method: "POST",
      path: "/reactions",
      rest: { room_id: roomId, event_id: eventId },
    });
  }

  async #sealed(
    roomId: string,
    { draft, relation, channelId = "main" }: {
      draft: SealedDraft;
      relation: Relation | undefined;
      channelId?: string;
    },
    call: { method: string; path: string; rest: Record<string, unknown> },
  ): Promise<Message> {
    for (let tries = 0;; tries++) {
      const { sealed } = await this.engine.seal(
        roomId,
        channelId,
        draft,
        relation === undefined ? {} : { relation },
      );
      const answer = await this.person.try(call.method, call.path, { ...call.rest, sealed });
      if (answer.status === 200) return answer.body;
      const code = answer.body.error.code;
      if (!["stale_epoch", "encrypted_room"].includes(code) || tries >= 10) {
        throw new Error(`${call.method} ${call.path}: ${JSON.stringify(answer.body)}`);
      }
      await this.engine.sync(roomId);
    }
  }

  /** What the newest text of a message says, as this device can read it. */
  open(message: Message, waitMs = 20_000): Promise<Opened> {
    if (message.sealed === undefined) throw new Error(`${message.id} is not sealed`);
    const eventId = message.sealed_event_id ?? message.id;
    const relation = eventId !== message.id
      ? { kind: "edit", event_id: message.id }
      : message.reply_to === null
      ? undefined
      : { kind: "reply", event_id: message.reply_to.id };
    return this.engine.open({
      roomId: message.room_id,
      channelId: message.channel_id,
      eventId,
      sender: message.author.id,
      sealed: message.sealed,
      relation: relation as Relation | undefined,
    }, { waitMs });
  }

  /** Texts of a room, oldest first; what cannot be read shows its fault. */
  async texts(roomId: string, waitMs = 20_000): Promise<string[]> {
    const page = await this.person.do("GET", `/rooms/${roomId}/messages?limit=100`);
    const texts: string[] = [];
    for (const message of page.messages as Message[]) {
      if (message.sealed === undefined) continue;
      const opened = await this.open(message, waitMs);
      texts.push("fault" in opened ? `<${opened.fault}>` : opened.payload.body ?? "");
    }
    return texts;
  }

  /** Resolves when the room is as `fits` says. */
  async until(
    roomId: string,
    what: string,
    fits: (state: RoomState) => boolean,
  ): Promise<RoomState> {
    try {
      return await waitFor(`${this.person.id}: ${what}`, () => {
        const state = this.engine.room(roomId);
        return fits(state) ? state : undefined;
      });
    } catch (error) {
      throw new Error(`It is ${JSON.stringify(this.engine.room(roomId))}`, { cause: error });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.engine[Symbol.asyncDispose]();
    this.transport[Symbol.dispose]();
    await this.store[Symbol.asyncDispose]();
  }
}

/** Whose conversation it is. */
export function dmOf(one: Person, other: Person): RoomKind {
  return { kind: "dm", users: [one.id, other.id] };
}

/** Another session of somebody: a further device. */
export async function signInAgain(
  server: Pick<Homeserver, "call">,
  person: Person,
): Promise<Person> {
  const userName = person.id.slice(1, person.id.indexOf(":"));
  const { status, body } = await server.call("POST", "/login", {
    body: { user_name: userName, password: PASSWORD },
  });
  if (status !== 200) throw new Error(`login ${userName}: ${JSON.stringify(body)}`);
  return new Person(person.api, person.id, body.tokens.access_token);
}
