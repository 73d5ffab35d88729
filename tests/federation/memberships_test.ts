import assert from "node:assert/strict";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import { type Federation, startServers } from "../harness/federated.ts";
import { makeGuild, Person } from "../harness/homeserver.ts";
import { skippingClock } from "../harness/skipping_clock.ts";
import { waitFor } from "../harness/wait_for.ts";

/** News between servers take a moment; a busy machine takes longer. */
const SOON_MS = 120_000;

async function three(federation: Federation) {
  const [one, two, last] = federation.servers;
  assert.ok(one && two && last);
  const made = await makeGuild(one, ["olga"]);
  const { code } = await made.owner.do("POST", "/invites", { guild_id: made.guildId });
  const bea = await two.register("bea");
  const cid = await last.register("cid");
  return { ...made, link: `${code}@one.test`, bea, cid };
}

async function bodiesOf(person: Person, guildId: string, channelId: string): Promise<string[]> {
  const { status, body } = await person.try(
    "GET",
    `/rooms/${guildId}/messages?channel_id=${channelId}`,
  );
  return status === 200 ? body.messages.map((m: { body: string }) => m.body) : [`${status}`];
}

async function memberNames(person: Person, guildId: string): Promise<string[]> {
  const { status, body } = await person.try("GET", `/guilds/${guildId}/members`);
  if (status !== 200) return [`${status}`];
  return body.members.map((m: { user: { id: string } }) => m.user.id).sort();
}

function soon<T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> {
  return waitFor(what, async () => await look() || undefined, SOON_MS) as Promise<T>;
}

Deno.test("people of three servers talk, are kicked, banned, let in again, each act seen by all", async (t) => {
  const clock = skippingClock();
  await using federation = await startServers(3, { clockOf: () => clock });
  const { owner, guildId, general, link, bea, cid } = await three(federation);
  const everybody = [owner, bea, cid];
  const names = [bea.id, cid.id, owner.id].sort();

  await t.step("they join by the link and hear each other", async () => {
    for (const person of [bea, cid]) await person.do("POST", "/join", { link });
    for (const [at, person] of everybody.entries()) {
      await soon(
        `${person.id} to see all`,
        async () => (await memberNames(person, guildId)).join() === names.join(),
      );
      await person.do("POST", `/rooms/${guildId}/send`, {
        channel_id: general,
        body: `hello ${at}`,
      });
    }
    for (const person of everybody) {
      await soon(`${person.id} to read all`, async () => {
        const bodies = await bodiesOf(person, guildId, general);
        return [0, 1, 2].every((at) => bodies.includes(`hello ${at}`));
      });
    }
  });

  await t.step(
    "who joins the guild's call from another server is told first who will see the address",
    async () => {
      const { channels } = await bea.do("GET", `/guilds/${guildId}`);
      const voice = channels.find(({ kind }: { kind: string }) => kind === "voice");
      const path = `/rooms/${guildId}/channels/${voice.id}/voice/join`;
      const refused = await bea.try("POST", path, { key_package: "AAAA" });
      const { code, message, details } = refused.body.error;
      assert.deepEqual(
        [refused.status, code, details],
        [409, "conflict", { reason: "address_shown", server: "one.test" }],
      );
      assert.match(message, /one\.test, which will see the address/);
    },
  );

  await t.step("who is kicked is gone everywhere, and comes back by the link", async () => {
    await owner.do("DELETE", `/guilds/${guildId}/members/${bea.id}`, { reason: "rest" });
    await soon("bea to be out", async () => (await memberNames(bea, guildId))[0] === "404");
    await soon("cid to see it", async () => !(await memberNames(cid, guildId)).includes(bea.id));
    await cid.do("POST", `/rooms/${guildId}/send`, { channel_id: general, body: "without bea" });
    // Her server asks the guild's for what was said, which has to have it by then.
    await soon(
      "the owner to read cid",
      async () => (await bodiesOf(owner, guildId, general)).includes("without bea"),
    );
    await bea.do("POST", "/join", { link });
    const guild = await bea.do("GET", `/guilds/${guildId}`);
    assert.equal(guild.id, guildId);
    await soon(
      "bea to read what was said meanwhile",
      async () => (await bodiesOf(bea, guildId, general)).includes("without bea"),
    );
    await bea.do("POST", `/rooms/${guildId}/send`, { channel_id: general, body: "back again" });
    await soon(
      "cid to read her",
      async () => (await bodiesOf(cid, guildId, general)).includes("back again"),
    );
  });

  await t.step("TestBannedUserCannotSendJoin: no server lets in who is banned", async () => {
    await owner.do("PUT", `/guilds/${guildId}/bans/${cid.id}`, { reason: "enough" });
    await soon("cid to be out", async () => (await memberNames(cid, guildId))[0] === "404");
    await soon("bea to see it", async () => !(await memberNames(bea, guildId)).includes(cid.id));
    const again = await cid.try("POST", "/join", { link });
    assert.equal(again.status, 403, JSON.stringify(again.body));
    const direct = await bea.try("POST", "/invite", { room_id: guildId, user_id: cid.id });
    assert.equal(direct.status, 403, JSON.stringify(direct.body));
    // Another end for the same ban; then it is over by itself, on every server.
    const until = clock.now() + 600_000;
    await owner.do("PUT", `/guilds/${guildId}/bans/${cid.id}`, { until_ts: until });
    const still = await cid.try("POST", "/join", { link });
    assert.equal(still.status, 403, JSON.stringify(still.body));
    assert.equal(still.body.error.details.until_ts, until);
    clock.advance(600_001);
    // Her server may hear of the new end after the clock has passed it.
    await soon("bea's server to let her ask him", async () => {
      const { status } = await bea.try("POST", "/invite", { room_id: guildId, user_id: cid.id });
      return status < 300;
    });
    await cid.do("POST", "/join", { link });
    await soon("all to see cid again", async () => {
      const seen = await Promise.all(everybody.map((person) => memberNames(person, guildId)));
      return seen.every((each) => each.join() === names.join());
    });
  });

  await t.step("roles, nicknames and timeouts of people of other servers", async () => {
    const role = await owner.do("POST", "/roles", { guild_id: guildId, name: "Helpers" });
    await owner.do("PATCH", `/guilds/${guildId}/members/${cid.id}`, {
      roles: [role.id],
      nickname: "Cidney",
      timeout_until: Date.now() + 3_600_000,
    });
    await soon("bea to see them", async () => {
      const { body } = await bea.try("GET", `/guilds/${guildId}/members/${cid.id}`);
      return body.nickname === "Cidney" && body.roles?.join() === role.id &&
        body.timeout_until !== null;
    });
    await soon("cid's own server to hold him back", async () => {
      const { status } = await cid.try("POST", `/rooms/${guildId}/send`, {
        channel_id: general,
        body: "may I",
      });
      return status === 403;
    });
  });

  await t.step("who leaves is gone everywhere", async () => {
    await bea.do("POST", `/guilds/${guildId}/leave`, {});
    await soon("olga to see it", async () => !(await memberNames(owner, guildId)).includes(bea.id));
    assert.deepEqual((await bea.do("GET", "/guilds")).guilds, []);
  });
});

