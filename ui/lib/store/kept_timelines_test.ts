import assert from "node:assert/strict";
import { type Signal, signal } from "@preact/signals";
import type { Dm } from "../../../core/api/gateway.ts";
import type { Guild } from "../../../core/api/guild.ts";
import type { Message } from "../../../core/api/message.ts";
import { dropGone, keepTimelines, KEPT_ROWS, KEPT_TIMELINES } from "./kept_timelines.ts";
import { type Known, placeKey, type TalkPlace } from "./place.ts";
import { type ChannelWindow, EMPTY_WINDOW } from "./window.ts";

const ROOM = "!room";
const channel = (channelId: string): TalkPlace => ({
  kind: "channel",
  guildId: ROOM,
  roomId: ROOM,
  channelId,
  focus: null,
});

/** A guild with these channels, as much of it as is read here. */
const knownWith = (...names: readonly string[]): Known => ({
  guilds: [{ id: ROOM, channels: names.map((id) => ({ id, room_id: ROOM })) } as Guild],
  dms: [],
});
const known = knownWith("a", "b", "c", "d", "e");

/** Opens channels one after the other. Answers which are in the page then, and in which order. */
function visit(names: readonly string[], rowsOf: (name: string) => number = () => 50): string[] {
  const windows = new Map<string, Signal<ChannelWindow>>();
  let held: readonly TalkPlace[] = [];
  for (const name of names) {
    const place = channel(name);
    const key = placeKey(place);
    const messages = Array.from({ length: rowsOf(name) }, () => ({} as Message));
    const window = windows.get(key) ?? signal({ ...EMPTY_WINDOW, messages });
    windows.delete(key);
    windows.set(key, window);
    held = keepTimelines(held, place, { windows, known });
  }
  return held.map((place) => place.channelId);
}

Deno.test("the timelines opened last stay, in the order in which they were opened first", () => {
  assert.equal(KEPT_TIMELINES, 3);
  assert.deepEqual(visit(["a", "b", "c", "d"]), ["a", "b", "c", "d"]);
  assert.deepEqual(visit(["a", "b", "c", "d", "e"]), ["b", "c", "d", "e"]);
  assert.deepEqual(visit(["a", "b", "c", "d", "a", "e"]), ["a", "c", "d", "e"]);
  assert.deepEqual(visit(["a", "b", "a", "b", "a"]), ["a", "b"]);
});

Deno.test("what is kept has a bound of messages, too; the open one is not counted", () => {
  assert.deepEqual(visit(["a", "b", "c"], () => KEPT_ROWS), ["b", "c"]);
  assert.deepEqual(visit(["a", "b"], () => KEPT_ROWS + 1), ["b"]);
  const rows = (name: string) => name === "b" ? KEPT_ROWS + 1 : 1;
  assert.deepEqual(visit(["a", "b", "c"], rows), ["c"]);
  // It went when it was left: nothing of it was in the page when it was opened again.
  assert.deepEqual(visit(["a", "b", "c", "b"], rows), ["c", "b"]);
});

Deno.test("a timeline goes with the messages of its channel", () => {
  const held = [channel("a"), channel("b")];
  const gone = { windows: new Map(), known };
  assert.deepEqual(keepTimelines(held, channel("c"), gone), [channel("c")]);
});

Deno.test("a timeline goes when its channel or conversation is not known any more", () => {
  const dm: TalkPlace = { kind: "dm", roomId: "!dm", channelId: "main", focus: null };
  const held = [channel("a"), channel("b"), dm];
  const windows = new Map(held.map((place) => [placeKey(place), signal(EMPTY_WINDOW)]));
  const open = channel("c");
  const withDm = { ...knownWith("a", "c"), dms: [{ room_id: "!dm" } as Dm] };
  assert.deepEqual(keepTimelines(held, open, { windows, known: withDm }), [channel("a"), dm, open]);
  const without = knownWith("b", "c");
  assert.deepEqual(keepTimelines(held, open, { windows, known: without }), [channel("b"), open]);
  assert.deepEqual(keepTimelines(held, open, { windows, known: knownWith() }), [open]);
});

Deno.test("what was said where one may not be any more is kept no longer", () => {
  const thread = { ...channel("a"), root: "$root" };
  const dm: TalkPlace = { kind: "dm", roomId: "!dm", channelId: "main", focus: null };
  const said = { ...EMPTY_WINDOW, messages: [{} as Message] };
  const unsent = { ...said, pending: [{} as ChannelWindow["pending"][number]] };
  const left = (known: Known, open: TalkPlace, window: ChannelWindow = said) => {
    const places = [channel("a"), thread, channel("b"), dm];
    const windows = new Map(places.map((place) => [placeKey(place), signal(window)]));
    dropGone(windows, known, open);
    return [...windows.keys()];
  };
  const withDm = { ...knownWith("a", "b"), dms: [{ room_id: "!dm" } as Dm] };
  assert.equal(left(withDm, channel("b")).length, 4);
  assert.deepEqual(left(knownWith("b"), channel("b")), [placeKey(channel("b"))]);
  assert.deepEqual(left(knownWith(), thread), [placeKey(channel("a")), placeKey(thread)]);
  assert.equal(left(knownWith(), channel("b"), unsent).length, 4);
});

Deno.test("the open place takes the one of its own before: with another message asked for", () => {
  const open = { ...channel("a"), focus: "$asked" };
  assert.deepEqual(keepTimelines([channel("a")], open, { windows: new Map(), known }), [open]);
});
