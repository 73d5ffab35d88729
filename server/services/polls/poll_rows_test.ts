import assert from "node:assert/strict";
import { freshDatabase } from "../../../tests/harness/postgres.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { choicesOf } from "../../../core/rules/polls.ts";
import type { Sql } from "../../postgres/sql.ts";
import {
  countBallots,
  countVotesOf,
  findBallots,
  findPollEnds,
  findVoters,
  type PollRef,
} from "./poll_rows.ts";

/** Each step has a room of its own. */
let room = "";
const [ANN, BOB, EVE, MOD] = ["@ann:x", "@bob:x", "@eve:y", "@mod:y"] as UserId[] as [
  UserId,
  UserId,
  UserId,
  UserId,
];
const ONE: PollRef = {
  id: "$one",
  channelId: "c",
  sender: ANN,
  options: 3,
  multiple: false,
  endsTs: 1000,
};
const MANY: PollRef = { ...ONE, id: "$many", multiple: true, endsTs: undefined };

interface Cast {
  readonly id: string;
  readonly poll?: PollRef;
  readonly kind?: "vote" | "poll_end";
  readonly sender: UserId;
  readonly key: string;
  readonly order: number;
  /** When it says that it was made; its order otherwise. */
  readonly ts?: number;
  /** Breaks ties of order. */
  readonly hash?: number;
  readonly channelId?: string;
  readonly outcome?: string;
}

async function cast(sql: Sql, ...casts: readonly Cast[]): Promise<void> {
  for (const each of casts) {
    const { id, poll = ONE, kind = "vote", sender, order, channelId = "c" } = each;
    const hash = new Uint8Array(32).fill(each.hash ?? 0);
    await sql`
      insert into events (room_id, event_id, event_hash, type, channel_id, sender, origin_ts,
        timeline_order, writer_id, position, outcome, received_ts, pdu)
      values (${room}, ${id}, ${hash}, ${`m.poll.${kind}`}, ${channelId}, ${sender},
        ${each.ts ?? order}, ${order}, 1, 1, ${each.outcome ?? "accepted"}, 0, '{}')`;
    await sql`
      insert into message_relations (room_id, event_id, channel_id, target_id, kind, sender, key, ord)
      values (${room}, ${id}, ${channelId}, ${poll.id}, ${kind}, ${sender}, ${each.key}, ${order})`;
  }
}

/** What each of the people chose, as far as it counts. */
async function chosen(sql: Sql, poll: PollRef): Promise<Record<string, number[]>> {
  const voters = [ANN, BOB, EVE, MOD];
  const rows = await findBallots(sql, { roomId: room, poll, voters });
  return Object.fromEntries(
    rows.map(({ sender, mask }) => [sender, choicesOf(mask)] as const).sort(),
  );
}

