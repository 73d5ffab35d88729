import assert from "node:assert/strict";
import { parseRoomId } from "../../core/ids/room_id.ts";
import { parseUserId, type UserId } from "../../core/ids/user_id.ts";
import { connect } from "../../server/postgres/connect.ts";
import type { Sql } from "../../server/postgres/sql.ts";
import { silentLog } from "../../server/system/log.ts";
import { freePort } from "../../scripts/lib/free_port.ts";
import { type Homeserver, makeGuild, startHomeserver } from "./homeserver.ts";
import { RecordingPeer } from "./recording_peer.ts";
import { waitFor } from "./wait_for.ts";

/** A server with a guild, and other servers that write down what it sends them. */
export async function startListeners(names: readonly string[]) {
  await using stack = new AsyncDisposableStack();
  const peers = names.map((name) => stack.use(new RecordingPeer(name)));
  const port = freePort();
  const settings = {
    "server.name": "one.test",
    "server.public_url": `http://127.0.0.1:${port}`,
    "listen.port": String(port),
    "federation.test_peers": peers.map(({ setting }) => setting).join(","),
  };
  const first = await startHomeserver({ settings });
  const servers = [first];
  stack.defer(async () => {
    for (const server of servers.toReversed()) await server[Symbol.asyncDispose]();
  });
  const guild = await makeGuild(first, ["owner", "ann"]);
  const owned = stack.move();
  return {
    ...guild,
    peers,
    server: () => servers.at(-1) as Homeserver,
    /** Ends the server and starts it again on its database, which `meanwhile` finds alone. */
    async restart(meanwhile: (sql: Sql) => Promise<void> | void = () => {}) {
      const former = servers.at(-1) as Homeserver;
      await former.stop();
      const sql = connect({ url: former.databaseUrl, poolSize: 1, log: silentLog });
      await meanwhile(sql);
      await sql.end();
      servers.push(await startHomeserver({ settings, again: former }));
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function roomOf(server: Homeserver, guildId: string) {
  const id = parseRoomId(guildId);
  const room = id === undefined ? undefined : await server.parts.chat?.rooms.open(id);
  assert.ok(room);
  return room;
}

function user(text: string): UserId {
  const id = parseUserId(text);
  assert.ok(id);
  return id;
}

export type Listeners = Awaited<ReturnType<typeof startListeners>>;

/** A user of another server comes into the guild; the rules are asked, that server is not. */
export async function letIn(
  listeners: Pick<Listeners, "server" | "guildId" | "owner">,
  name: string,
): Promise<UserId> {
  const id = user(name);
  const room = await roomOf(listeners.server(), listeners.guildId);
  const member = { type: "m.room.member", stateKey: id };
  await room.changeControl(() => ({
    intents: [
      { ...member, sender: user(listeners.owner.id), content: { membership: "invite" } },
      { ...member, sender: id, content: { membership: "join" } },
    ],
  }));
  return id;
}

/** The owner says something; answers the message. */
export async function say(listeners: Listeners, body: string, channel = listeners.general) {
  const { owner, guildId } = listeners;
  const sent = await listeners.server().call("POST", `/rooms/${guildId}/send`, {
    token: owner.token,
    body: { channel_id: channel, body, nonce: crypto.randomUUID() },
  });
  assert.equal(sent.status, 200, JSON.stringify(sent.body));
  return sent.body;
}

export async function heard(peer: RecordingPeer, body: string): Promise<void> {
  await waitFor(`"${body}" at ${peer.name}`, () => peer.bodies.includes(body));
}

export function engineOf(listeners: Listeners) {
  const engine = listeners.server().parts.outbound?.engine;
  assert.ok(engine);
  return engine;
}

/** Every answer has come back: what was received counts as delivered. */
export async function atRest(listeners: Listeners): Promise<void> {
  await waitFor("all answers", () => engineOf(listeners).held().every(({ idle }) => idle));
}