Deno.test("TestFederationRoomsInvite: an invitation waits until it is answered, and goes when it is declined", async (t) => {
  const clock = skippingClock();
  await using federation = await startServers(3, { clockOf: () => clock });
  const { owner, guildId, bea, cid } = await three(federation);

  await t.step("a stranger's invitation says who asks, and nothing of what", async () => {
    using hears = await bea.connect();
    await owner.do("POST", "/invite", { room_id: guildId, user_id: bea.id });
    await soon(
      "bea to be asked",
      () => Promise.resolve(hears.dispatches("invitation.update").length > 0),
    );
    const { invitations } = await bea.do("GET", "/invitations");
    assert.equal(invitations.length, 1);
    const [asked] = invitations;
    assert.equal(asked.by.id, owner.id);
    assert.equal(asked.server, "one.test");
    assert.deepEqual([asked.held, asked.name], [true, null]);
    await bea.do("DELETE", `/invitations/${guildId}`);
    assert.deepEqual((await bea.do("GET", "/invitations")).invitations, []);
    await soon("olga's server to know that she said no", async () => {
      const { status } = await owner.try("POST", "/invite", { room_id: guildId, user_id: bea.id });
      return status === 200;
    });
  });

  await t.step("accepted, it leads into the guild", async () => {
    await soon(
      "bea to be asked again",
      async () => (await bea.do("GET", "/invitations")).invitations.length === 1,
    );
    await bea.do("POST", `/invitations/${guildId}/accept`);
    assert.deepEqual((await bea.do("GET", "/invitations")).invitations, []);
    await soon("olga to see her", async () => (await memberNames(owner, guildId)).includes(bea.id));
  });

  await t.step("A23: it can be declined although its server is away", async () => {
    await owner.do("POST", "/invite", { room_id: guildId, user_id: cid.id });
    await soon(
      "cid to be asked",
      async () => (await cid.do("GET", "/invitations")).invitations.length === 1,
    );
    await federation.stop(0);
    await cid.do("DELETE", `/invitations/${guildId}`);
    assert.deepEqual((await cid.do("GET", "/invitations")).invitations, []);
    await federation.start(0);
  });

  await t.step(
    "a membership for a time ends on every server, once its keeper is back",
    async () => {
      const { code } = await owner.do("POST", "/invites", { guild_id: guildId, stay_s: 600 });
      const stay = `${code}@one.test`;
      assert.equal((await cid.do("GET", `/links/look?link=${stay}`)).stay_s, 600);
      await cid.do("POST", "/join", { link: stay });
      const endSeenBy = async (person: Person) => {
        const { body } = await person.try("GET", `/guilds/${guildId}/members/${cid.id}`);
        return body.stay_until ?? undefined;
      };
      const end = await soon("cid to see the end", () => endSeenBy(cid));
      await soon("bea to see it", async () => await endSeenBy(bea) === end);
      await federation.stop(0);
      clock.advance(600_001);
      assert.ok((await memberNames(cid, guildId)).includes(cid.id), "nobody else ends it");
      await federation.start(0);
      await soon("cid to be out", async () => (await memberNames(cid, guildId))[0] === "404");
      await soon("bea to see it", async () => !(await memberNames(bea, guildId)).includes(cid.id));
    },
  );

  await t.step("the log tells such an end from a kick that only says it is one", async () => {
    const last = async (person: Person) => {
      const path = `/guilds/${guildId}/audit?target=${encodeURIComponent(person.id)}&limit=1`;
      return (await owner.do("GET", path)).entries[0]?.action;
    };
    assert.equal(await last(cid), "member.ended");
    using heard = await bea.connect();
    const room = await federation.servers[0]?.parts.chat?.rooms.open(guildId as RoomId);
    const content = { membership: "leave", expires: clock.now() };
    const kick = {
      type: "m.room.member",
      sender: owner.id as UserId,
      stateKey: bea.id,
      content,
    };
    await room?.changeControl(() => ({ intents: [kick] }));
    assert.equal(await last(bea), "member.kick");
    const told = await heard.until((one) => one.op === "dispatch" && one.t === "guild.remove");
    assert.equal(told.op === "dispatch" && told.t === "guild.remove" && told.d.reason, "kicked");
  });
});

