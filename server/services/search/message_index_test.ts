import assert from "node:assert/strict";
import { DATABASE_KINDS, openTestDatabase } from "../../../tests/harness/database.ts";
import { openMeilisearch, openMeilisearchIndex } from "../../../tests/harness/meilisearch.ts";
import type { Sql } from "../../postgres/sql.ts";
import type { HitPlace, IndexQuestion, MessageIndex, SearchDocument } from "./message_index.ts";
import { PostgresIndex } from "./postgres_index.ts";

/** Of the last one all messages are older than the others. */
const ROOMS = ["!aaaaaaaaaaaaaaaaaaaa", "!bbbbbbbbbbbbbbbbbbbb", "!cccccccccccccccccccc"] as const;
const OLDEST = 60;
const CHANNELS = ["one", "two", "three"];
const MESSAGES = 7000;

/** A word that most messages have, one that few have, and one that stands in one channel alone. */
function documents(): SearchDocument[] {
  return Array.from({ length: MESSAGES }, (_, n) => {
    const roomId = ROOMS[n < OLDEST ? 2 : n % 2] ?? "";
    return {
      roomId,
      eventId: `$${n}`,
      channelId: CHANNELS[n % CHANNELS.length] ?? "",
      sender: `@u${n % 7}:x`,
      // Several of one moment: the hash decides.
      order: 1000 + Math.floor(n / 4),
      hash: new Uint8Array(32).fill(n % 251),
      textFrom: `$${n}`,
      text: `common ${n % 900 === 0 ? "rarely" : "filler"} ${n > 20 ? "" : "oldest"} it's \\ 'q'`,
      has: n % 10 === 0 ? ["link"] : [],
      mentions: [],
    };
  });
}

for (const kind of DATABASE_KINDS) {
  Deno.test(`index (${kind}): rare and common words, page by page, are what a look at every message gives`, async () => {
    await using database = await openTestDatabase(kind);
    await lookEverywhere(database.sql, new PostgresIndex(database.sql));
  });
  Deno.test(`index (${kind}): words, phrases and edits`, async () => {
    await using database = await openTestDatabase(kind);
    await lookClosely(database.sql, new PostgresIndex(database.sql));
  });
}

for (const look of [lookEverywhere, lookClosely]) {
  Deno.test(`index (Meilisearch): ${look.name}`, async () => {
    await using database = await openTestDatabase("postgres");
    await using meilisearch = openMeilisearch();
    const index = openMeilisearchIndex(meilisearch.address, crypto.randomUUID().slice(0, 12));
    await look(database.sql, index);
  });
}

async function lookEverywhere(sql: Sql, index: MessageIndex): Promise<void> {
  await index.identity();
  const all = documents();
  await sql.begin(async (tx) => {
    for (let at = 0; at < all.length; at += 1500) await index.put(tx, all.slice(at, at + 1500));
  });
  await index.settled();
  await sql`analyze message_search`;
  const channels = [
    { roomId: ROOMS[0], channelId: "one", sinceTs: 0 },
    { roomId: ROOMS[1], channelId: "two", sinceTs: 1500 },
  ];
  const ask: Omit<IndexQuestion, "words"> = {
    phrases: [],
    channels,
    without: ["@u3:x"],
    has: [],
    mentions: [],
    limit: 400,
  };
  const expected = (fits: (each: SearchDocument) => boolean) =>
    all.filter((each) =>
      each.sender !== "@u3:x" && fits(each) &&
      channels.some((channel) =>
        channel.roomId === each.roomId && channel.channelId === each.channelId &&
        each.order >= channel.sinceTs
      )
    ).sort((a, b) => b.order - a.order || compare(b.hash, a.hash)).map((each) => each.eventId);
  const everything = async (question: IndexQuestion) => {
    const found: string[] = [];
    let before: HitPlace | undefined;
    do {
      const page = await index.find({ ...question, ...(before && { before }) });
      found.push(...page.hits.map((hit) => hit.eventId));
      before = page.next;
    } while (before !== undefined);
    return found;
  };
  const rare = expected((each) => each.text.includes("rarely"));
  assert.ok(rare.length > 0 && rare.length < 10);
  assert.deepEqual(await everything({ ...ask, words: ["rar"] }), rare);
  const common = expected(() => true);
  assert.ok(common.length < 2000, "collected and sorted");
  assert.deepEqual(await everything({ ...ask, words: ["COMMON"] }), common);
  assert.deepEqual(
    await everything({ ...ask, words: ["common"], has: ["link"], from: ["@u0:x", "@u1:x"] }),
    expected((each) => each.has.length > 0 && ["@u0:x", "@u1:x"].includes(each.sender)),
  );

  const wide = {
    ...ask,
    without: [],
    channels: ROOMS.flatMap((roomId) =>
      CHANNELS.map((channelId) => ({ roomId, channelId, sinceTs: 0 }))
    ),
  };
  const walked = await everything({ ...wide, words: ["common"] });
  assert.equal(walked.length, MESSAGES, "walked, each once");
  assert.equal(new Set(walked).size, MESSAGES);
  const first = await index.find({ ...wide, words: ["common"] });
  assert.deepEqual([first.hits.length, first.hasMore], [400, true]);
  const [old] = (await index.find({ ...wide, words: ["oldest"], phrases: ["it's"] })).hits;
  assert.equal(old?.eventId, "$20");

  await sql.begin((tx) => index.remove(tx, ROOMS[0], ["$900", "$1800"]));
  await index.settled();
  const left = await everything({ ...ask, words: ["rarely"] });
  assert.deepEqual(left, rare.filter((id) => id !== "$900" && id !== "$1800"));
  await sql.begin((tx) => index.removeRoom(tx, ROOMS[0]));
  await index.settled();
  assert.deepEqual(
    await everything({ ...ask, channels: channels.slice(0, 1), words: ["common"] }),
    [],
  );
}

