/** Polls in a guild on two servers: both count the same votes, also after one was away. */
import assert from "node:assert/strict";
import type { Message } from "../../core/api/message.ts";
import type { DispatchData } from "../../core/api/gateway.ts";
import { Person } from "../harness/homeserver.ts";
import { ACROSS_MS, shareGuild } from "../harness/shared_guild.ts";
import { waitFor } from "../harness/wait_for.ts";

Deno.test("a poll is asked, voted in and ended on two servers", async (t) => {
  await using shared = await shareGuild();
  const { federation, owner, eve, guildId, general } = shared;
  let { bea } = shared;
  const rooms = `/rooms/${guildId}`;
  const ask = (person: Person, poll: object): Promise<Message> =>
    person.do("POST", `${rooms}/polls`, { channel_id: general, ...poll });
  const path = (id: string) => `${rooms}/polls/${encodeURIComponent(id)}`;
  const vote = (person: Person, id: string, choices: number[]): Promise<Message> =>
    person.do("PUT", `${path(id)}/vote`, { choices });
  const page = async (person: Person): Promise<Message[]> =>
    (await person.do("GET", `${rooms}/messages?channel_id=${general}`)).messages;
  const pollOf = async (person: Person, id: string) =>
    (await page(person)).find((message) => message.id === id)?.poll;
  /** Waits until both servers count so; what one's own server answers is no proof of the other. */
  const agreed = async (id: string, votes: number[], voters: number) => {
    for (const person of [owner, bea]) {
      await waitFor(`${votes} for ${person.id}`, async () => {
        const poll = await pollOf(person, id);
        return poll?.voters === voters &&
          JSON.stringify(poll.options.map((option) => option.votes)) === JSON.stringify(votes);
      }, ACROSS_MS);
    }
  };
  const lunch = await ask(owner, {
    question: "  Where do we have lunch? ",
    options: ["Harbor", "Zeppelin canteen"],
    nonce: "lunch",
    open_s: 3600,
  });

  await t.step("it stands in the timeline as what was asked, once", async () => {
    const again = await ask(owner, { question: "?", options: ["a", "b"], nonce: "lunch" });
    assert.equal(again.id, lunch.id);
    assert.deepEqual([lunch.kind, lunch.body], ["poll", "Where do we have lunch?"]);
    assert.ok((lunch.poll?.ends_ts ?? 0) > lunch.origin_ts);
    await agreed(lunch.id, [0, 0], 0);
    const read = await bea.do("GET", `${rooms}/read?channel_id=${general}`);
    assert.equal(read.unread, 1, "it counts as unread");
    const reply = await bea.do("POST", `${rooms}/send`, {
      channel_id: general,
      body: "hungry",
      reply_to: lunch.id,
    });
    assert.equal(reply.reply_to.excerpt, "Where do we have lunch?");
    const found = await waitFor("the search to know its options", async () => {
      const { messages } = await owner.do("GET", `${rooms}/search?q=zeppelin`);
      return messages[0] as Message | undefined;
    }, ACROSS_MS);
    assert.equal(found.id, lunch.id);
    const { messages } = await owner.do(
      "GET",
      `${rooms}/search?q=${encodeURIComponent("has:poll")}`,
    );
    assert.deepEqual(messages.map(({ id }: Message) => id), [lunch.id]);
  });

  await t.step("votes of both servers count, the last one of each, and are told live", async () => {
    using hears = await eve.connect();
    await vote(owner, lunch.id, [0]);
    const own = await vote(bea, lunch.id, [1]);
    assert.deepEqual(own.poll?.chosen, [1]);
    await agreed(lunch.id, [1, 1], 2);
    await vote(bea, lunch.id, [0]);
    await vote(bea, lunch.id, [0]);
    await agreed(lunch.id, [2, 0], 2);
    assert.deepEqual((await pollOf(bea, lunch.id))?.chosen, [0]);
    assert.deepEqual((await pollOf(eve, lunch.id))?.chosen, []);
    await hears.until((frame) =>
      frame.op === "dispatch" && frame.t === "message.poll" && frame.d.votes[0] === 2
    );
    const last = hears.dispatches("message.poll").at(-1) as DispatchData<"message.poll">;
    assert.deepEqual([last.message_id, last.voters, last.ended_ts], [lunch.id, 2, null]);
    assert.deepEqual(last.ballots, [{ user_id: bea.id, choices: [0] }]);
    await vote(owner, lunch.id, []);
    await agreed(lunch.id, [1, 0], 1);
    const { users } = await eve.do("GET", `${path(lunch.id)}/voters?option=0`);
    assert.deepEqual(users.map(({ id }: { id: string }) => id), [bea.id]);
  });

  await t.step(
    "what cannot be asked or chosen is refused in words and changes nothing",
    async () => {
      const before = (await page(owner)).length;
      const refused = async (
        work: Promise<{ status: number; body: { error: { message: string } } }>,
      ) => {
        const { status, body } = await work;
        return [status, body.error.message] as const;
      };
      const asked = (poll: object) =>
        refused(owner.try("POST", `${rooms}/polls`, { channel_id: general, ...poll }));
      const two = { options: ["a", "b"] };
      assert.match((await asked({ question: " ", ...two }))[1], /needs a question/);
      assert.match((await asked({ question: "?", options: ["a", " a"] }))[1], /twice/);
      assert.match((await asked({ question: "?", options: ["a", ""] }))[1], /Option 2 is empty/);
      assert.equal((await asked({ question: "?", options: ["a"] }))[0], 400);
      assert.equal((await asked({ question: "?", ...two, open_s: 60 }))[0], 400);
      assert.equal((await page(owner)).length, before);
      const voted = (choices: number[]) =>
        refused(bea.try("PUT", `${path(lunch.id)}/vote`, { choices }));
      assert.deepEqual(await voted([2]), [
        400,
        "Option 2 is not in this poll: it has the options 0 to 1.",
      ]);
      assert.match((await voted([0, 1]))[1], /one answer/);
      assert.equal((await voted([20]))[0], 400);
      assert.equal(
        (await bea.try("PATCH", `${rooms}/messages/${lunch.id}`, { body: "x" })).status,
        403,
      );
      assert.equal(
        (await owner.try("PATCH", `${rooms}/messages/${lunch.id}`, { body: "x" })).status,
        400,
      );
      assert.equal((await eve.try("POST", `${path(lunch.id)}/end`)).status, 403);
      await agreed(lunch.id, [1, 0], 1);
    },
  );

  await t.step(
    "a server that was away counts what was voted meanwhile, and is counted",
    async () => {
      const games = await ask(owner, {
        question: "Which games?",
        options: ["Go", "Chess", "Skat"],
        multiple: true,
      });
      await agreed(games.id, [0, 0, 0], 0);
      federation.cut(0, 1);
      await vote(bea, games.id, [1, 2]);
      await vote(owner, games.id, [0, 1]);
      await vote(eve, games.id, [1]);
      assert.equal((await pollOf(bea, games.id))?.voters, 1);
      await federation.stop(1);
      federation.heal(0, 1);
      const server = await federation.start(1);
      bea = new Person(server, bea.id, bea.token);
      await agreed(games.id, [1, 3, 1], 3);
      await owner.do("POST", `${path(games.id)}/end`);
      await waitFor(
        "the end",
        async () => (await pollOf(bea, games.id))?.ended_ts !== null,
        ACROSS_MS,
      );
      const late = await bea.try("PUT", `${path(games.id)}/vote`, { choices: [0] });
      assert.deepEqual([late.status, late.body.error.code], [409, "conflict"]);
      const ended = await owner.do("POST", `${path(games.id)}/end`);
      assert.equal(ended.poll.ended_ts, (await pollOf(bea, games.id))?.ended_ts);
    },
  );

  await t.step("one in a thread stands there alone, and is voted in from both", async () => {
    const tea = await ask(bea, {
      question: "Tea?",
      options: ["Yes", "No"],
      thread_id: lunch.id,
    });
    assert.equal(tea.thread_id, lunch.id);
    const inThread = async (person: Person) => {
      const query = `channel_id=${general}&thread_id=${encodeURIComponent(lunch.id)}`;
      const { messages } = await person.do("GET", `${rooms}/messages?${query}`);
      return messages as Message[];
    };
    await waitFor("it", async () => (await inThread(owner)).length === 1, ACROSS_MS);
    assert.equal((await page(owner)).some(({ id }) => id === tea.id), false);
    await vote(owner, tea.id, [0]);
    await waitFor("the vote", async () => (await inThread(bea))[0]?.poll?.voters === 1, ACROSS_MS);
    const SEND = (1n << 2n).toString(16);
    await owner.do("PATCH", `${rooms}/channels/${general}`, {
      entries: [{ target: "everyone", allow: "0", deny: SEND }],
    });
    await waitFor("bea to know that she may write in threads alone", async () => {
      return (await bea.try("PUT", `${path(lunch.id)}/vote`, { choices: [1] })).status === 403;
    }, ACROSS_MS);
    await vote(bea, tea.id, [1]);
    await waitFor("hers", async () => (await inThread(owner))[0]?.poll?.voters === 2, ACROSS_MS);
    await owner.do("PATCH", `${rooms}/channels/${general}`, { entries: [] });
  });

  await t.step("with its poll all of its votes are out of sight", async () => {
    await owner.do("POST", "/redact", {
      room_id: guildId,
      channel_id: general,
      event_ids: [lunch.id],
    });
    await waitFor("it gone", async () => await pollOf(bea, lunch.id) === undefined, ACROSS_MS);
    assert.equal((await bea.try("PUT", `${path(lunch.id)}/vote`, { choices: [0] })).status, 404);
    assert.equal((await bea.try("GET", `${path(lunch.id)}/voters?option=0`)).status, 404);
  });
});
