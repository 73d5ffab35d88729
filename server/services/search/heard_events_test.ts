import assert from "node:assert/strict";
import { someEvent, someRoomId } from "../../../tests/harness/log_rows.ts";
import type { StoredEvent } from "../../postgres/event_rows.ts";
import type { SyncToken } from "../../postgres/sync_token.ts";
import { HeardEvents } from "./heard_events.ts";

const roomId = someRoomId();

function eventAt(writerId: number, position: number): StoredEvent {
  return { ...someEvent(roomId), writerId, position };
}

function tokenAt(positions: Record<number, number>, base = 0): SyncToken {
  const entries = Object.entries(positions).map(([id, at]) => [Number(id), at] as const);
  return { instance: "i", base, positions: new Map(entries) };
}

function placesOf(events: readonly StoredEvent[] | undefined): string[] | undefined {
  return events?.map(({ writerId, position }) => `${writerId}-${position}`);
}

Deno.test("heard events: a reader who stands within them gets what it has not met", () => {
  const heard = new HeardEvents(tokenAt({ 1: 10 }));
  heard.add([eventAt(1, 11), eventAt(1, 12)], tokenAt({ 1: 12 }));
  heard.add([eventAt(2, 3)], tokenAt({ 1: 12, 2: 4 }));
  const all = heard.after(tokenAt({ 1: 10 }), { limit: 10 });
  assert.deepEqual(placesOf(all?.events), ["1-11", "1-12", "2-3"]);
  assert.equal(all?.more, false);
  // What nobody here wants to know of was told too.
  assert.deepEqual(all?.token, tokenAt({ 1: 12, 2: 4 }));
  const rest = heard.after(tokenAt({ 1: 11, 2: 7 }), { limit: 10 });
  assert.deepEqual(placesOf(rest?.events), ["1-12"]);
  assert.deepEqual(rest?.token, tokenAt({ 1: 12, 2: 7 }));
});

Deno.test("heard events: a page that is cut says how far it goes", () => {
  const heard = new HeardEvents(tokenAt({}));
  heard.add([eventAt(1, 1), eventAt(1, 2), eventAt(2, 1)], tokenAt({ 1: 2, 2: 1 }));
  const page = heard.after(tokenAt({}), { limit: 2 });
  assert.deepEqual(placesOf(page?.events), ["1-1", "1-2"]);
  assert.equal(page?.more, true);
  assert.deepEqual(page?.token, tokenAt({ 1: 2 }));
});

Deno.test("heard events: who stands before them has to read the log", () => {
  const heard = new HeardEvents(tokenAt({ 1: 10, 2: 5 }));
  assert.equal(heard.after(tokenAt({ 1: 10 }), { limit: 10 }), undefined);
  assert.equal(heard.after(tokenAt({ 1: 9, 2: 5 }), { limit: 10 }), undefined);
  // Writers up to the base were read to their end.
  assert.ok(heard.after(tokenAt({ 2: 5 }, 1), { limit: 10 }));
  heard.add([eventAt(2, 6)], tokenAt({ 1: 10, 2: 6 }));
  heard.forget(tokenAt({ 1: 10, 2: 6 }));
  assert.equal(heard.after(tokenAt({ 1: 10, 2: 5 }), { limit: 10 }), undefined);
  assert.deepEqual(heard.after(tokenAt({ 1: 10, 2: 6 }), { limit: 10 })?.events, []);
});

Deno.test("heard events: more than are kept are read from the log", () => {
  const heard = new HeardEvents(tokenAt({}));
  const many = Array.from({ length: 4001 }, (_, at) => eventAt(1, at + 1));
  heard.add(many, tokenAt({ 1: 4001 }));
  assert.equal(heard.after(tokenAt({}), { limit: 10 }), undefined);
  assert.deepEqual(heard.after(tokenAt({ 1: 4001 }), { limit: 10 })?.events, []);
});

Deno.test("heard events: know whether more than one writer was heard", () => {
  const heard = new HeardEvents(tokenAt({}));
  assert.equal(heard.isOfOneWriter, true);
  heard.add([eventAt(1, 1), eventAt(1, 2)], tokenAt({ 1: 2 }));
  assert.equal(heard.isOfOneWriter, true);
  heard.add([eventAt(2, 1)], tokenAt({ 1: 2, 2: 1 }));
  heard.forget(tokenAt({ 1: 2, 2: 1 }));
  heard.add([eventAt(1, 3)], tokenAt({ 1: 3, 2: 1 }));
  assert.equal(heard.isOfOneWriter, false);
});
