import assert from "node:assert/strict";
import type { UserId } from "../../../core/ids/user_id.ts";
import { openRoomWorld } from "../../../tests/harness/room_world.ts";
import type { Update } from "../../http/gateway/source.ts";
import { silentLog } from "../../system/log.ts";
import { systemClock } from "../../system/clock.ts";
import { NonceBook } from "../messages/nonce_book.ts";
import { PreferenceBook } from "../users/preference_book.ts";
import { ChatSource, type ChatSourceDeps } from "./chat_source.ts";

const ADA = "@ada:localhost" as UserId;
const TOKEN = { instance: "test", base: 0, positions: new Map() };

/** What tells one user of quiet hours, which needs a question to the database. */
async function openSource(waitingMax: number) {
  await using stack = new AsyncDisposableStack();
  const { sql, rooms } = stack.use(await openRoomWorld());
  const preferences = new PreferenceBook({ sql, clock: systemClock });
  const deps = {
    sql,
    rooms,
    preferences,
    nonces: new NonceBook(sql),
    clock: systemClock,
    log: silentLog,
    ownWriterId: () => 1,
  };
  // The rest of them is for what no test here tells.
  const source = new ChatSource(deps as Partial<ChatSourceDeps> as ChatSourceDeps, TOKEN, {
    waitingMax,
  });
  const updates: Update[] = [];
  const watchers = { isConnected: () => true, hasArriving: false, inRoom: () => [] };
  stack.defer(source.subscribe((update) => updates.push(update), watchers));
  const owned = stack.move();
  return {
    source,
    updates,
    sql,
    tell() {
      preferences.forget(ADA);
      source.announceQuiet(ADA);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

const told = ({ dispatches, lost }: Update) => lost ? "lost" : dispatches.map(({ t }) => t).join();

Deno.test("more than may wait is let go as one, whoever waits for it is let go too, and it goes on", async () => {
  await using world = await openSource(10);
  const { source, updates, sql } = world;
  let ended = 0;
  await sql.begin(async (tx) => {
    await tx`lock table user_preferences in access exclusive mode`;
    world.tell();
    for (let i = 0; i < 25; i++) {
      world.tell();
      if (i === 3) void source.told().then(() => ended++);
    }
  });
  await source.told();
  world.tell();
  await source.told();
  assert.equal(ended, 1);
  const kinds = updates.map(told);
  assert.deepEqual(kinds.slice(0, 2), ["quiet.update", "lost"], "the one under way is told");
  assert.equal(kinds.filter((kind) => kind === "lost").length, 1);
  assert.ok(kinds.length <= 2 + 10 + 1, `${kinds.length} updates`);
  assert.equal(kinds.at(-1), "quiet.update");
  assert.deepEqual(updates.map(({ seq }) => seq), updates.map((_each, i) => i + 1), "no gap");
});
