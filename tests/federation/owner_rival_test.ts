/** Who is warned of a rival hand-over; how one is noticed: tests/inbound/present_test.ts. */
import assert from "node:assert/strict";
import { openSiege } from "./siege.ts";

Deno.test("of a rival hand-over those are warned who look after the guild, in its view and its log, and nobody else", async () => {
  await using siege = await openSiege();
  const { owner, members: [ann], roomId, server } = siege;
  assert(ann !== undefined);
  const guildOf = (who: typeof owner) => who.do("GET", `/guilds/${roomId}`);
  const actions = async () => {
    const { entries } = await owner.do("GET", `/guilds/${roomId}/audit?limit=100`);
    return entries.map((entry: { action: string }) => entry.action);
  };
  assert.deepEqual((await guildOf(owner)).owner_rivals, []);
  assert(!(await actions()).includes("guild.owner_rival"));
  const { sql } = server.parts.database;
  const noticed = Date.now();
  await sql`
    insert into owner_rivals (room_id, event_id, rival_id, sender, new_owner, noticed_ts)
    select room_id, event_id, event_id, sender, ${"@mallory:evil.test"}, ${noticed} from events
    where room_id = ${roomId} and type = 'm.guild.owner'`;
  const rival = { by: owner.id, to: "@mallory:evil.test", ts: noticed };
  assert.deepEqual((await guildOf(owner)).owner_rivals, [rival]);
  assert.deepEqual((await guildOf(ann)).owner_rivals, []);
  assert((await actions()).includes("guild.owner_rival"));
});
