import assert from "node:assert/strict";
import type { JsonObject } from "../../core/event/json.ts";
import type { ChannelId } from "../../core/ids/channel_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import { bitsOf, formatBits, type Right } from "../../core/permissions/bits.ts";
import type { Log } from "../../core/ports/log.ts";
import { freePort } from "../../scripts/lib/free_port.ts";
import { serverName } from "../harness/events.ts";
import { type Homeserver, makeGuild, type Person, startHomeserver } from "../harness/homeserver.ts";
import { waitFor } from "../harness/wait_for.ts";
import { Guest, type Victim } from "./guest.ts";
import { HostilePeer } from "./hostile_peer.ts";

/** A real server with people in a guild, and a hostile one that may speak with it. */
export interface Siege extends AsyncDisposable {
  readonly server: Homeserver;
  readonly victim: Victim;
  readonly peer: HostilePeer;
  readonly owner: Person;
  /** The guild's other people. */
  readonly members: readonly Person[];
  readonly roomId: RoomId;
  readonly general: ChannelId;
  /** A link into the guild. */
  link(): Promise<string>;
  /** A user of the hostile server who came in by a link. */
  enter(name?: string): Promise<Guest>;
  /** Bodies of the messages that a person is shown in a channel. */
  shown(who?: Person, channelId?: string): Promise<string[]>;
  /** A state event as the guild holds it now. */
  state(type: string, stateKey: string): Promise<JsonObject | undefined>;
  /** How an event is stored: its outcome and reason, undefined where it is not. */
  stored(id: string): Promise<string | undefined>;
}

export interface SiegeOptions {
  readonly settings?: Readonly<Record<string, string>>;
  /** Further hostile servers, or honest ones at fixed addresses: `name=http://...` */
  readonly peers?: readonly string[];
  readonly log?: Log;
}

export async function openSiege(options: SiegeOptions = {}): Promise<Siege> {
  await using stack = new AsyncDisposableStack();
  const peer = stack.use(HostilePeer.start("evil.test"));
  const port = freePort();
  const server = stack.use(
    await startHomeserver({
      settings: {
        "server.name": "one.test",
        "server.public_url": `http://127.0.0.1:${port}`,
        "listen.port": String(port),
        "federation.test_peers": [peer.address, ...options.peers ?? []].join(","),
        "federation.requests_per_minute": "1000000",
        ...options.settings,
      },
      ...(options.log === undefined ? {} : { log: options.log }),
    }),
  );
  const { owner, members, guildId, general } = await makeGuild(server, ["owner", "ann"]);
  const victim = { url: server.url, name: serverName("one.test") };
  const { sql } = server.parts.database;
  const link = async () => {
    const { code } = await owner.do("POST", "/invites", { guild_id: guildId });
    return code as string;
  };
  const owned = stack.move();
  return {
    server,
    victim,
    peer,
    owner,
    members,
    roomId: guildId as RoomId,
    general: general as ChannelId,
    link,
    enter: async (name) => await Guest.enter(peer, victim, await link(), name),
    async shown(who = owner, channelId = general) {
      const page = await who.do(
        "GET",
        `/rooms/${guildId}/messages?channel_id=${channelId}&limit=100`,
      );
      return page.messages.map(({ body }: { body: string }) => body);
    },
    async state(type, stateKey) {
      const [row] = await sql<{ pdu: string }[]>`
        select e.pdu from current_state s join events e using (room_id, event_id)
        where s.room_id = ${guildId} and s.type = ${type} and s.state_key = ${stateKey}`;
      return row === undefined ? undefined : JSON.parse(row.pdu).content;
    },
    async stored(id) {
      const [row] = await sql<{ outcome: string }[]>`
        select outcome from events where room_id = ${guildId} and event_id = ${id}`;
      return row?.outcome;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Gives a member a new role with these rights. */
export async function giveRole(
  { owner, roomId }: Siege,
  user: UserId | string,
  rights: readonly Right[],
): Promise<string> {
  const role = await owner.do("POST", "/roles", {
    guild_id: roomId,
    name: "Trusted",
    bits: formatBits(bitsOf(...rights)),
  });
  await owner.do("PATCH", `/guilds/${roomId}/members/${encodeURIComponent(user)}`, {
    roles: [role.id],
  });
  return role.id;
}

/** Waits until a person is shown a message. */
export async function untilShown(siege: Siege, body: string, who?: Person): Promise<void> {
  await waitFor(`"${body}" to be shown`, async () => (await siege.shown(who)).includes(body));
}

/** That nothing of it is shown, after something that was sent later is. */
export async function assertNotShown(siege: Siege, body: string, who?: Person): Promise<void> {
  assert(!(await siege.shown(who)).includes(body), `"${body}" is shown`);
}