Deno.test("votes of a poll: which ones count is the same whoever counts, and in whatever order they came", async (t) => {
  await using database = await freshDatabase();
  const { sql } = database;
  let steps = 0;
  const step = (name: string, test: () => Promise<void>) => {
    room = `!room${++steps}`;
    return t.step(name, test);
  };

  await step("a sender's last vote counts, by place and not by arrival", async () => {
    await cast(
      sql,
      { id: "$3", sender: BOB, key: "4", order: 30 },
      { id: "$1", sender: BOB, key: "1", order: 10 },
      { id: "$2", sender: BOB, key: "2", order: 20 },
      { id: "$4", sender: EVE, key: "1", order: 10 },
      { id: "$5", sender: EVE, key: "0", order: 11 },
    );
    assert.deepEqual(await chosen(sql, ONE), { [BOB]: [2], [EVE]: [] });
    const query = { roomId: room, polls: [ONE, MANY], viewer: BOB };
    assert.deepEqual([...await countBallots(sql, query)], [
      { id: "$one", options: [2], votes: [1], voters: 1, own: 4 },
    ]);
    assert.equal(await countVotesOf(sql, { roomId: room, pollId: "$one", sender: BOB }), 3);
  });

  await step("of votes at one place the higher hash counts", async () => {
    await cast(
      sql,
      { id: "$z", sender: BOB, key: "1", order: 10, hash: 7 },
      { id: "$a", sender: BOB, key: "2", order: 10, hash: 9 },
    );
    assert.deepEqual(await chosen(sql, ONE), { [BOB]: [1] });
  });

  await step("what is dated after the end does not count, and leaves the vote before", async () => {
    await cast(
      sql,
      { id: "$1", sender: BOB, key: "1", order: 999, ts: 999 },
      { id: "$2", sender: BOB, key: "2", order: 1001, ts: 1001 },
      // It came after others that are dated later, and was made in time.
      { id: "$3", sender: EVE, key: "2", order: 1500, ts: 1000 },
    );
    assert.deepEqual(await chosen(sql, ONE), { [BOB]: [0], [EVE]: [1] });
  });

  await step("choices that the poll does not have count for nothing", async () => {
    await cast(
      sql,
      { id: "$1", sender: BOB, key: "2", order: 10 },
      { id: "$2", sender: BOB, key: "8", order: 20 },
      { id: "$3", sender: EVE, key: "3", order: 10 },
      { id: "$4", poll: MANY, sender: EVE, key: "5", order: 10 },
      { id: "$5", poll: MANY, sender: EVE, key: "1048575", order: 20 },
    );
    assert.deepEqual(await chosen(sql, ONE), { [BOB]: [1] }, "one answer, of three");
    assert.deepEqual(await chosen(sql, MANY), { [EVE]: [0, 2] }, "several, of three");
  });

  await step(
    "votes of another channel, and those that are not accepted, do not count",
    async () => {
      await cast(
        sql,
        { id: "$1", sender: BOB, key: "1", order: 10, channelId: "other" },
        { id: "$2", sender: EVE, key: "1", order: 10, outcome: "soft_failed" },
      );
      assert.deepEqual(await chosen(sql, ONE), {});
    },
  );

  await step(
    "an end counts from the author and from moderators; what stands after it does not",
    async () => {
      const end = { kind: "poll_end", key: "stated" } as const;
      await cast(
        sql,
        { id: "$early", ...end, sender: EVE, order: 5 },
        { id: "$1", sender: BOB, key: "1", order: 10 },
        { id: "$mods", ...end, sender: MOD, key: "managed", order: 20, ts: 17 },
        { id: "$own", ...end, sender: ANN, order: 40 },
        // Dated back to before the end, and it stands on it.
        { id: "$2", sender: BOB, key: "2", order: 21, ts: 8 },
        { id: "$3", sender: EVE, key: "4", order: 20, ts: 20, hash: 1 },
        { id: "$4", sender: MOD, key: "4", order: 19, ts: 19 },
      );
      assert.deepEqual(await chosen(sql, ONE), { [BOB]: [0], [MOD]: [2] });
      assert.deepEqual([...await findPollEnds(sql, room, [ONE, MANY])], [["$one", 17]]);
      await sql`
      delete from message_relations where room_id = ${room} and event_id = '$mods'`;
      assert.deepEqual([...await findPollEnds(sql, room, [ONE])], [["$one", 40]], "redacted");
      assert.deepEqual(await chosen(sql, ONE), { [BOB]: [1], [EVE]: [2], [MOD]: [2] });
    },
  );

  await step("an end that is dated after the poll's own takes no vote away", async () => {
    await cast(
      sql,
      { id: "$end", kind: "poll_end", key: "stated", sender: ANN, order: 1200, ts: 1200 },
      { id: "$1", sender: BOB, key: "1", order: 1300, ts: 900 },
    );
    assert.deepEqual([...await findPollEnds(sql, room, [ONE])], []);
    assert.deepEqual(await chosen(sql, ONE), { [BOB]: [0] });
  });

  await step("who redacts the last vote has the one before it again", async () => {
    await cast(
      sql,
      { id: "$1", sender: BOB, key: "1", order: 10 },
      { id: "$2", sender: BOB, key: "2", order: 20 },
    );
    await sql`delete from message_relations where room_id = ${room} and event_id = '$2'`;
    assert.deepEqual(await chosen(sql, ONE), { [BOB]: [0] });
  });

  await step("however many ways there are to choose, a poll is one row of numbers", async () => {
    const [options, people] = [12, 2000];
    const poll: PollRef = { ...MANY, options };
    await sql`
      insert into events (room_id, event_id, event_hash, type, channel_id, sender, origin_ts,
        timeline_order, writer_id, position, outcome, received_ts, pdu)
      select ${room}, '$v' || n, decode(lpad(to_hex(n), 64, '0'), 'hex'), 'm.poll.vote', 'c',
        '@p' || n || ':x', n, n, 1, 1, 'accepted', 0, '{}' from generate_series(1, ${people}::int) n`;
    await sql`
      insert into message_relations (room_id, event_id, channel_id, target_id, kind, sender, key, ord)
      select ${room}, '$v' || n, 'c', ${poll.id}, 'vote', '@p' || n || ':x', n::text, n
      from generate_series(1, ${people}::int) n`;
    const viewer = "@p5:x" as UserId;
    const counted = await countBallots(sql, { roomId: room, polls: [poll], viewer });
    const votes = Array.from(
      { length: options },
      (_, at) =>
        Array.from({ length: people }, (_, n) => (n + 1) >> at & 1).reduce((a, b) => a + b),
    );
    const chosen = votes.flatMap((count, at) => count > 0 ? [at] : []);
    assert.deepEqual([...counted], [{
      id: poll.id,
      options: chosen,
      votes: chosen.map((at) => votes[at]),
      voters: people,
      own: 5,
    }]);
  });

  await step("who chose an option is listed by pages", async () => {
    await cast(
      sql,
      { id: "$1", poll: MANY, sender: BOB, key: "3", order: 10 },
      { id: "$2", poll: MANY, sender: ANN, key: "2", order: 30 },
      { id: "$3", poll: MANY, sender: EVE, key: "6", order: 20 },
      { id: "$4", poll: MANY, sender: MOD, key: "1", order: 20 },
    );
    const list = (after?: UserId) =>
      findVoters(sql, { roomId: room, poll: MANY, option: 1, after, limit: 2 });
    assert.deepEqual(await list(), [ANN, BOB]);
    assert.deepEqual(await list(BOB), [EVE]);
  });
});
