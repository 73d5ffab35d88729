import assert from "node:assert/strict";
import { makeGuild, startHomeserver } from "../harness/homeserver.ts";

Deno.test("an administrator sees and ends guilds that are not his", async () => {
  await using server = await startHomeserver();
  const { owner: admin, members, guildId: own } = await makeGuild(server, ["ann", "bob", "cid"]);
  const [bob, cid] = members;
  assert.ok(bob && cid);
  const guild = await bob.do("POST", "/guilds", { name: "Bob's" });
  const invite = await bob.do("POST", "/invites", { guild_id: guild.id });
  await cid.do("POST", `/invites/${invite.code}/accept`, {});
  const general = guild.channels.find(({ kind }: { kind: string }) => kind === "text").id;
  const hidden = await bob.do("POST", "/channels", {
    guild_id: guild.id,
    kind: "text",
    name: "secret",
    private: true,
  });
  for (const [room_id, channel_id] of [[guild.id, general], [hidden.room_id, hidden.id]]) {
    await bob.do("POST", `/rooms/${room_id}/send`, { channel_id, body: "hello" });
  }

  const page = await admin.do("GET", "/admin/guilds?limit=1");
  assert.equal(page.total, 2);
  const next = await admin.do(
    "GET",
    `/admin/guilds?limit=1&after=${encodeURIComponent(page.next)}`,
  );
  assert.equal(next.next, null);
  assert.deepEqual(
    [...page.guilds, ...next.guilds].map(({ id }: { id: string }) => id).sort(),
    [own, guild.id].sort(),
  );
  const shown = await admin.do("GET", `/admin/guilds/${guild.id}`);
  assert.deepEqual(
    [shown.name, shown.owner, shown.messages, shown.member_count, shown.local_members],
    ["Bob's", bob.id, 2, 2, 2],
  );

  for (const [method, path] of [["GET", ""], ["GET", `/${guild.id}`], ["DELETE", `/${guild.id}`]]) {
    const refused = await bob.try(
      method ?? "",
      `/admin/guilds${path}`,
      method === "DELETE" ? {} : undefined,
    );
    assert.equal(refused.status, 403, `${method} is for administrators`);
  }
  assert.equal((await admin.try("GET", "/admin/guilds/!nothing")).status, 404);

  using socket = await cid.connect();
  await admin.do("POST", "/account/confirm", { password: "a long enough passphrase, truly 42" });
  const ended = await admin.do("DELETE", `/admin/guilds/${guild.id}`, { reason: "spam" });
  assert.deepEqual(ended, { members_removed: 2 });
  await socket.until((frame) =>
    frame.op === "dispatch" && frame.t === "guild.remove" && frame.d.guild_id === guild.id
  );
  assert.equal((await bob.try("GET", `/guilds/${guild.id}`)).status, 404);
  assert.equal(
    (await bob.try("GET", `/rooms/${hidden.room_id}/messages?channel_id=${hidden.id}`)).status,
    404,
  );
  assert.notEqual((await cid.try("POST", `/invites/${invite.code}/accept`, {})).status, 200);
  assert.equal((await admin.do("GET", "/admin/guilds")).total, 1);
  const { entries } = await admin.do("GET", "/admin/audit");
  assert.deepEqual(
    [entries[0].action, entries[0].target, entries[0].actor, entries[0].reason],
    ["guild.delete", guild.id, admin.id, "spam"],
  );
});
