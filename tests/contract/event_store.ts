import assert from "node:assert/strict";
import type { ChannelId } from "../../core/ids/channel_id.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import { AppendLog } from "../../server/postgres/append_log.ts";
import {
  countMembers,
  listMembers,
  loadCurrentState,
} from "../../server/postgres/current_state.ts";
import type { Database } from "../../server/postgres/database.ts";
import type { EventRow } from "../../server/postgres/event_rows.ts";
import {
  loadControlGraph,
  loadEvents,
  loadHeads,
  timelineBefore,
} from "../../server/postgres/event_store.ts";
import { currentToken, readSince } from "../../server/postgres/log_reader.ts";
import { claimJobs, completeJobs, outboxRows, postponeJob } from "../../server/postgres/outbox.ts";
import { closedGaps, currentState, eventGaps, headMoves } from "../../server/postgres/room_rows.ts";
import { readFact, settleFact, writeFact } from "../../server/postgres/server_facts.ts";
import { loadStateGroup, nextStateGroup, stateGroups } from "../../server/postgres/state_groups.ts";
import { decodeSyncToken, encodeSyncToken } from "../../server/postgres/sync_token.ts";
import { systemClock } from "../../server/system/clock.ts";
import { silentLog } from "../../server/system/log.ts";
import { someControlEvent, someEvent, someRoomId } from "../harness/log_rows.ts";

const main = "main" as ChannelId;
const T0 = 1_800_000_000_000;