/** What one message is found by, and that putting it again, or as it reads now, replaces it. */
async function lookClosely(sql: Sql, index: MessageIndex): Promise<void> {
  const id = await index.identity();
  assert.equal(await index.identity(), id);
  const [roomId] = ROOMS;
  const message: SearchDocument = {
    roomId,
    eventId: "$M",
    channelId: "One",
    sender: "@u:x",
    order: 1000,
    hash: new Uint8Array(32).fill(7),
    textFrom: "$M",
    text: "Don't wait: the Élan of snake_case, 全文検索 'and\\more\"",
    has: ["link"],
    mentions: ["everyone", "&Role"],
  };
  const write = async (documents: readonly SearchDocument[]) => {
    await sql.begin((tx) => index.put(tx, documents));
    await index.settled();
  };
  const finds = async (question: Partial<IndexQuestion>): Promise<boolean> => {
    const { hits, count } = await index.find({
      words: [],
      phrases: [],
      channels: [{ roomId, channelId: "One", sinceTs: 0 }],
      without: [],
      has: [],
      mentions: [],
      limit: 10,
      ...question,
    });
    assert.ok(hits.length <= count);
    return hits.length === 1 && hits[0]?.eventId === "$M";
  };
  await write([message]);
  await write([message]);
  const here: Partial<IndexQuestion>[] = [
    {},
    { words: ["don't"] },
    { words: ["ELA", "wai", "sna"] },
    { words: ["snake_c"] },
    { words: ["検索"] },
    { phrases: ["wait the elan", "of snake_case"] },
    { mentions: [["@v:x", "&Role"], ["everyone"]], has: ["link"], from: ["@u:x"] },
    { sinceTs: 1000, untilTs: 1001 },
    { before: { order: 1000, hash: new Uint8Array(32).fill(8) } },
    { channels: [{ roomId, channelId: "One", sinceTs: 1000 }] },
    {
      channels: Array.from({ length: 1200 }, (_, n) => ({
        roomId,
        channelId: n === 1100 ? "One" : `c${n}`,
        sinceTs: n % 3,
      })),
    },
  ];
  for (const each of here) assert.ok(await finds(each), JSON.stringify(each));
  const elsewhere: Partial<IndexQuestion>[] = [
    { words: ["lan"] },
    { words: ["wait-elan"] },
    { words: ["索検"] },
    { phrases: ["wait elan"] },
    { phrases: ["the ela"] },
    { mentions: [["&role"]] },
    { has: ["file"] },
    { from: ["@v:x"] },
    { without: ["@u:x"] },
    { sinceTs: 1001 },
    { untilTs: 1000 },
    { before: { order: 1000, hash: message.hash } },
    { channels: [{ roomId, channelId: "one", sinceTs: 0 }] },
    { channels: [{ roomId: ROOMS[1], channelId: "One", sinceTs: 0 }] },
    { channels: [{ roomId, channelId: "One", sinceTs: 1001 }] },
  ];
  for (const each of elsewhere) assert.ok(!await finds(each), JSON.stringify(each));

  await write([{ ...message, text: "another text", textFrom: "$E" }]);
  assert.ok(await finds({ words: ["another"] }));
  assert.ok(!await finds({ words: ["elan"] }));
  const editedBy = (ids: string[]) => sql.begin((tx) => index.editedBy(tx, roomId, ids));
  assert.deepEqual(await editedBy(["$E", "$F"]), ["$M"]);
  assert.deepEqual(await editedBy(["$M"]), []);
  await sql.begin((tx) => index.remove(tx, roomId, ["$M", "$gone"]));
  await index.settled();
  assert.ok(!await finds({}));
}

function compare(a: Uint8Array, b: Uint8Array): number {
  return a.toHex() < b.toHex() ? -1 : a.toHex() > b.toHex() ? 1 : 0;
}
