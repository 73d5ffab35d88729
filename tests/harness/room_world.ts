import type { JsonObject } from "../../core/event/json.ts";
import { buildTimelineEvent } from "../../core/event/build.ts";
import type { TimelineEvent } from "../../core/event/event.ts";
import { nobleBlake3 } from "../../core/event/hash.ts";
import { writeCanonical } from "../../core/event/json_write.ts";
import type { ChannelId } from "../../core/ids/channel_id.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import { IntactEvents } from "../../server/federation/intact_events.ts";
import { PostgresRoomReader } from "../../server/federation/room_reader.ts";
import { AppendLog } from "../../server/postgres/append_log.ts";
import type { EventRow, Outcome } from "../../server/postgres/event_rows.ts";
import type { Sql } from "../../server/postgres/sql.ts";
import { type Genesis, guildGenesis } from "../../server/rooms/genesis.ts";
import type { Room } from "../../server/rooms/room.ts";
import { Rooms } from "../../server/rooms/rooms.ts";
import { silentLog } from "../../server/system/log.ts";
import { systemClock } from "../../server/system/clock.ts";
import { openTestDatabase } from "./database.ts";
import { TEST_TS, testServer } from "./events.ts";
import { ManualClock } from "./parts.ts";
import { seededRng } from "./seeded_rng.ts";

/** Rooms of one server over a real database, whose members are of any server. */
export interface RoomWorld extends AsyncDisposable {
  readonly sql: Sql;
  readonly rooms: Rooms;
  readonly reader: PostgresRoomReader;
  readonly clock: ManualClock;
  readonly rng: ReturnType<typeof seededRng>;
  create(genesis: Genesis, creator: UserId): Promise<Room>;
  /** A guild with the channel #general. */
  guild(owner: UserId): Promise<{ room: Room; general: ChannelId }>;
  /** Stores control events, one after another. */
  change(room: Room, sender: UserId, ...changes: readonly Change[]): Promise<void>;
  say(room: Room, place: Said): Promise<TimelineEvent>;
  append(roomId: RoomId, events: readonly EventRow[]): Promise<void>;
  /** A message that receipt ended otherwise than well. */
  store(
    room: Room,
    place: Said & { readonly outcome: Outcome; readonly prevEvents?: readonly EventId[] },
  ): Promise<TimelineEvent>;
}

export type Change = readonly [type: string, stateKey: string, content: JsonObject];

export interface Said {
  readonly sender: UserId;
  readonly channelId: ChannelId;
  readonly body: string;
}

export async function openRoomWorld(): Promise<RoomWorld> {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await openTestDatabase("postgres"));
  const { sql } = database;
  const clock = new ManualClock(TEST_TS);
  const log = await AppendLog.open({
    sql: database.logSql,
    session: database.session,
    clock: systemClock,
    log: silentLog,
  });
  stack.defer(() => log.close());
  const rng = seededRng(41);
  const { signer: key, name } = testServer("one.test", 3);
  const rooms = new Rooms({
    serverName: name,
    sql,
    log,
    clock,
    rng,
    blake3: nobleBlake3,
    signer: { current: () => Promise.resolve(key) },
  });
  const owned = stack.move();
  const create = (genesis: Genesis, creator: UserId) => {
    clock.advance(1000);
    return rooms.create(genesis, creator);
  };
  const intact = new IntactEvents({ log: silentLog, blake3: nobleBlake3 });
  return {
    sql,
    rooms,
    clock,
    rng,
    create,
    reader: new PostgresRoomReader({ sql, rooms, intact }),
    async guild(owner) {
      const genesis = guildGenesis(rng, { creator: owner, name: "Guild", icon: null });
      const room = await create(genesis, owner);
      const [general] = room.authority.channels().keys();
      if (general === undefined) throw new Error("a guild has a channel");
      return { room, general };
    },
    async change(room, sender, ...changes) {
      for (const [type, stateKey, content] of changes) {
        clock.advance(1000);
        await room.changeControl(() => ({ intents: [{ type, sender, stateKey, content }] }));
      }
    },
    async say(room, { sender, channelId, body }) {
      clock.advance(1000);
      const content = { msgtype: "text", body };
      const sent = await room.sendTimeline({ type: "m.room.message", sender, channelId, content });
      return sent.event;
    },
    async append(roomId, events) {
      await log.append({ roomId, events });
    },
    async store(room, { sender, channelId, body, outcome, prevEvents = [] }) {
      clock.advance(1000);
      const event = await buildTimelineEvent({
        type: "m.room.message",
        sender,
        roomId: room.id,
        channelId,
        originTs: clock.now(),
        content: { msgtype: "text", body },
        prevEvents,
        stateRefs: [...room.authority.view.entries()].map(([, { id }]) => id).slice(0, 1),
      }, { signer: key, rng });
      await log.append({
        roomId: room.id,
        events: [{
          roomId: room.id,
          eventId: event.id,
          hash: event.hash,
          type: event.pdu.type,
          channelId,
          sender,
          originTs: event.pdu.origin_ts,
          order: event.pdu.origin_ts,
          outcome,
          receivedTs: clock.now(),
          withheld: false,
          pdu: writeCanonical(event.pdu as unknown as JsonObject),
        }],
      });
      return event;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
