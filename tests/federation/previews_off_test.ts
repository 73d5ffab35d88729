/** Previews are taken off a message on every server, by whom PROTOCOL.md 7 lets do it. */
import assert from "node:assert/strict";
import type { Message } from "../../core/api/message.ts";
import type { ChannelId } from "../../core/ids/channel_id.ts";
import { bitsOf, formatBits } from "../../core/permissions/bits.ts";
import { serverName } from "../harness/events.ts";
import { startServers } from "../harness/federated.ts";
import { makeGuild, type Person } from "../harness/homeserver.ts";
import { html, startPageServer } from "../harness/page_server.ts";
import { ACROSS_MS } from "../harness/shared_guild.ts";
import { waitFor } from "../harness/wait_for.ts";
import { Guest } from "./guest.ts";
import { HostilePeer } from "./hostile_peer.ts";

Deno.test("the previews of a message go for everybody by its author or a moderator, and by nobody else", async (t) => {
  await using peer = HostilePeer.start("evil.test");
  await using web = startPageServer({
    "/a": () => html(`<meta property="og:title" content="Leaves">`),
  });
  await using federation = await startServers(2, {
    extraPeers: [peer.address],
    settings: { "previews.enabled": "true", "previews.test_origins": web.origin },
  });
  const [one, two] = federation.servers;
  assert(one !== undefined && two !== undefined);
  const { owner, members: [eve], guildId, general } = await makeGuild(one, ["olga", "eve"]);
  assert(eve !== undefined);
  const link = async () => (await owner.do("POST", "/invites", { guild_id: guildId })).code;
  const bea = await two.register("bea");
  await bea.do("POST", "/join", { link: `${await link()}@one.test` });
  const victim = { url: one.url, name: serverName(one.name) };
  const mallory = await Guest.enter(peer, victim, await link());

  const soon = (what: string, look: () => Promise<boolean>) =>
    waitFor(what, async () => await look() || undefined, ACROSS_MS);
  const say = async (person: Person, body: string): Promise<Message> =>
    await person.do("POST", `/rooms/${guildId}/send`, {
      channel_id: general,
      body: `${body} ${web.origin}/a`,
    });
  const path = (id: string) => `/rooms/${guildId}/messages/${encodeURIComponent(id)}`;
  const read = async (person: Person, id: string): Promise<Message | undefined> => {
    const { status, body } = await person.try("GET", path(id));
    return status === 200 ? body : undefined;
  };
  const shows = (person: Person, id: string) =>
    soon(
      `${person.id} to see the preview`,
      async () => (await read(person, id))?.previews?.[0]?.title === "Leaves",
    );
  const showsNone = (person: Person, id: string) =>
    soon(`${person.id} to see no preview`, async () => {
      const message = await read(person, id);
      return message?.previews_off === true && message.previews === undefined;
    });
  const remove = (person: Person, id: string) => person.try("DELETE", `${path(id)}/previews`);

  await t.step("its author takes them off, on both servers, and it is not edited", async () => {
    const said = await say(eve, "mine");
    await shows(eve, said.id);
    await shows(bea, said.id);
    const { status, body } = await remove(eve, said.id);
    assert.deepEqual([status, body.previews_off, body.edited_ts], [200, true, null]);
    await showsNone(bea, said.id);
    assert.equal((await read(bea, said.id))?.body, said.body);
    assert.equal((await remove(eve, said.id)).status, 200, "again changes nothing");
  });

  const said = await say(eve, "for all");
  await t.step("who may not is refused, and nothing changes", async () => {
    await shows(bea, said.id);
    const { status, body } = await remove(bea, said.id);
    assert.deepEqual([status, body.error.code], [403, "forbidden"]);
    await shows(owner, said.id);
  });

  await t.step(
    "another server's word without the right is kept, and counts for nothing",
    async () => {
      await mallory.readControl();
      await mallory.readChannel(general as ChannelId);
      const off = (event_id: string) =>
        mallory.make({
          type: "m.previews.off",
          channelId: general as ChannelId,
          content: { relates_to: { kind: "previews_off", event_id } },
        });
      const [result] = await mallory.push([await off(said.id)]);
      assert.equal(result?.outcome, "accepted", result?.reason);
      await shows(owner, said.id);
    },
  );

  await t.step("a moderator of another server takes them off, who may not even write", async () => {
    const mod = await owner.do("POST", "/roles", {
      guild_id: guildId,
      name: "Moderator",
      bits: formatBits(bitsOf("MANAGE_MESSAGES")),
    });
    const member = `/guilds/${guildId}/members/${encodeURIComponent(bea.id)}`;
    await soon("olga to see bea", async () => (await owner.try("GET", member)).status === 200);
    await owner.do("PATCH", member, { roles: [mod.id] });
    const mute = { target: "everyone", allow: "0", deny: formatBits(bitsOf("SEND")) };
    await owner.do("PATCH", `/rooms/${guildId}/channels/${general}`, { entries: [mute] });
    using hears = await eve.connect();
    await soon("bea to have the right", async () => (await remove(bea, said.id)).status === 200);
    await showsNone(owner, said.id);
    await hears.until((frame) =>
      frame.op === "dispatch" && frame.t === "message.update" && frame.d.id === said.id &&
      frame.d.previews_off === true
    );
  });
});
