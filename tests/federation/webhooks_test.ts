/** Incoming webhooks and personal access tokens, on two servers that share a guild. */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import type { Message } from "../../core/api/message.ts";
import type { FederatedServer } from "../harness/federated.ts";
import { PASSWORD, type Person } from "../harness/homeserver.ts";
import { ACROSS_MS, shareGuild } from "../harness/shared_guild.ts";
import { waitFor } from "../harness/wait_for.ts";

/** A test has no process that draws pictures: the purpose of a file is set behind its back. */
async function picture(server: FederatedServer, who: Person): Promise<string> {
  const response = await fetch(`${server.url}/client/v1/media/upload`, {
    method: "PUT",
    headers: { authorization: `Bearer ${who.token}` },
    body: new TextEncoder().encode(`picture ${crypto.randomUUID()}`),
  });
  const { uri } = await response.json();
  const id = uri.split("/").at(-1);
  await server.parts.database.sql`
    update media set purpose = 'avatar', type = 'image/png' where media_id = ${id}`;
  return uri;
}

async function send(url: string, init: RequestInit & { client?: Deno.HttpClient } = {}) {
  const response = await fetch(url, { method: "POST", ...init });
  const text = await response.text();
  const body = text.startsWith("{") ? JSON.parse(text) : text;
  return { status: response.status, headers: response.headers, body };
}

const json = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify(body),
});

