import assert from "node:assert/strict";
import { gradeOf, qualityOf, readFigures } from "./quality.ts";

Deno.test("figures are those of the chosen way and of all voices together", () => {
  const figures = readFigures([
    { type: "candidate-pair", state: "failed", nominated: false, currentRoundTripTime: 9 },
    { type: "candidate-pair", state: "succeeded", nominated: true, currentRoundTripTime: 0.0421 },
    { type: "inbound-rtp", packetsReceived: 100, packetsLost: 5, jitter: 0.004 },
    { type: "inbound-rtp", packetsReceived: 50, packetsLost: -2, jitter: 0.03 },
    { type: "inbound-rtp", packetsReceived: 0, packetsLost: 0, jitter: 1 },
    { type: "remote-inbound-rtp", fractionLost: 0.25 },
    { type: "codec" },
  ]);
  assert.deepEqual(figures, { rttMs: 42, received: 150, lost: 5, jitterMs: 30, lossSent: 0.25 });
  assert.deepEqual(readFigures([]), {
    rttMs: undefined,
    received: 0,
    lost: 0,
    jitterMs: undefined,
    lossSent: undefined,
  });
});

Deno.test("quality is of the time between two looks", () => {
  const look = (received: number, lost: number, opened: number, failed: number) => ({
    figures: { rttMs: 30, received, lost, jitterMs: 2, lossSent: undefined },
    frames: { opened, failed },
  });
  assert.deepEqual(qualityOf(look(1000, 500, 900, 100), look(1090, 510, 990, 110)), {
    rttMs: 30,
    loss: 0.1,
    jitterMs: 2,
    undecryptable: 0.1,
  });
  const still = qualityOf(look(10, 0, 5, 0), look(10, 0, 5, 0));
  assert.deepEqual([still.loss, still.undecryptable], [undefined, undefined]);
});

Deno.test("the worst of what is known decides the word for it", () => {
  const fine = { rttMs: 20, loss: 0, jitterMs: 1, undecryptable: 0 };
  assert.equal(gradeOf(undefined), "unknown");
  assert.equal(gradeOf(fine), "good");
  assert.equal(gradeOf({ ...fine, rttMs: 250 }), "fair");
  assert.equal(gradeOf({ ...fine, loss: 0.2 }), "poor");
  assert.equal(gradeOf({ ...fine, undecryptable: 1 }), "poor");
});