/** What can be asked of stored events, on every database. */
export async function eventStoreContract(t: Deno.TestContext, db: Database): Promise<void> {
  await using log = await AppendLog.open({
    sql: db.logSql,
    session: db.session,
    clock: systemClock,
    log: silentLog,
  });
  const ids = (events: readonly { eventId: EventId }[]) => events.map((event) => event.eventId);

  await t.step("a timeline is paged back from a point, ties by raw hash", async () => {
    const roomId = someRoomId();
    const hash = (n: number) => new Uint8Array(32).fill(n);
    // Base58 text sorts otherwise than the bytes: 0x00.. is the longest text.
    const sent: EventRow[] = [9, 200, 0, 57, 58, 255].map((n, at) =>
      someEvent(roomId, { hash: hash(n), order: T0 + Math.floor(at / 3) })
    );
    const hidden = someEvent(roomId, { order: T0, outcome: "soft_failed" });
    const elsewhere = someEvent(roomId, { channelId: "other" as ChannelId, order: T0 });
    await log.append({ roomId, events: [...sent, hidden, elsewhere] });
    const sorted = [...sent].sort((a, b) =>
      (a.order ?? 0) - (b.order ?? 0) || (a.hash[0] ?? 0) - (b.hash[0] ?? 0)
    );
    const query = { roomId, channelId: main, limit: 2 };
    assert.deepEqual(ids(await timelineBefore(db.sql, { ...query, limit: 10 })), ids(sorted));
    const last = await timelineBefore(db.sql, query);
    assert.deepEqual(ids(last), ids(sorted.slice(-2)));
    const [oldest] = last;
    assert.ok(oldest?.order !== undefined);
    const earlier = await timelineBefore(db.sql, {
      ...query,
      before: { order: oldest.order, hash: oldest.hash },
    });
    assert.deepEqual(ids(earlier), ids(sorted.slice(-4, -2)));
  });

  await t.step(
    "events are found by id in their room alone; the control graph is whole",
    async () => {
      const [roomId, other] = [someRoomId(), someRoomId()];
      const create = someControlEvent(roomId, { type: "m.room.create", stateKey: "" });
      const rejected = someControlEvent(roomId, {
        type: "m.guild.meta",
        stateKey: "",
        outcome: "rejected",
      });
      const message = someEvent(roomId);
      await log.append({ roomId, events: [create, rejected, message] });
      assert.deepEqual(ids(await loadControlGraph(db.sql, roomId)), ids([create, rejected]));
      const found = await loadEvents(db.sql, roomId, ids([create, message]));
      assert.deepEqual(ids(found).sort(), ids([create, message]).sort());
      assert.deepEqual(await loadEvents(db.sql, other, ids([create])), []);
    },
  );

  await t.step("heads and gaps of graphs", async () => {
    const roomId = someRoomId();
    const [parent, child, control] = ["$p", "$c", "$x"] as EventId[] as [EventId, EventId, EventId];
    const gap = { roomId, channelId: main, eventId: child, missingId: parent };
    await log.append({
      roomId,
      rows: [
        headMoves.of({ roomId, channelId: main, remove: [parent], add: [child] }),
        headMoves.of({ roomId, remove: [], add: [control] }),
        eventGaps.of(gap),
        eventGaps.of(gap),
      ],
    });
    const heads = await loadHeads(db.sql, roomId);
    assert.deepEqual([heads.control, [...heads.channels]], [[control], [[main, [child]]]]);
    const gaps = () =>
      db.sql`
        select missing_id, event_id, channel_id from event_gaps where room_id = ${roomId}`;
    assert.deepEqual([...await gaps()], [
      { missing_id: parent, event_id: child, channel_id: main },
    ]);
    await log.append({ roomId, rows: [closedGaps.of({ roomId, missingId: parent })] });
    assert.deepEqual([...await gaps()], []);
  });

  await t.step("a state group comes back whole through its chain of deltas", async () => {
    const roomId = someRoomId();
    const state = new Map<string, EventId>();
    let base: { key: string; depth: number } | undefined;
    let snapshots = 0;
    for (let n = 0; n < 200; n++) {
      const stateKey = `@user${n % 70}:example.com`;
      const removed = n % 7 === 6;
      const eventId = `$e${n}` as EventId;
      if (removed) state.delete(stateKey);
      else state.set(stateKey, eventId);
      const group = nextStateGroup({
        roomId,
        key: eventId,
        ...(base === undefined ? {} : { base }),
        changed: [["m.room.member", stateKey, removed ? null : eventId]],
        size: state.size,
        full: () => [...state].map(([key, id]) => ["m.room.member", key, id] as const),
      });
      if (group.depth === 0) snapshots++;
      base = group;
      await log.append({ roomId, rows: [stateGroups.of(group)] });
    }
    assert.equal(snapshots, Math.ceil(200 / 64));
    const loaded = await loadStateGroup(db.sql, roomId, "$e199");
    assert.deepEqual(
      new Map(loaded?.entries.map(([, key, id]) => [key, id])),
      state,
    );
    assert.equal(await loadStateGroup(db.sql, roomId, "$none"), undefined);
  });

  await t.step(
    "current state answers: whose rooms, which members, found by which words",
    () => checkMembers(log, db),
  );
  await t.step(
    "outbox rows are handed out once, in order within a lane",
    () => checkOutbox(log, db),
  );
  await t.step("facts are settled once or replaced", async () => {
    assert.equal(await readFact(db.sql, "name"), undefined);
    assert.equal(await settleFact(db.sql, "name", "a"), "a");
    assert.equal(await settleFact(db.sql, "name", "b"), "a");
    await writeFact(db.sql, "name", "c");
    assert.equal(await readFact(db.sql, "name"), "c");
  });

  await t.step(
    "a reader of some rooms gets all of theirs, in pages, through its token",
    async () => {
      const rooms = [someRoomId(), someRoomId(), someRoomId()] as const;
      let token = await currentToken(db.sql, "i1");
      const sent = Array.from({ length: 30 }, (_, n) => someEvent(rooms[n % 3] ?? rooms[0]));
      for (const event of sent) await log.append({ roomId: event.roomId, events: [event] });
      const read: EventId[] = [];
      for (let more = true; more;) {
        const page = await readSince(db.sql, token, { rooms: rooms.slice(0, 2), limit: 3 });
        const decoded = decodeSyncToken(encodeSyncToken(page.token), "i1");
        assert.ok(decoded);
        token = decoded;
        read.push(...ids(page.events));
        more = page.more;
      }
      assert.deepEqual(read, ids(sent.filter((event) => event.roomId !== rooms[2])));
    },
  );
}

