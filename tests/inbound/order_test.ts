import assert from "node:assert/strict";
import { buildTimelineEvent } from "../../core/event/build.ts";
import type { HeldEvent } from "../../core/event/event.ts";
import type { JsonValue } from "../../core/event/json.ts";
import type { ChannelId } from "../../core/ids/channel_id.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import { stateHash } from "../../core/state/state_hash.ts";
import { ManualClock } from "../harness/parts.ts";
import { openTestDatabase } from "../harness/database.ts";
import { seededRng } from "../harness/seeded_rng.ts";
import { waitFor } from "../harness/wait_for.ts";
import { Random } from "../state/random.ts";
import { PEOPLE, randomRoom } from "../state/random_room.ts";
import { channelId, T0, type TestRoom } from "../state/room.ts";
import { openReceiver, type Receiver } from "./receiver.ts";
import { ROOM_SERVERS, signedPdu } from "./signed.ts";
import { TestKeys } from "./test_keys.ts";
import { serverOf } from "../../core/ids/user_id.ts";

const ROOMS = 3;
const ORDERS = 3;
const CHANNEL = channelId(1) as ChannelId;

interface Sent {
  readonly event: HeldEvent;
  readonly pdu: JsonValue;
}

/** Messages on random states and parents, some of which nobody has. */
async function messages(room: TestRoom, random: Random, count: number): Promise<Sent[]> {
  const rng = seededRng(random.below(1 << 30));
  const sent: Sent[] = [];
  const control = [...room.events.keys()];
  for (let at = 0; at < count; at++) {
    const sender = random.pick(PEOPLE);
    const server = ROOM_SERVERS.find(({ name }) => name === serverOf(sender));
    assert(server !== undefined);
    const known = sent.slice(-6).map(({ event }) => event.id);
    const parents = random.some(known, 0.5);
    const event = await buildTimelineEvent({
      type: "m.room.message",
      sender,
      roomId: room.roomId,
      channelId: CHANNEL,
      originTs: T0 + random.below(200_000),
      content: { msgtype: "text", body: `message ${at}` },
      prevEvents: parents,
      stateRefs: random.shuffle(control).slice(0, random.pick([1, 1, 2])),
    }, { signer: server.signer, rng });
    sent.push({ event, pdu: await signedPdu(event, ROOM_SERVERS) });
  }
  return sent;
}

interface Print {
  readonly state: string;
  readonly heads: readonly string[];
  readonly timeline: readonly string[];
  readonly ends: readonly string[];
}

async function printOf(receiver: Receiver, room: TestRoom): Promise<Print> {
  const held = await receiver.rooms.open(room.roomId);
  assert(held !== undefined);
  const rows = await receiver.sql<{ event_id: string; timeline_order: number }[]>`
    select event_id, timeline_order from events
    where room_id = ${room.roomId} and channel_id = ${CHANNEL} and outcome = 'accepted'
    order by timeline_order, event_hash`;
  const [ends] = await receiver.sql<{ event_ids: EventId[] }[]>`
    select event_ids from graph_heads where room_id = ${room.roomId} and channel_id = ${CHANNEL}`;
  return {
    state: stateHash(held.tip.state),
    heads: [...held.tip.heads].sort(),
    timeline: rows.map((row) => `${row.timeline_order} ${row.event_id}`),
    ends: [...ends?.event_ids ?? []].sort(),
  };
}

/** The table of the present state says what the resolved state holds. */
async function tableFits(receiver: Receiver, room: TestRoom): Promise<void> {
  const held = await receiver.rooms.open(room.roomId);
  const rows = await receiver.sql<{ event_id: string }[]>`
    select event_id from current_state
    where room_id = ${room.roomId} and event_id is not null order by event_id`;
  assert.deepEqual(
    rows.map((row) => row.event_id),
    [...held?.tip.state.events() ?? []].map(({ id }) => id as string).sort(),
  );
}

Deno.test("events in any order lead to one stored state and one timeline, with all that waited", async (t) => {
  let waited = 0;
  for (let seed = 1; seed <= ROOMS; seed++) {
    await t.step(`room ${seed}`, async () => {
      const random = new Random(seed);
      const room = randomRoom(random, 24);
      const said = await messages(room, random, 30);
      const control = await Promise.all(
        [...room.events.values()].map(async (event) => ({
          event,
          pdu: await signedPdu(event, ROOM_SERVERS),
        })),
      );
      const [create, ...rest] = control;
      assert(create !== undefined);
      const prints: Print[] = [];
      for (let order = 0; order < ORDERS; order++) {
        await using database = await openTestDatabase("postgres");
        const clock = new ManualClock(T0 + 3_600_000);
        await using receiver = await openReceiver({
          keys: new TestKeys(...ROOM_SERVERS),
          database,
          clock,
        });
        const all = order === 0 ? [...rest, ...said] : random.shuffle([...rest, ...said]);
        const size = random.pick([1, 7, 50]);
        const origin = ROOM_SERVERS[0]?.name;
        assert(origin !== undefined);
        const take = (pdus: JsonValue[]) =>
          receiver.ingest.ingest({ door: "join", origin, roomId: room.roomId, pdus });
        await take([create.pdu]);
        for (let at = 0; at < all.length; at += size) {
          const results = await take(all.slice(at, at + size).map(({ pdu }) => pdu));
          waited += results.filter(({ outcome }) => outcome === "waiting").length;
          for (const { outcome, reason } of results) assert.notEqual(outcome, "dropped", reason);
        }
        await waitFor("everything to be judged", async () => {
          const [row] = await receiver.sql<{ count: number }[]>`
            select count(*)::int as count from waiting_events`;
          return row?.count === 0 ? true : undefined;
        });
        await tableFits(receiver, room);
        prints.push(await printOf(receiver, room));
      }
      const [first, ...others] = prints;
      assert(first !== undefined);
      assert.equal(first.state, stateHash(room.state), "as the model resolves it");
      for (const [at, print] of others.entries()) assert.deepEqual(print, first, `order ${at + 1}`);
    });
  }
  assert(waited > 100, `only ${waited} events had to wait`);
});
