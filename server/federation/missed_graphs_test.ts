import assert from "node:assert/strict";
import { type ChannelId, MAIN_CHANNEL } from "../../core/ids/channel_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { DATABASE_KINDS, openTestDatabase } from "../../tests/harness/database.ts";
import type { Sql } from "../postgres/sql.ts";
import { missedBy, MissedGraphs, WHOLE_ROOM } from "./missed_graphs.ts";

const TWO = "two.test" as ServerName;
const THREE = "three.test" as ServerName;
const ROOM = "!room" as RoomId;
const OTHER = "!other" as RoomId;
const STAFF = "staff" as ChannelId;
const TEAM = "team" as ChannelId;

/** A server is in a room from now on; it misses all of it, as `beginStays` has it. */
async function begin(sql: Sql, server: ServerName, roomId: RoomId): Promise<void> {
  await sql`
    with stay as (
      insert into destination_stays (server, room_id, since) values (${server}, ${roomId}, 'i.0')
      returning stay_id)
    insert into destination_missed (stay_id, channel_id) select stay_id, '' from stay`;
}

async function end(sql: Sql, server: ServerName, roomId: RoomId): Promise<void> {
  await sql`
    update destination_stays set until = 'i.0'
    where server = ${server} and room_id = ${roomId} and until is null`;
}

function dueRooms(missed: MissedGraphs, server: ServerName): RoomId[] {
  const rooms: RoomId[] = [];
  for (let room = missed.nextDue(server); room; room = missed.nextDue(server)) rooms.push(room);
  return rooms;
}

for (const kind of DATABASE_KINDS) {
  Deno.test(`what servers missed outlives a process, until its ends were sent, on ${kind}`, async () => {
    await using database = await openTestDatabase(kind);
    const { sql } = database;
    await begin(sql, TWO, ROOM);
    await begin(sql, THREE, ROOM);
    const missed = new MissedGraphs(sql);
    await missed.learn([ROOM]);
    assert.deepEqual(dueRooms(missed, TWO), [ROOM]);
    assert.deepEqual(dueRooms(missed, TWO), [], "each once");
    await missed.note(TWO, [{ roomId: ROOM, channelId: STAFF }, {
      roomId: OTHER,
      channelId: TEAM,
    }]);
    assert.deepEqual(missed.of(TWO, ROOM), [WHOLE_ROOM, STAFF]);
    assert.deepEqual(missed.of(TWO, OTHER), [], "it is not in that room");
    assert.deepEqual(missed.channelsOf(ROOM), [STAFF]);
    assert.deepEqual(await missedBy(sql, { roomId: ROOM, channelId: STAFF }), new Set([TWO]));

    const again = new MissedGraphs(sql);
    await again.takeUp(TWO);
    assert.deepEqual(again.of(TWO, ROOM).toSorted(), [WHOLE_ROOM, STAFF]);
    assert.deepEqual(again.of(THREE, ROOM), []);
    assert((dueRooms(again, TWO)).includes(ROOM));
    again.begin(TWO, ROOM, [WHOLE_ROOM, STAFF]);
    // Passed over once more while the ends are on their way.
    await again.note(TWO, [{ roomId: ROOM, channelId: STAFF }]);
    await again.settle(TWO, ROOM, [WHOLE_ROOM, STAFF]);
    assert.deepEqual(again.of(TWO, ROOM), [STAFF]);
    again.begin(TWO, ROOM, [STAFF]);
    await again.settle(TWO, ROOM, [STAFF]);
    assert.deepEqual(again.of(TWO, ROOM), []);
    const rows = await sql`select 1 from destination_missed`;
    assert.equal(rows.length, 1, "what the other server missed stays");
  });

  Deno.test(`a stay takes what was missed in it along, and the next begins with all of it, on ${kind}`, async () => {
    await using database = await openTestDatabase(kind);
    const { sql } = database;
    await begin(sql, TWO, ROOM);
    const missed = new MissedGraphs(sql);
    await missed.takeUp(TWO);
    await missed.note(TWO, [{ roomId: ROOM, channelId: STAFF }]);
    missed.begin(TWO, ROOM, [WHOLE_ROOM]);
    // It leaves and is back while its ends are on their way.
    await end(sql, TWO, ROOM);
    await begin(sql, TWO, ROOM);
    await missed.learn([ROOM]);
    await missed.settle(TWO, ROOM, [WHOLE_ROOM]);
    assert.deepEqual(missed.of(TWO, ROOM), [WHOLE_ROOM]);
    await sql`delete from destination_stays where until is not null`;
    assert.equal((await sql`select 1 from destination_missed`).length, 1);
  });

  Deno.test(`whoever comes to see a channel is told once, and a guild leads to its private rooms, on ${kind}`, async () => {
    await using database = await openTestDatabase(kind);
    const { sql } = database;
    await begin(sql, TWO, ROOM);
    const missed = new MissedGraphs(sql);
    await missed.takeUp(TWO);
    assert.deepEqual(await missed.privateRoomsOf("!guild" as RoomId), []);
    await missed.note(TWO, [{ roomId: ROOM, channelId: MAIN_CHANNEL }]);
    await sql`insert into private_channels values (${ROOM}, '!guild', 1), ('!more', '!guild', 1)`;
    assert.deepEqual(await missed.privateRoomsOf("!guild" as RoomId), [ROOM]);
    assert.deepEqual(await missed.privateRoomsOf(OTHER), []);
    const at = { roomId: ROOM, channelId: MAIN_CHANNEL };
    assert.deepEqual(missed.lackingAmong(new Set([THREE]), at), []);
    const viewing = new Set([TWO, THREE]);
    assert.deepEqual(missed.lackingAmong(viewing, at), [TWO]);
    assert.deepEqual(missed.lackingAmong(viewing, at), [], "nothing has changed");
  });
}