function member(roomId: RoomId, name: string, membership: string) {
  return currentState.of({
    roomId,
    type: "m.room.member",
    stateKey: `@${name}:example.com`,
    eventId: `$m-${name}` as EventId,
    membership,
  });
}

async function checkMembers(log: AppendLog, db: Database): Promise<void> {
  const [first, second] = [someRoomId(), someRoomId()].sort() as [RoomId, RoomId];
  const nickname = currentState.of({
    roomId: first,
    type: "m.member.profile",
    stateKey: "@bob:example.com",
    eventId: "$nick" as EventId,
    label: "Captain Éclair",
  });
  await log.append({
    roomId: first,
    rows: [
      member(first, "ann", "join"),
      member(first, "bob", "join"),
      member(first, "eve", "ban"),
      member(first, "ann", "leave"),
      member(first, "ann", "join"),
      member(first, "zoe", "join"),
      nickname,
    ],
  });
  await log.append({ roomId: second, rows: [member(second, "bob", "invite")] });
  const bob = "@bob:example.com" as UserId;
  const page = { roomId: first, membership: "join", limit: 2 };
  const names = async (query: Parameters<typeof listMembers>[1]) =>
    (await listMembers(db.sql, query)).map((entry) => entry.userId.slice(1, 4));
  assert.deepEqual(await names(page), ["ann", "bob"]);
  assert.deepEqual(await names({ ...page, after: bob }), ["zoe"]);
  assert.deepEqual(await names({ ...page, search: "ÉCLAIR" }), ["bob"]);
  assert.deepEqual(await names({ ...page, search: "ZO" }), ["zoe"]);
  assert.deepEqual(await names({ ...page, search: "%" }), []);
  assert.deepEqual([...(await countMembers(db.sql, first))].sort(), [["ban", 1], ["join", 3]]);
  await log.append({
    roomId: first,
    rows: [currentState.of({ roomId: first, type: "m.member.profile", stateKey: bob })],
  });
  assert.deepEqual(await loadCurrentState(db.sql, first, ["m.member.profile"]), []);
  assert.equal((await loadCurrentState(db.sql, first)).length, 4);
}

async function checkOutbox(log: AppendLog, db: Database): Promise<void> {
  const roomId = someRoomId();
  const row = (kind: string, n: number, lane?: string) =>
    outboxRows.of({ kind, payload: { n }, createdTs: 100, ...(lane ? { lane } : {}) });
  await log.append({
    roomId,
    rows: [row("a", 1), row("a", 2), row("b", 3, "x"), row("b", 4, "x"), row("b", 5, "y")],
  });
  const claim = (kind: string, nowMs: number) =>
    claimJobs(db.sql, { kind, limit: 10, nowMs, leaseMs: 50 });
  const numbers = (jobs: Awaited<ReturnType<typeof claim>>) =>
    jobs.map((job) => (job.payload as { n: number }).n);
  const [one, two] = await Promise.all([claim("a", 100), claim("a", 100)]);
  assert.deepEqual(numbers([...one, ...two].sort((a, b) => a.id - b.id)), [1, 2]);
  assert.deepEqual(numbers(await claim("a", 149)), []);
  const again = await claim("a", 150);
  assert.deepEqual([numbers(again), again[0]?.attempts], [[1, 2], 2]);
  const heads = await claim("b", 100);
  assert.deepEqual(numbers(heads), [3, 5]);
  const [first] = heads;
  assert.ok(first);
  await completeJobs(db.sql, [first.id]);
  assert.deepEqual(numbers(await claim("b", 100)), [4]);
  const [held] = again;
  assert.ok(held);
  await postponeJob(db.sql, held.id, 1000);
  assert.deepEqual(numbers(await claim("a", 999)), [2]);
}
