import assert from "node:assert/strict";
import { JOINED_GUILDS_MAX } from "../../server/services/guilds/joined_guilds.ts";
import { makeGuild, startHomeserver } from "../harness/homeserver.ts";

Deno.test("lists that grow have pages or a bound", async (t) => {
  await using server = await startHomeserver();
  const { owner, members, guildId } = await makeGuild(server, ["ann", "bob", "cid", "dan"]);
  const [bob, cid, dan] = members;
  assert.ok(bob && cid && dan);
  const path = `/guilds/${guildId}/bans`;

  await t.step("bans: pages, and a search in ids and reasons", async () => {
    for (
      const [who, reason] of [[bob, "sold weeds"], [cid, "Sold SEEDS"], [dan, "left"]] as const
    ) {
      await owner.do("PUT", `${path}/${who.id}`, { reason });
    }
    const first = await owner.do("GET", `${path}?limit=2`);
    const rest = await owner.do("GET", `${path}?limit=2&offset=2`);
    assert.deepEqual([first.bans.length, rest.bans.length, first.total, first.found], [2, 1, 3, 3]);
    const ids = [...first.bans, ...rest.bans].map((ban: { user_id: string }) => ban.user_id);
    assert.deepEqual(ids, [dan.id, cid.id, bob.id], "the latest first");
    const sold = await owner.do("GET", `${path}?search=sold&limit=1`);
    assert.deepEqual([sold.bans.length, sold.found, sold.total], [1, 2, 3]);
    const named = await owner.do("GET", `${path}?search=${encodeURIComponent("@BOB@local")}`);
    assert.deepEqual(named.bans.map((ban: { user_id: string }) => ban.user_id), [bob.id]);
    assert.equal((await owner.try("GET", `${path}?limit=1001`)).status, 400);
  });

  await t.step("guilds: whoever is in as many as one may joins and makes no more", async () => {
    const invite = await owner.do("POST", "/invites", { guild_id: guildId });
    const eve = await server.register("eve", invite.code);
    await server.parts.database.sql`
      insert into current_state (room_id, type, state_key, event_id, membership)
      select '!full' || n, t.type, t.key, '$none', t.membership
      from generate_series(1, ${JOINED_GUILDS_MAX}) n,
        (values ('m.guild.meta', '', null), ('m.room.member', ${eve.id}, 'join'))
          as t(type, key, membership)`;
    const joined = await eve.try("POST", `/invites/${invite.code}/accept`, {});
    assert.equal(joined.body.error.code, "limit_reached");
    const made = await eve.try("POST", "/guilds", { name: "One more" });
    assert.equal(made.body.error.code, "limit_reached");
    await server.parts.database.sql`delete from current_state where room_id = '!full1'`;
    await eve.do("POST", `/invites/${invite.code}/accept`, {});
  });
});
