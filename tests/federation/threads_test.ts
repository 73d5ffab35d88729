/** Threads under messages, on two servers that share a guild. */
import assert from "node:assert/strict";
import type { Message } from "../../core/api/message.ts";
import type { Thread } from "../../core/api/thread.ts";
import { bitsOf, formatBits } from "../../core/permissions/bits.ts";
import type { Person } from "../harness/homeserver.ts";
import { ACROSS_MS, shareGuild } from "../harness/shared_guild.ts";
import { waitFor } from "../harness/wait_for.ts";

const VIEW = formatBits(bitsOf("VIEW_CHANNEL"));

Deno.test("a thread under a message is the same on two servers", async (t) => {
  await using shared = await shareGuild();
  const { owner, eve, bea, guildId, general } = shared;
  const rooms = `/rooms/${guildId}`;
  const say = (person: Person, body: string, part: object = {}): Promise<Message> =>
    person.do("POST", `${rooms}/send`, { channel_id: general, body, ...part });
  const page = async (person: Person, query = ""): Promise<string[]> => {
    const { messages } = await person.do(
      "GET",
      `${rooms}/messages?channel_id=${general}${query}`,
    );
    return messages.map(({ body }: Message) => body);
  };
  const threadOf = async (person: Person, id: string): Promise<Thread> =>
    (await person.do("GET", `${rooms}/threads/${encodeURIComponent(id)}`)).thread;
  const agreed = (what: string, id: string, holds: (thread: Thread) => boolean) =>
    waitFor(what, async () => holds(await threadOf(bea, id)), ACROSS_MS);

  const root = await say(owner, "Where shall we meet on Friday?");
  const path = `${rooms}/threads/${encodeURIComponent(root.id)}`;
  await waitFor("the root", async () => (await page(bea)).includes(root.body), ACROSS_MS);

  await t.step("what is said in it stands in its own timeline on both servers", async () => {
    using hears = await owner.connect();
    const first = await say(bea, "At the harbor.", { thread_id: root.id });
    assert.equal(first.thread_id, root.id);
    await waitFor("the reply", async () => (await threadOf(owner, root.id)).count === 1, ACROSS_MS);
    await say(owner, "Or at mine?", { thread_id: root.id, reply_to: first.id });
    await agreed("both replies", root.id, (thread) => thread.count === 2);
    for (const person of [owner, bea]) {
      assert.deepEqual(await page(person), [root.body], "none of it in the channel");
      assert.deepEqual(await page(person, `&thread_id=${encodeURIComponent(root.id)}`), [
        "At the harbor.",
        "Or at mine?",
      ]);
      const [shown] = (await person.do("GET", `${rooms}/messages?channel_id=${general}`)).messages;
      assert.equal(shown.thread.count, 2);
      assert.equal(shown.thread.name, "Where shall we meet on Friday?");
      assert.deepEqual(
        shown.thread.people.map(({ id }: { id: string }) => id),
        [owner.id, bea.id],
      );
    }
    const told = await waitFor(
      "the news of it",
      () => (hears.dispatches("thread.update") as Thread[])[0],
    );
    assert.equal(told.count, 1);
    const found = await bea.do(
      "GET",
      `${rooms}/messages?channel_id=${general}&around=${encodeURIComponent(first.id)}`,
    );
    assert.equal(found.thread_id, root.id, "a permalink finds its thread");
  });

  await t.step("who wrote in it or is mentioned follows it, with counts of its own", async () => {
    const view = async (person: Person) => await person.do("GET", path);
    assert.equal((await view(bea)).following, true);
    assert.equal((await view(owner)).following, true, "who wrote its root");
    assert.equal((await view(eve)).following, false);
    const before = await bea.do("GET", `${rooms}/read?channel_id=${general}`);
    const call = await say(owner, `<${bea.id}> <${eve.id}> come too`, { thread_id: root.id });
    const waiting = await waitFor("an answer and a mention", async () => {
      const { read } = await view(bea);
      return read.mentions === 2 ? read : undefined;
    }, ACROSS_MS);
    assert.deepEqual([waiting.unread, waiting.thread_id], [2, root.id]);
    const after = await bea.do("GET", `${rooms}/read?channel_id=${general}`);
    assert.deepEqual([after.unread, after.mentions], [before.unread, before.mentions]);
    assert.deepEqual((await view(eve)).read.mentions, 1);
    using other = await bea.connect();
    const ready = other.frames.find((frame) => frame.op === "ready");
    assert.ok(ready?.op === "ready");
    assert.deepEqual(ready.d.threads.map((own) => [own.thread.id, own.following]), [
      [root.id, true],
    ]);
    const marked = await bea.do("POST", `${rooms}/read`, {
      channel_id: general,
      thread_id: root.id,
      event_id: call.id,
    });
    assert.deepEqual([marked.unread, marked.mentions], [0, 0]);
    await other.until((frame) =>
      frame.op === "dispatch" && frame.t === "read.update" && frame.d.thread_id === root.id
    );
    await eve.do("PUT", `${path}/follow`, { on: false });
    await say(bea, "I will.", { thread_id: root.id });
    await waitFor("it", async () => (await threadOf(eve, root.id)).count === 4, ACROSS_MS);
    assert.deepEqual((await view(eve)).read.unread, 0, "no longer followed");
  });

  await t.step("its starter names it, moderators lock it, and servers agree", async () => {
    const refused = await bea.try("PATCH", path, { title: "Mine now" });
    assert.equal(refused.status, 403);
    await owner.do("PATCH", path, { title: "Friday", locked: true });
    await agreed("the lock", root.id, ({ title, locked }) => title === "Friday" && locked);
    const late = await bea.try("POST", `${rooms}/send`, {
      channel_id: general,
      thread_id: root.id,
      body: "one more",
    });
    assert.equal(late.status, 403);
    await owner.do("PATCH", path, { locked: false, archived: true });
    await agreed("it put away", root.id, ({ archived, locked }) => archived && !locked);
    const listed = async (person: Person, query: string): Promise<string[]> => {
      const { threads } = await person.do(
        "GET",
        `${rooms}/threads?channel_id=${general}&${query}`,
      );
      return threads.map(({ name }: Thread) => name);
    };
    assert.deepEqual(await listed(bea, "archived=yes&name=FRI"), ["Friday"]);
    assert.deepEqual(await listed(bea, "archived=yes&name=monday"), []);
    assert.deepEqual(await listed(bea, "archived=no"), []);
    await say(bea, "It goes on.", { thread_id: root.id });
    await waitFor(
      "it to be back",
      async () => !(await threadOf(owner, root.id)).archived,
      ACROSS_MS,
    );
    assert.deepEqual(await listed(owner, "archived=no"), ["Friday"]);
  });

  await t.step("a starter cannot undo what moderators closed", async () => {
    const own = await say(bea, "mine");
    const ownPath = `${rooms}/threads/${encodeURIComponent(own.id)}`;
    await waitFor("it", async () => (await page(owner)).includes("mine"), ACROSS_MS);
    await say(owner, "in it", { thread_id: own.id });
    await agreed("it", own.id, ({ count }) => count === 1);
    await bea.do("PATCH", ownPath, { title: "Bea's" });
    await waitFor(
      "the name",
      async () => (await threadOf(owner, own.id)).title === "Bea's",
      ACROSS_MS,
    );
    await owner.do("PATCH", ownPath, { locked: true });
    await agreed("the lock", own.id, ({ locked }) => locked);
    assert.equal((await bea.try("PATCH", ownPath, { archived: true })).status, 403);
    assert.equal((await bea.try("PATCH", ownPath, { locked: false })).status, 403);
  });

  await t.step("a deleted root leaves its thread, a hidden channel hides it", async () => {
    await owner.do("POST", "/redact", {
      room_id: guildId,
      channel_id: general,
      event_ids: [root.id],
    });
    await waitFor("it gone", async () => !(await page(bea)).includes(root.body), ACROSS_MS);
    const view = await bea.do("GET", path);
    assert.equal(view.root.redacted.by, owner.id);
    assert.equal(view.thread.name, "Friday", "a title is its own");
    const inside = await page(bea, `&thread_id=${encodeURIComponent(root.id)}`);
    assert.equal(inside.length, 5);
    const found = await waitFor("the search to know it", async () => {
      const { messages } = await owner.do("GET", `${rooms}/search?q=harbor`);
      return messages[0] as Message | undefined;
    }, ACROSS_MS);
    assert.equal(found.thread_id, root.id);
    await say(owner, "still here", { thread_id: root.id });
    await agreed("the sixth", root.id, ({ count }) => count === 6);
    const { id: hidden } = await owner.do("POST", "/channels", {
      guild_id: guildId,
      kind: "text",
      name: "hidden",
      entries: [{ target: "everyone", allow: "0", deny: VIEW }],
    });
    const secret = await say(owner, "hush", { channel_id: hidden });
    await say(owner, "quietly", { channel_id: hidden, thread_id: secret.id });
    const hush = `${rooms}/threads/${encodeURIComponent(secret.id)}`;
    assert.equal((await owner.do("GET", hush)).thread.count, 1);
    assert.equal((await eve.try("GET", hush)).status, 404);
    assert.equal((await eve.try("GET", `${rooms}/threads?channel_id=${hidden}`)).status, 404);
    const elsewhere = await owner.try("POST", `${rooms}/send`, {
      channel_id: general,
      thread_id: secret.id,
      body: "a bridge",
    });
    assert.equal(elsewhere.status, 404);
  });
});
