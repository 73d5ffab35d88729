/**
 * The second control of `sends.ts`, in a process of its own: the same events hashed, signed and
 * stored in groups, four batches in flight, in the same Postgres, and nothing else. No request,
 * nobody who asks whether they may, and a table without indexes.
 */
import { buildTimelineEvent } from "../../core/event/build.ts";
import { channelIdFromBytes } from "../../core/ids/channel_id.ts";
import { roomIdFromHash } from "../../core/ids/room_id.ts";
import { connect } from "../../server/postgres/connect.ts";
import { encodeEvent, type EventRow, insertEvents } from "../../server/postgres/event_rows.ts";
import type { Sql } from "../../server/postgres/sql.ts";
import { timelineRow } from "../../server/rooms/timeline_row.ts";
import { createBlake3 } from "../../server/system/blake3.ts";
import { silentLog } from "../../server/system/log.ts";
import { systemRng } from "../../server/system/rng.ts";
import { randomEventId, testServer, userId } from "../harness/events.ts";
import { MESSAGE_FILLER } from "./http_sender.ts";
import { serveLines } from "./part.ts";

export interface BareOrder {
  readonly databaseUrl: string;
  readonly callers: number;
  readonly seconds: number;
}

export interface BareReport {
  readonly sends: number;
  readonly perSecond: number;
}

const BATCHES_IN_FLIGHT = 4;
const SCHEMA = "bare";

const server = testServer("bench.test");
const sender = userId("@bench:bench.test");
const roomId = roomIdFromHash(systemRng.bytes(32));
const channelId = channelIdFromBytes(systemRng.bytes(16));
const stateRefs = [randomEventId(systemRng)];

interface Waiting {
  readonly row: EventRow;
  readonly stored: () => void;
  readonly failed: (error: unknown) => void;
}

class GroupCommit {
  readonly #sql: Sql;
  #waiting: Waiting[] = [];
  #inFlight = 0;
  #position = 0;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  store(row: EventRow): Promise<void> {
    return new Promise((stored, failed) => {
      this.#waiting.push({ row, stored, failed });
      // What is handed in together goes together.
      if (this.#waiting.length === 1) queueMicrotask(() => void this.#flush());
    });
  }

  async #flush(): Promise<void> {
    if (this.#waiting.length === 0 || this.#inFlight === BATCHES_IN_FLIGHT) return;
    const batch = this.#waiting;
    this.#waiting = [];
    this.#inFlight++;
    const events = batch.map(({ row }) => ({
      row,
      encoded: encodeEvent(row),
      position: ++this.#position,
    }));
    try {
      await insertEvents(this.#sql, 1, events);
      for (const { stored } of batch) stored();
    } catch (error) {
      for (const { failed } of batch) failed(error);
    }
    this.#inFlight--;
    await this.#flush();
  }
}

const blake3 = await createBlake3();

/** Each caller chains its events, and waits for each one's commit before it makes the next. */
async function sendAll({ databaseUrl, callers, seconds }: BareOrder): Promise<BareReport> {
  const url = new URL(databaseUrl);
  url.searchParams.set("search_path", SCHEMA);
  const sql = connect({ url: url.href, poolSize: BATCHES_IN_FLIGHT, log: silentLog });
  await sql.unsafe(`create schema if not exists ${SCHEMA};
    create table if not exists ${SCHEMA}.events (like public.events)`);
  const commit = new GroupCommit(sql);
  const begun = performance.now();
  const until = begun + seconds * 1000;
  let sends = 0;
  await Promise.all(Array.from({ length: callers }, async () => {
    let parent = randomEventId(systemRng);
    while (performance.now() < until) {
      const originTs = Date.now();
      const event = await buildTimelineEvent({
        type: "m.room.message",
        sender,
        originTs,
        content: { body: `${sends} ${MESSAGE_FILLER}`, msgtype: "text" },
        channelId,
        roomId,
        prevEvents: [parent],
        stateRefs,
      }, { signer: server.signer, rng: systemRng, blake3 });
      await commit.store(timelineRow(event, { order: originTs, receivedTs: originTs }));
      parent = event.id;
      sends++;
    }
  }));
  const perSecond = sends / ((performance.now() - begun) / 1000);
  await sql.end();
  return { sends, perSecond };
}

if (import.meta.main) await serveLines(sendAll);
