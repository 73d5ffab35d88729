import assert from "node:assert/strict";
import { sitDown } from "../../tests/harness/lounge.ts";
import { answerTo } from "../../tests/harness/sdp_answer.ts";
import { openVoiceRoom } from "../../tests/harness/voice_room.ts";
import { waitFor } from "../../tests/harness/wait_for.ts";
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
