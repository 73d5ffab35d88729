import assert from "node:assert/strict";
import { MAIN_CHANNEL } from "../../../core/ids/channel_id.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import { freshDatabase } from "../../../tests/harness/postgres.ts";
import { holdsPlainWords } from "./group_dm_rows.ts";

const DAY_MS = 24 * 3_600_000;
const BEGUN_MS = 1_700_000_000_000;

Deno.test("words of before encryption count, those that somebody slips in later do not, and few are looked at", async () => {
  await using database = await freshDatabase();
  const { sql } = database;
  let place = 0;
  const room = (name: string) => `!${name}` as RoomId;
  const say = async (name: string, at: number, { sealed = false, order = ++place } = {}) => {
    const id = `$${name}${++place}`;
    await sql`
      insert into events (room_id, event_id, event_hash, type, channel_id, sender, origin_ts,
        timeline_order, writer_id, position, outcome, received_ts, pdu)
      values (${room(name)}, ${id}, sha256(${id}::bytea), 'm.room.message', ${MAIN_CHANNEL}, '@a',
        ${at}, ${order}, 1, ${place}, 'accepted', ${at}, '{}')`;
    if (sealed) {
      await sql`insert into sealed_events (room_id, event_id) values (${room(name)}, ${id})`;
    }
    return id;
  };

  assert.equal(await holdsPlainWords(sql, room("silent")), false);

  await say("begun", BEGUN_MS - 30 * DAY_MS);
  assert.equal(await holdsPlainWords(sql, room("begun")), true, "nothing was sealed yet");
  await say("begun", BEGUN_MS, { sealed: true });
  assert.equal(await holdsPlainWords(sql, room("begun")), true);

  await say("late", BEGUN_MS, { sealed: true });
  const onItsWay = await say("late", BEGUN_MS + DAY_MS - 1);
  assert.equal(await holdsPlainWords(sql, room("late")), true);
  await sql`update events set redacted_by = '$r' where event_id = ${onItsWay}`;
  assert.equal(await holdsPlainWords(sql, room("late")), false);

  await say("slipped", BEGUN_MS, { sealed: true });
  // Wherever in the timeline its server places it.
  await say("slipped", BEGUN_MS + 2 * DAY_MS, { order: 0 });
  await say("slipped", BEGUN_MS + 2 * DAY_MS);
  assert.equal(await holdsPlainWords(sql, room("slipped")), false);
});
