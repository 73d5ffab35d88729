import assert from "node:assert/strict";
import { DISPATCH } from "../../core/api/gateway.ts";
import { DISPATCH_SCOPE } from "../../core/api/gateway_scopes.ts";
import type { TokenScope } from "../../core/api/scopes.ts";
import { makeGuild, PASSWORD, Person, startHomeserver } from "../harness/homeserver.ts";

Deno.test("the live connection tells a token what its scopes open, by every door", async (t) => {
  await using server = await startHomeserver();
  const { owner, members: [bob, eve], guildId, general } = await makeGuild(server, [
    "ann",
    "bob",
    "eve",
  ]);
  assert.ok(bob !== undefined && eve !== undefined);
  await bob.do("POST", "/relationships", { user_id: owner.id });
  await owner.do("POST", `/relationships/${bob.id}/accept`, {});
  await owner.do("POST", "/account/confirm", { password: PASSWORD });
  const withToken = async (scopes: TokenScope[]) => {
    const body = { name: scopes.join(), scopes, expires_ts: null };
    return new Person(server, owner.id, (await owner.do("POST", "/account/tokens", body)).token);
  };
  const reader = await withToken(["read"]);
  const accountReader = await withToken(["read", "account:read"]);
  using friend = await bob.connect();
  using live = await reader.connect();
  using accountLive = await accountReader.connect();
  using session = await owner.connect();
  const ready = async (listening: typeof live) => {
    const frame = await listening.until(({ op }) => op === "ready");
    assert.equal(frame.op, "ready");
    return frame.op === "ready" ? frame.d : undefined;
  };

  await t.step("the snapshot", async () => {
    const whole = await ready(session);
    assert.equal(whole?.relationships.length, 1);
    assert.equal(whole?.presences[bob.id], "online");
    assert.deepEqual((await ready(accountLive))?.relationships, whole?.relationships);
    const { snapshot } = await reader.do("GET", "/sync");
    for (const shown of [await ready(live), snapshot]) {
      assert.equal(shown.guilds.length, 1);
      assert.deepEqual(shown.relationships, []);
      assert.deepEqual(shown.invitations, []);
      assert.deepEqual(shown.presences, {});
    }
    assert.equal((await reader.try("GET", "/relationships")).status, 403);
  });

  await t.step("what a token may not, and one that was revoked, are refused with why", async () => {
    const refused = await reader.try("POST", "/relationships", { user_id: eve.id });
    assert.equal(refused.status, 403);
    assert.match(refused.body.error.message, /does not have the scope "account:write"/);
    const body = { name: "short", scopes: ["read"], expires_ts: null };
    const made = await owner.do("POST", "/account/tokens", body);
    const short = new Person(server, owner.id, made.token);
    await short.do("GET", "/guilds");
    await owner.do("DELETE", `/account/tokens/${made.details.id}`);
    const revoked = await short.try("GET", "/guilds");
    assert.equal(revoked.status, 401);
    assert.match(revoked.body.error.message, /was revoked/);
  });

  const since = live.position;
  await t.step("what happens then, live and missed", async () => {
    await owner.do("PUT", `/blocks/${eve.id}`, {});
    await accountLive.until((one) => one.op === "dispatch" && one.t === "relationship.update");
    await session.until((one) => one.op === "dispatch" && one.t === "relationship.update");
    await bob.do("POST", `/rooms/${guildId}/send`, { channel_id: general, body: "later" });
    await live.until((one) => one.op === "dispatch" && one.t === "message.create");
    assert.deepEqual(live.dispatches("relationship.update"), []);
    using resumed = await reader.connect(since);
    assert.deepEqual(resumed.dispatches("message.create").map(({ body }) => body), ["later"]);
    assert.deepEqual(resumed.dispatches("relationship.update"), []);
    using whole = await owner.connect(since);
    assert.ok(whole.dispatches("relationship.update").length > 0);
    const names = async (person: Person) =>
      (await person.do("GET", `/sync?since=${encodeURIComponent(since)}`)).dispatches
        .map(({ t }: { t: string }) => t);
    assert.ok(!(await names(reader)).includes("relationship.update"));
    assert.ok((await names(accountReader)).includes("relationship.update"));
  });
  assert.ok(friend.position !== "");
});

Deno.test("what scopes are asked for is named after dispatches that there are", () => {
  for (const name of Object.keys(DISPATCH_SCOPE)) assert.ok(name in DISPATCH, name);
});
