import { selectAuthEvents } from "../../core/auth/select_auth_events.ts";
import { buildControlEvent, type ControlDraft } from "../../core/event/build.ts";
import type { ControlEvent } from "../../core/event/event.ts";
import { encodeBase58Of16 } from "../../core/ids/base58.ts";
import { type ChannelId, channelIdFromBytes } from "../../core/ids/channel_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import { serverOf, type UserId } from "../../core/ids/user_id.ts";
import { formatBits } from "../../core/permissions/bits.ts";
import { StateMap } from "../../core/state/state_map.ts";
import { type TestServer, testServer, userId } from "../harness/events.ts";
import { seededRng } from "../harness/seeded_rng.ts";
import { Random } from "../state/random.ts";
import { EVERYONE_BITS, ROLE_BITS, ROLE_IDS } from "./deeds.ts";
import type { Schedule } from "./schedule.ts";

/** Who and what is there when a history begins. */
export interface Founding {
  readonly servers: readonly TestServer[];
  readonly people: readonly UserId[];
  readonly channels: readonly ChannelId[];
  readonly roomId: RoomId;
  /** Create event first, each on the one before. */
  readonly events: readonly ControlEvent[];
}

/** The names and keys of all histories: made once. */
const SERVERS: readonly TestServer[] = Array.from(
  { length: 8 },
  (_, at) => testServer(`s${at}.test`, 1000 + at),
);

/** A guild in which everybody is joined, some with roles; it ends `ageMs` before the history begins. */
export async function found(schedule: Schedule, startMs: number): Promise<Founding> {
  const rng = seededRng(schedule.seed);
  const random = new Random(schedule.seed ^ 0x5eed);
  const servers = SERVERS.slice(0, schedule.servers);
  const people = servers.flatMap(({ name }) =>
    ["ann", "bob", "cat"].slice(0, schedule.usersEach).map((who) => userId(`@${who}:${name}`))
  );
  const [owner, ...others] = people as [UserId, ...UserId[]];
  const channels = [1, 2].map((at) => channelIdFromBytes(new Uint8Array(16).fill(at)));
  const events: ControlEvent[] = [];
  let state = StateMap.EMPTY;
  const add = async (draft: Pick<ControlDraft, "type" | "content" | "stateKey" | "sender">) => {
    const { type, content, sender, stateKey } = draft;
    const last = events.at(-1);
    const event = await buildControlEvent({
      ...draft,
      ...(last === undefined ? {} : { roomId: last.roomId }),
      originTs: startMs - 60_000 + events.length,
      prevEvents: last === undefined ? [] : [last.id],
      authEvents: last === undefined ? [] : selectAuthEvents({
        type,
        content,
        sender,
        ...(stateKey === undefined ? {} : { state_key: stateKey }),
      }, state),
    }, { signer: signerOf(servers, sender), rng });
    events.push(event);
    state = state.with(event);
  };
  const nonce = encodeBase58Of16(rng.bytes(16));
  await add({
    type: "m.room.create",
    sender: owner,
    stateKey: "",
    content: { room_version: "og1", nonce, kind: "guild", federate: true },
  });
  await add({ type: "m.guild.owner", sender: owner, stateKey: "", content: { user: owner } });
  const join = (who: UserId) =>
    add({ type: "m.room.member", sender: who, stateKey: who, content: { membership: "join" } });
  await join(owner);
  const bits = formatBits(ROLE_BITS);
  await add({
    type: "m.guild.roles",
    sender: owner,
    stateKey: "",
    content: {
      everyone: formatBits(EVERYONE_BITS),
      roles: {
        high: { position: 30, bits },
        mid: { position: 20, bits },
        low: { position: 10, bits },
      },
    },
  });
  const rule = random.chance(0.8) ? "public" : "invite";
  await add({
    type: "m.room.join_rules",
    sender: owner,
    stateKey: "",
    content: { rule: "public" },
  });
  for (const channelId of channels) {
    await add({
      type: "m.channel.policy",
      sender: owner,
      stateKey: channelId,
      content: { kind: "text", closed: false, entries: [] },
    });
  }
  for (const who of others) await join(who);
  for (const who of others) {
    if (!random.chance(0.6)) continue;
    const roles = [random.pick(ROLE_IDS)];
    await add({ type: "m.guild.member_roles", sender: owner, stateKey: who, content: { roles } });
  }
  if (rule === "invite") {
    await add({ type: "m.room.join_rules", sender: owner, stateKey: "", content: { rule } });
  }
  return { servers, people, channels, roomId: (events[0] as ControlEvent).roomId, events };
}

export function signerOf(servers: readonly TestServer[], user: UserId) {
  const server = servers.find(({ name }) => name === serverOf(user));
  if (server === undefined) throw new Error(`${user} is of no server of this history`);
  return server.signer;
}