Deno.test("a knock from another server is answered by an invitation, and a check that a stop cut short goes on", async (t) => {
  await using federation = await startServers(2);
  const [one, two] = federation.servers;
  assert.ok(one && two);
  const { owner, guildId } = await makeGuild(one, ["olga"]);
  const bea = await two.register("bea");

  await t.step("where nobody may knock the guild is not there", async () => {
    const { status } = await bea.try("POST", `/rooms/${guildId}/knock`, { server: "one.test" });
    assert.equal(status, 404);
  });

  await t.step("knock, yes, in", async () => {
    const guild = await owner.do("PATCH", `/guilds/${guildId}`, { knock: true });
    assert.equal(guild.knock, true);
    await bea.do("POST", `/rooms/${guildId}/knock`, { server: "one.test" });
    const { knocks } = await owner.do("GET", `/guilds/${guildId}/knocks`);
    assert.deepEqual(knocks.map((each: { user: { id: string } }) => each.user.id), [bea.id]);
    await owner.do("POST", "/invite", { room_id: guildId, user_id: bea.id });
    await soon(
      "bea to be asked",
      async () => (await bea.do("GET", "/invitations")).invitations.length === 1,
    );
    await bea.do("POST", `/invitations/${guildId}/accept`);
    await soon("olga to see her", async () => (await memberNames(owner, guildId)).length === 2);
    assert.deepEqual((await owner.do("GET", `/guilds/${guildId}/knocks`)).knocks, []);
  });

  await t.step(
    "a server that stops while it checks a guild begins again when it starts",
    async () => {
      const room = await one.parts.chat?.rooms.open(guildId as RoomId);
      assert.ok(room);
      for (let at = 0; at < 12; at++) {
        await room.changeControl(() => ({
          intents: Array.from({ length: 100 }, (_, n) => ({
            type: "m.guild.meta",
            sender: owner.id as UserId,
            stateKey: "",
            content: { name: `Name ${at} ${n}` },
          })),
        }));
      }
      const { code } = await owner.do("POST", "/invites", { guild_id: guildId });
      await bea.do("POST", `/guilds/${guildId}/leave`, {});
      await soon(
        "olga to see her leave",
        async () => (await memberNames(owner, guildId)).length === 1,
      );
      await bea.do("POST", "/join", { link: `${code}@one.test` });
      await federation.stop(1);
      const again = await federation.start(1);
      const bea2 = new Person({ url: again.url, call: again.call }, bea.id, bea.token);
      await soon("the check to end", async () => {
        const { status, body } = await bea2.try("GET", `/guilds/${guildId}`);
        return status === 200 && body.checking === null && body.name === "Name 11 99";
      });
      assert.deepEqual(await memberNames(bea2, guildId), [bea.id, owner.id]);
    },
  );
});