Deno.test("webhooks write in one channel, marked as such, on both servers", async (t) => {
  await using shared = await shareGuild();
  const { one, two, owner, eve, bea, guildId, general } = shared;
  const hooks = `/guilds/${guildId}/webhooks`;
  const read = async (person: Person): Promise<Message[]> =>
    (await person.do("GET", `/rooms/${guildId}/messages?channel_id=${general}`)).messages;
  const there = (id: string, holds: (message: Message) => boolean = () => true) =>
    waitFor("the message on the other server", async () => {
      const message = (await read(bea)).find((each) => each.id === id);
      return message !== undefined && holds(message) ? message : undefined;
    }, ACROSS_MS);

  /** Each step has the whole of what a webhook may write at once. */
  const rested = () => one.parts.database.sql`delete from throttles where key like 'webhook%'`;
  const avatar = await picture(one, owner);
  const { webhook, url } = await owner.do("POST", hooks, {
    channel_id: general,
    name: "Build \u202ebot",
    avatar,
  });

  await t.step("it is no member that anybody counts, here or there", async () => {
    const people = [owner, eve, bea];
    const { code } = await owner.do("POST", "/invites", { guild_id: guildId });
    const counts = async (person: Person) => {
      const { member_count: members } = await person.do("GET", `/guilds/${guildId}`);
      const list = await person.do("GET", `/guilds/${guildId}/members`);
      const { servers } = await owner.do("GET", `/guilds/${guildId}/servers`);
      const ofServers = servers.map((each: { member_count: number }) => each.member_count);
      const hooks = list.members.filter((each: { webhook?: true }) => each.webhook).length;
      return { members, listed: list.total, hooks, ofServers };
    };
    const wanted = { members: people.length, listed: people.length, hooks: 1, ofServers: [2, 1] };
    assert.deepEqual(await counts(owner), wanted);
    await waitFor(
      "the other server to know the webhook",
      async () => (await counts(bea)).hooks === 1,
      ACROSS_MS,
    );
    assert.deepEqual(await counts(bea), wanted);
    const here = await owner.do("GET", `/invites/${code}`);
    const there = await bea.do("GET", `/links/look?link=${code}@one.test`);
    assert.deepEqual([here.guild.member_count, there.guild.member_count], [3, 3]);
    await owner.do("PUT", `/guilds/${guildId}/listing`, { listed: true });
    const { guilds } = await owner.do("GET", "/discover");
    assert.equal(guilds[0].guild.member_count, people.length);
    const { roles } = await owner.do("GET", `/guilds/${guildId}`);
    const everyone = roles.find((role: { id: string }) => role.id === "everyone");
    assert.equal(everyone.member_count, people.length);
  });

  await t.step("it is made by managers, listed without its secret", async () => {
    assert.equal(webhook.name, "Build bot");
    assert.match(url, /\/client\/v1\/webhooks\/[^/]+\/ogw_[A-Za-z0-9_-]{43}$/);
    assert.equal((await eve.try("GET", hooks)).status, 403);
    assert.equal((await eve.try("POST", hooks, { channel_id: general, name: "x" })).status, 403);
    const listed = await owner.do("GET", hooks);
    assert.deepEqual(listed, { webhooks: [webhook], elsewhere: [] });
    assert.ok(!JSON.stringify(listed).includes("ogw_"));
    const [{ dump }] = await one.parts.database.sql`
      select json_agg(w)::text as dump from webhooks w` as unknown as [{ dump: string }];
    assert.ok(!dump.includes(url.split("/").at(-1)?.slice(4) ?? "?"));
    for (const channel_id of ["nowhere", guildId]) {
      assert.equal((await owner.try("POST", hooks, { channel_id, name: "x" })).status, 404);
    }
    assert.equal(
      (await owner.try("POST", hooks, { channel_id: general, name: "\u200b" })).status,
      400,
    );
    assert.equal(
      (await owner.try("POST", hooks, { channel_id: general, name: "x", avatar: "http://x" }))
        .status,
      400,
    );
    assert.equal((await owner.do("GET", hooks)).webhooks.length, 1, "nothing is left of those");
  });

  await t.step(
    "its message shows name, picture and mark on both servers, and pings nobody",
    async () => {
      const shown = await picture(one, owner);
      const post = {
        content: `done @everyone <${bea.id}>`,
        display_name: "Olga",
        avatar: shown,
        nonce: "n1",
        wait: true,
      };
      const first = await send(url, json(post));
      assert.equal(first.status, 200, JSON.stringify(first.body));
      const again = await send(url, json(post));
      assert.equal(again.body.message_id, first.body.message_id);
      const seen = await there(first.body.message_id);
      for (const message of [seen, first.body.message as Message]) {
        assert.equal(message.webhook, true);
        assert.equal(message.author.id, webhook.user_id);
        assert.equal(message.author.display_name, "Olga");
        assert.equal(message.author.avatar, shown);
        assert.deepEqual(message.mentions, { users: [], roles: [], everyone: false });
      }
      const bytes = await fetch(
        `${two.url}/client/v1/media/${shown.slice("mxc://".length)}`,
        { headers: { authorization: `Bearer ${bea.token}` } },
      );
      assert.equal(bytes.status, 200);
      await bytes.body?.cancel();
      const named = await send(
        url,
        json({ content: `<${bea.id}> @everyone`, allowed_mentions: { users: [bea.id] } }),
      );
      const pinged = await there(named.body.message_id);
      assert.deepEqual(pinged.mentions, { users: [bea.id], roles: [], everyone: false });
      assert.equal(pinged.author.display_name, "Build bot");
      assert.equal(pinged.author.avatar, avatar);
    },
  );

  await t.step("people cannot show themselves as somebody else", async () => {
    const { body } = await owner.try("POST", `/rooms/${guildId}/send`, {
      channel_id: general,
      body: "me",
      display: { name: "Eve" },
    });
    const message = (await read(eve)).find(({ id }) => id === body.id);
    assert.equal(message?.author.id, owner.id);
    assert.equal(message?.webhook, undefined);
  });

  await t.step("it edits and deletes its own messages alone", async () => {
    await rested();
    const { body: { message_id: id } } = await send(url, json({ content: "frist" }));
    const at = (event: string) => `${url}/messages/${encodeURIComponent(event)}`;
    const edited = await send(at(id), { ...json({ content: "first" }), method: "PATCH" });
    assert.equal(edited.status, 200);
    await there(
      id,
      ({ body, edited_ts, author }) =>
        body === "first" && edited_ts !== null && author.display_name === "Build bot",
    );
    const foreign = (await owner.do("POST", `/rooms/${guildId}/send`, {
      channel_id: general,
      body: "mine",
    })).id;
    for (const other of [foreign, "$nothing", "x"]) {
      const refusedEdit = await send(at(other), { ...json({ content: "x" }), method: "PATCH" });
      assert.equal(refusedEdit.status, 404);
      assert.equal((await send(at(other), { method: "DELETE" })).status, 404);
    }
    assert.equal((await send(at(id), { method: "DELETE" })).status, 200);
    await waitFor("the deletion there", async () => {
      return (await read(bea)).every((message) => message.id !== id);
    }, ACROSS_MS);
    assert.equal((await send(at(id), { method: "DELETE" })).status, 404);
  });

  await t.step(
    "Slack's and GitHub's shapes, as JSON and as forms, signed where asked",
    async () => {
      await rested();
      const slack = await send(`${url}/slack`, {
        body: new URLSearchParams({ payload: JSON.stringify({ text: "*up*", username: "Mon" }) }),
      });
      assert.deepEqual([slack.status, slack.body], [200, "ok"]);
      const up = await there(slack.headers.get("x-message-id") ?? "");
      assert.deepEqual([up.body, up.author.display_name], ["**up**", "Mon"]);
      const star = {
        action: "created",
        sender: { login: "octo" },
        repository: { full_name: "a/b" },
      };
      const github = (headers: Record<string, string>, body: unknown = star) =>
        send(`${url}/github`, json(body, headers));
      const told = await github({ "x-github-event": "star", "x-github-delivery": "d-1" });
      assert.equal(told.status, 200);
      assert.equal((await there(told.body.message_id)).body, "**octo** starred a/b");
      const twice = await github({ "x-github-event": "star", "x-github-delivery": "d-1" });
      assert.equal(twice.body.message_id, told.body.message_id);
      assert.equal((await github({ "x-github-event": "watch" })).status, 204);
      assert.equal((await github({})).status, 400);
      const path = `${hooks}/${webhook.id}`;
      assert.equal(
        (await owner.do("PATCH", path, { signature_secret: "correct horse" })).signed,
        true,
      );
      assert.equal((await github({ "x-github-event": "star" })).status, 403);
      const sign = (secret: string) =>
        `sha256=${createHmac("sha256", secret).update(JSON.stringify(star)).digest("hex")}`;
      const signed = (secret: string) =>
        github({ "x-github-event": "star", "x-hub-signature-256": sign(secret) });
      assert.equal((await signed("other horse")).status, 403);
      assert.equal((await signed("correct horse")).status, 200);
      await owner.do("PATCH", path, { signature_secret: null });
    },
  );

  await t.step("what is no message is refused in words and changes nothing", async () => {
    await rested();
    const before = (await read(owner)).length;
    const bad: readonly (readonly [number, string, RequestInit])[] = [
      [400, "", json({ content: "" })],
      [400, "", json({ content: "   " })],
      [400, "", json({ content: "x".repeat(4001) })],
      [400, "", json({ content: "x", avatar: "mxc://two.test/AAAAAAAAAAAAAAAAAAAAAA" })],
      [400, "", json({ content: "x", display_name: "\u200b" })],
      [400, "", json([])],
      [400, "", { body: "{", headers: { "content-type": "application/json" } }],
      [415, "", { body: "content=x", headers: { "content-type": "text/plain" } }],
      [413, "", json({ content: "x", more: "y".repeat(70_000) })],
      [400, "/slack", json({})],
      [400, "/slack", json({ text: 5 })],
      [400, "/slack", { body: new URLSearchParams({ text: "x" }) }],
      [413, "/slack", json({ text: "y".repeat(70_000) })],
      [400, "/github", json({ ref: 1 }, { "x-github-event": "push" })],
      [400, "/github", { body: "\xff", headers: { "x-github-event": "push" } }],
      [413, "/github", json({ x: "y".repeat(1_100_000) }, { "x-github-event": "push" })],
    ];
    for (const [status, way, init] of bad) {
      // A connection of its own: bodies beyond the bound are not read to their end.
      using client = Deno.createHttpClient({});
      const answer = await send(url + way, { ...init, client });
      assert.equal(answer.status, status, `${way} ${String(init.body).slice(0, 60)}`);
      assert.ok(answer.body.error.message.length > 10);
    }
    assert.equal((await read(owner)).length, before);
  });

  await t.step("a wrong address says nothing of what is wrong with it", async () => {
    const [base, secret] = [url.slice(0, url.lastIndexOf("/")), url.split("/").at(-1) ?? ""];
    const answers = await Promise.all([
      `${base}/${secret.slice(0, -1)}${secret.endsWith("A") ? "B" : "A"}`,
      `${base}/x`,
      `${base.slice(0, base.lastIndexOf("/"))}/nobody/${secret}`,
    ].map((wrong) => send(wrong, json({ content: "x" }))));
    for (const { status, body } of answers) {
      assert.equal(status, 404);
      assert.equal(body.error.message, answers[0]?.body.error.message);
    }
  });

  await t.step("managers rename, renew and move it; the log tells who did", async () => {
    await rested();
    const path = `${hooks}/${webhook.id}`;
    await owner.do("PATCH", path, { name: "Robot", avatar: null });
    const renewed = await owner.do("POST", `${path}/renew`);
    assert.equal((await send(url, json({ content: "x" }))).status, 404);
    const other = await owner.do("POST", "/channels", {
      guild_id: guildId,
      kind: "text",
      name: "builds",
    });
    const strange = {
      channel_id: other.id,
      name: "No",
      avatar: "mxc://one.test/AAAAAAAAAAAAAAAAAAAAAA",
    };
    const before = (await owner.do("GET", hooks)).webhooks;
    assert.equal((await owner.try("PATCH", path, strange)).status, 400);
    assert.deepEqual((await owner.do("GET", hooks)).webhooks, before, "it stays as it was");
    const moved = await owner.do("PATCH", path, { channel_id: other.id });
    assert.deepEqual([moved.channel_id, moved.state, moved.name], [other.id, "live", "Robot"]);
    const said = await send(renewed.url, json({ content: "moved", wait: true }));
    assert.equal(said.body.channel_id, other.id);
    assert.equal(said.body.message.author.display_name, "Robot");
    const { entries } = await owner.do("GET", `/guilds/${guildId}/audit?limit=50`);
    const acts = entries.filter(({ target }: { target: string }) => target === webhook.user_id);
    assert.deepEqual(
      acts.map(({ action }: { action: string }) => action).sort(),
      ["create", "create", "delete", "renew", "update", "update"].map((act) => `webhook.${act}`)
        .concat("webhook.update").sort(),
    );
    await owner.do("DELETE", `/rooms/${guildId}/channels/${other.id}`);
    const gone = await send(renewed.url, json({ content: "x" }));
    assert.equal(gone.status, 410);
    assert.match(gone.body.error.message, /its channel was deleted/);
    assert.equal((await owner.do("GET", hooks)).webhooks[0].state, "channel_gone");
    await owner.do("DELETE", path);
    assert.equal((await send(renewed.url, json({ content: "x" }))).status, 404);
    const kept = (await read(bea)).find((message) => message.webhook === true);
    assert.ok(kept, "what it wrote is still marked on the other server");
  });

  await t.step("a manager who does not see the channel does not see its webhook", async () => {
    await rested();
    const role = await owner.do("POST", "/roles", {
      guild_id: guildId,
      name: "Hooks",
      bits: (1n << 16n).toString(16),
    });
    await owner.do("PATCH", `/guilds/${guildId}/members/${encodeURIComponent(eve.id)}`, {
      roles: [role.id],
    });
    const hidden = await owner.do("POST", "/channels", {
      guild_id: guildId,
      kind: "text",
      name: "hidden",
    });
    await owner.do("PATCH", `/rooms/${guildId}/channels/${hidden.id}`, {
      entries: [{ target: "everyone", allow: "0", deny: "1" }],
    });
    const { webhook: secret } = await owner.do("POST", hooks, { channel_id: hidden.id, name: "S" });
    assert.deepEqual((await eve.do("GET", hooks)).webhooks, []);
    const path = `${hooks}/${secret.id}`;
    const answers = await Promise.all([
      eve.try("PATCH", path, { name: "x" }),
      eve.try("POST", `${path}/renew`),
      eve.try("DELETE", path),
    ]);
    assert.deepEqual(answers.map(({ status }) => status), [404, 404, 404]);
    await owner.do("DELETE", `/rooms/${guildId}/channels/${hidden.id}`);
    await eve.do("DELETE", path);
    assert.deepEqual((await owner.do("GET", hooks)).webhooks, []);
  });

  await t.step(
    "one that is sent away says so, and keeps its mark; a flood is told to wait",
    async () => {
      await rested();
      const made = await owner.do("POST", hooks, { channel_id: general, name: "Kicked" });
      const statuses = await Promise.all(
        Array.from({ length: 40 }, () => send(made.url, json({ content: "again" }))),
      );
      const slowed = statuses.find(({ status }) => status === 429);
      assert.ok(slowed && Number(slowed.headers.get("retry-after")) >= 1);
      await rested();
      await owner.do(
        "DELETE",
        `/guilds/${guildId}/members/${encodeURIComponent(made.webhook.user_id)}`,
      );
      assert.equal((await owner.do("GET", hooks)).webhooks[0].state, "removed");
      const last = (await read(owner)).at(-1);
      assert.deepEqual([last?.webhook, last?.author.display_name], [true, "Kicked"]);
    },
  );

  await t.step(
    "a webhook of the other server is listed there, and leaves with its people",
    async () => {
      const roles = await owner.do("GET", `/guilds/${guildId}`);
      const role = await owner.do("POST", "/roles", {
        guild_id: guildId,
        name: "Plumber",
        bits: (1n << 16n).toString(16),
      });
      assert.ok(roles.roles.length > 0);
      await owner.do("PATCH", `/guilds/${guildId}/members/${encodeURIComponent(bea.id)}`, {
        roles: [role.id],
      });
      await waitFor(
        "the right there",
        async () => (await bea.try("GET", hooks)).status === 200,
        ACROSS_MS,
      );
      const { url: away, webhook: beas } = await bea.do("POST", hooks, {
        channel_id: general,
        name: "Afar",
      });
      const said = await send(away, json({ content: "from two" }));
      await waitFor(
        "the message here",
        async () =>
          (await read(owner)).some(({ id, webhook: mark }) => id === said.body.message_id && mark),
        ACROSS_MS,
      );
      const listed = await owner.do("GET", hooks);
      assert.deepEqual(
        listed.elsewhere.map(({ user, server }: { user: { id: string }; server: string }) => [
          user.id,
          server,
        ]),
        [[beas.user_id, "two.test"]],
      );
      await bea.do("POST", `/guilds/${guildId}/leave`);
      const gone = await send(away, json({ content: "x" }));
      assert.equal(gone.status, 410);
      await waitFor("it is gone here", async () => {
        return (await owner.do("GET", hooks)).elsewhere.length === 0;
      }, ACROSS_MS);
    },
  );

  await t.step("private channels take none, in words", async () => {
    const room = await owner.do("POST", "/channels", {
      guild_id: guildId,
      kind: "text",
      name: "secret",
      private: true,
    });
    const answer = await owner.try("POST", `/guilds/${encodeURIComponent(room.room_id)}/webhooks`, {
      channel_id: room.id,
      name: "x",
    });
    assert.deepEqual([answer.status, answer.body.error.code], [409, "encrypted_room"]);
  });

  await t.step("a token acts within its scopes, over HTTP and the gateway", async () => {
    assert.equal(
      (await eve.try("POST", "/account/tokens", { name: "x", scopes: ["read"], expires_ts: null }))
        .status,
      200,
      "signing in counts as confirmed for ten minutes",
    );
    await owner.do("POST", "/account/confirm", { password: PASSWORD });
    const { token, details } = await owner.do("POST", "/account/tokens", {
      name: "Reader",
      scopes: ["read"],
      expires_ts: null,
    });
    const reader = new (owner.constructor as new (...args: unknown[]) => Person)(
      owner.api,
      owner.id,
      token,
    );
    assert.equal((await reader.try("GET", `/guilds/${guildId}`)).status, 200);
    const refusedSend = await reader.try("POST", `/rooms/${guildId}/send`, {
      channel_id: general,
      body: "x",
    });
    assert.deepEqual(
      [refusedSend.status, refusedSend.body.error.details.scope],
      [403, "write:messages"],
    );
    assert.equal((await reader.try("POST", "/account/tokens", {})).status, 403);
    assert.equal((await reader.try("GET", "/admin/users")).status, 403);
    using listening = await reader.connect();
    const { id } = await owner.do("POST", `/rooms/${guildId}/send`, {
      channel_id: general,
      body: "live",
    });
    await waitFor("the live connection", () =>
      Promise.resolve(
        (listening.dispatches("message.create") as Message[]).some((message) => message.id === id),
      ), ACROSS_MS);
    await owner.do("DELETE", `/account/tokens/${details.id}`);
    assert.equal((await reader.try("GET", `/guilds/${guildId}`)).status, 401);
  });
});
