/** Copies of messages: what they say of the original, whom they ping, and what becomes of their files. */
import assert from "node:assert/strict";
import { makeGuild, type Person, startHomeserver } from "../harness/homeserver.ts";
import { bitsOf, formatBits } from "../../core/permissions/bits.ts";
import { upload } from "../e2e/scene.ts";

const VIEW = formatBits(bitsOf("VIEW_CHANNEL"));

Deno.test("a forwarded message names its original to those alone who may see it, and pings nobody", async (t) => {
  await using server = await startHomeserver();
  const { owner: ann, members: [bob], guildId, general } = await makeGuild(server, ["ann", "bob"]);
  assert.ok(bob);
  const room = `/rooms/${encodeURIComponent(guildId)}`;
  const makeChannel = async (name: string, entries: readonly unknown[] = []) =>
    (await ann.do("POST", "/channels", { guild_id: guildId, kind: "text", name, entries })).id;
  const [open, hidden] = [
    await makeChannel("open"),
    await makeChannel("hidden", [{ target: "everyone", allow: "0", deny: VIEW }]),
  ];
  const send = (who: Person, channel_id: string, more: Record<string, unknown>) =>
    who.do("POST", `${room}/send`, { channel_id, ...more });
  const seenBy = (who: Person, id: string) =>
    who.do("GET", `${room}/messages/${encodeURIComponent(id)}`);

  await t.step("out of an open channel its readers are told where from", async () => {
    const { id } = await send(ann, open, { body: "said openly" });
    const copy = await send(ann, general, { body: "said openly", forwarded: { event_id: id } });
    assert.deepEqual(copy.forwarded, { channel_id: open, event_id: id });
    assert.deepEqual((await seenBy(bob, copy.id)).forwarded, { channel_id: open, event_id: id });
    assert.equal((await seenBy(bob, id)).forwarded, undefined, "the original is no copy");
  });

  await t.step("out of a hidden channel nobody is, and into it everybody", async () => {
    const { id } = await send(ann, hidden, { body: "said apart" });
    const copy = await send(ann, general, { body: "said apart", forwarded: { event_id: id } });
    assert.deepEqual(copy.forwarded, {});
    assert.ok(!JSON.stringify(await seenBy(bob, copy.id)).includes(id));
    const { id: plain } = await send(ann, general, { body: "for all" });
    const inner = await send(ann, hidden, { body: "for all", forwarded: { event_id: plain } });
    assert.deepEqual(inner.forwarded, { channel_id: general, event_id: plain });
    // Who does not see the original cannot find out that it is there.
    const guessed = await send(bob, general, { body: "guess", forwarded: { event_id: id } });
    assert.deepEqual(guessed.forwarded, {});
  });

  await t.step("an original that is gone, in another room or nonsense is not named", async () => {
    const { id } = await send(ann, open, { body: "soon gone" });
    await ann.do("POST", "/redact", { room_id: guildId, channel_id: open, event_ids: [id] });
    const dm = await ann.do("POST", "/dms", { user_id: bob.id });
    await bob.do("POST", `/rooms/${encodeURIComponent(dm.room_id)}/join`, {});
    const apart = await ann.do("POST", `/rooms/${encodeURIComponent(dm.room_id)}/send`, {
      body: "between us",
    });
    for (const event_id of [id, apart.id, "nonsense", undefined]) {
      const copy = await send(ann, general, { body: "what it said", forwarded: { event_id } });
      assert.deepEqual(copy.forwarded, {});
    }
  });

  await t.step("whoever it names is not pinged, whatever the sender allows", async () => {
    const body = `<${bob.id}> and @everyone`;
    const plain = await send(ann, general, { body });
    assert.equal((await seenBy(bob, plain.id)).mentions_me, true, "as an own message it does");
    const copy = await send(ann, general, {
      body,
      forwarded: {},
      allowed_mentions: { users: [bob.id], everyone: true },
    });
    const seen = await seenBy(bob, copy.id);
    assert.equal(seen.mentions_me, false);
    assert.deepEqual(seen.mentions, { users: [], roles: [], everyone: false });
  });

  await t.step("its words stay what they are", async () => {
    const { id } = await send(ann, general, { body: "periwinkle", forwarded: {} });
    const edit = await ann.try("PATCH", `${room}/messages/${encodeURIComponent(id)}`, {
      body: "other words",
    });
    assert.equal(edit.status, 400);
    assert.match(edit.body.error.message, /forwarded message cannot be edited/);
    assert.equal((await seenBy(bob, id)).body, "periwinkle");
  });

  await t.step("a file of somebody else is no file of the copy; an own one lives on", async () => {
    const uri = await upload(bob, "notes.txt", new TextEncoder().encode("a line\n"));
    const { id } = await send(bob, general, { media: [{ uri, alt: "Notes" }] });
    const foreign = await ann.try("POST", `${room}/send`, {
      channel_id: open,
      media: [{ uri }],
      forwarded: { event_id: id },
    });
    assert.equal(foreign.status, 400);
    const copy = await send(bob, open, {
      media: [{ uri, alt: "Notes" }],
      forwarded: { event_id: id },
    });
    await bob.do("POST", "/redact", { room_id: guildId, channel_id: general, event_ids: [id] });
    const [file] = (await seenBy(ann, copy.id)).media;
    assert.deepEqual([file.uri, file.alt], [uri, "Notes"]);
    const there = async () => {
      const response = await fetch(
        `${server.url}/client/v1/media/${uri.slice("mxc://".length)}`,
        { headers: { authorization: `Bearer ${ann.token}` } },
      );
      await response.body?.cancel();
      return response.status;
    };
    assert.equal(await there(), 200, "the copy uses it still");
    await bob.do("POST", "/redact", {
      room_id: guildId,
      channel_id: open,
      event_ids: [copy.id],
    });
    assert.equal(await there(), 404, "its last use is gone");
  });
});
