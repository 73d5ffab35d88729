/**
 * The database goes between a commit and what follows from it: what was stored is told to who is
 * connected, and done, once it is back, without a restart of the server.
 */
import assert from "node:assert/strict";
import { makeGuild, type Person, startHomeserver } from "../harness/homeserver.ts";
import { waitFor } from "../harness/wait_for.ts";
import { connect } from "../../server/postgres/connect.ts";
import { silentLog } from "../../server/system/log.ts";

/**
 * Holds every statement about a table back while `act` runs, and then ends, as a database that
 * stops does, the connections of those that begin with `statement`.
 */
async function loseConnection(
  options: { readonly databaseUrl: string; readonly table: string; readonly statement: string },
  act: () => Promise<void>,
): Promise<void> {
  const { databaseUrl, table, statement } = options;
  const sql = connect({ url: databaseUrl, poolSize: 2, log: silentLog });
  await sql.begin(async (tx) => {
    await tx`lock table ${tx(table)} in access exclusive mode`;
    await act();
    // Twice: the first may have been about something else that happened just before.
    const cut = new Set<number>();
    await waitFor(`"${statement}" to be cut off`, async () => {
      const rows = await sql<{ pid: number }[]>`
        select pid, pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'
          and starts_with(ltrim(query, E' \n'), ${statement})`;
      for (const { pid } of rows) cut.add(pid);
      return cut.size >= 2;
    });
  });
  await sql.end();
}

Deno.test("a message whose telling met no database is told to who is connected", async () => {
  await using server = await startHomeserver();
  const { members } = await makeGuild(server, ["ann", "bob", "cid"]);
  const [bob, cid] = members as [Person, Person];
  const dm = await bob.do("POST", "/dms", { user_id: cid.id });
  const path = `/rooms/${dm.room_id}/send`;
  using live = await cid.connect();
  using own = await bob.connect();
  await bob.do("POST", path, { body: "one" });
  const { databaseUrl } = server;
  const told = { databaseUrl, table: "closed_dms", statement: "delete from closed_dms" };
  await loseConnection(told, async () => {
    await bob.do("POST", path, { body: "two", nonce: "the second" });
  });
  await bob.do("POST", path, { body: "three" });
  const bodies = () => live.dispatches("message.create").map(({ body }) => body);
  await waitFor("the third message", () => Promise.resolve(bodies().includes("three")));
  assert.deepEqual(bodies(), ["one", "two", "three"], "each once, in their order");
  const [, second] = own.dispatches("message.create");
  assert.equal(second.nonce, "the second", "who said it knows their own again");
});

Deno.test("who loses a role while the database goes is sent away from its private channel", async () => {
  await using server = await startHomeserver();
  const { owner, members, guildId } = await makeGuild(server, ["ann", "bob"]);
  const [bob] = members as [Person];
  const role = await owner.do("POST", "/roles", { guild_id: guildId, name: "Council" });
  const council = await owner.do("POST", "/channels", {
    guild_id: guildId,
    kind: "text",
    name: "council",
    private: true,
    allow_roles: [role.id],
  });
  const giveRoles = (roles: readonly string[]) =>
    owner.do("PATCH", `/guilds/${guildId}/members/${bob.id}`, { roles });
  const are = (ids: readonly string[]) =>
    waitFor(`${ids.length} in the channel`, async () => {
      const { members } = await owner.do("GET", `/guilds/${council.room_id}/members`);
      const found = members.map((each: { user: { id: string } }) => each.user.id);
      return ids.length === found.length && ids.every((id) => found.includes(id));
    });
  await giveRoles([role.id]);
  await are([owner.id, bob.id]);
  const { databaseUrl } = server;
  const statement = "select room_id, guild_id from private_channels";
  await loseConnection({ databaseUrl, table: "private_channels", statement }, async () => {
    await giveRoles([]);
  });
  await are([owner.id]);
});
