import assert from "node:assert/strict";
import { sitDown } from "../../tests/harness/lounge.ts";
import { answerTo } from "../../tests/harness/sdp_answer.ts";
import { openVoiceRoom } from "../../tests/harness/voice_room.ts";
import { waitFor } from "../../tests/harness/wait_for.ts";
import { limits } from "../../core/limits.ts";
import type { Seat } from "./sfu.ts";
import { stockEngine } from "./stock_engine.ts";

Deno.test("who watches negotiates for what is new to them, and not to watch it again", async () => {
  await using room = await openVoiceRoom(stockEngine);
  const [ann, ben] = [sitDown(room.sfu, "ann"), sitDown(room.sfu, "ben")];
  const answer = (seat: Seat) =>
    assert.ok(seat.answer(seat.offer.seq, answerTo(seat.offer.sdp)).ok);
  for (const seat of [ann, ben]) {
    seat.onOffer(() => answer(seat));
    answer(seat);
  }
  const offers = () => ben.offer.seq;
  const gets = () => ben.offer.mids.map(({ participant, track }) => `${participant} ${track}`);
  await waitFor("ben to be offered ann's voice", () => gets().includes("ann voice"));
  ann.show(["camera"]);
  ben.watch([{ participant: "ann", track: "camera" }]);
  await waitFor("ben to be offered the camera", () => gets().includes("ann camera"));
  const before = offers();
  const again = [
    () => ben.watch([]),
    () => ann.show([]),
    () => ann.show(["camera"]),
    () => ben.watch([{ participant: "ann", track: "camera" }]),
  ];
  for (const act of again) {
    act();
    // Offers are made at the end of the turn.
    await Promise.resolve();
  }
  ann.show(["camera", "screen"]);
  ben.watch([{ participant: "ann", track: "camera" }, { participant: "ann", track: "screen" }]);
  await waitFor("ben to be offered the screen", () => gets().includes("ann screen"));
  assert.equal(offers(), before + 1);
});

Deno.test("who watches one picture after the other keeps the parts of the last ones, and finds more", async () => {
  await using room = await openVoiceRoom(stockEngine);
  const ben = sitDown(room.sfu, "ben");
  const answer = (seat: Seat) =>
    assert.ok(seat.answer(seat.offer.seq, answerTo(seat.offer.sdp)).ok);
  const parts = () => ben.offer.sdp.split("\r\nm=").length - 2;
  const shown = () => ben.offer.mids.filter(({ track }) => track !== "voice");
  ben.onOffer(() => answer(ben));
  answer(ben);
  const { maxSdpParts, sdpPartsForVoices } = limits.voice;
  const most = maxSdpParts - sdpPartsForVoices;
  const names = Array.from({ length: Math.ceil(most / 2) + 2 }, (_, at) => `ann${at}`);
  for (const participant of names) {
    const ann = sitDown(room.sfu, participant);
    ann.show(["screen", "screen_sound"]);
    ben.watch([{ participant, track: "screen" }, { participant, track: "screen_sound" }]);
    await waitFor(
      `${participant}'s screen`,
      () => shown().filter((each) => each.participant === participant).length === 2,
    );
  }
  assert.ok(shown().length <= most && shown().length > most - 2, `${shown().length} are held`);
  assert.equal(shown().some(({ participant }) => participant === names[0]), false);
  // Voices have a part each, and what is over stands in nobody's way.
  assert.ok(parts() <= names.length + most + 2, `${parts()} parts`);
});
