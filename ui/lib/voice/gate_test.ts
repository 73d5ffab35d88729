import assert from "node:assert/strict";
import { Gate, levelOf } from "./gate.ts";

const talk = {
  nowMs: 0,
  levelDb: -20,
  thresholdDb: -50,
  pushToTalk: false,
  pushed: false,
  allowed: true,
};

Deno.test("a voice opens the microphone, a pause does not shut it, silence does", () => {
  const gate = new Gate();
  assert.equal(gate.next({ ...talk, levelDb: -70 }), false);
  assert.equal(gate.next({ ...talk, nowMs: 10 }), true);
  assert.equal(gate.next({ ...talk, nowMs: 409, levelDb: -70 }), true);
  assert.equal(gate.next({ ...talk, nowMs: 410, levelDb: -70 }), false);
});

Deno.test("with a key only the key opens it", () => {
  const gate = new Gate();
  const keyed = { ...talk, pushToTalk: true };
  assert.equal(gate.next(keyed), false);
  assert.equal(gate.next({ ...keyed, pushed: true, levelDb: -90 }), true);
  assert.equal(gate.next({ ...keyed, nowMs: 1 }), false);
});

Deno.test("nothing opens it for who is muted, and it is shut at once", () => {
  const gate = new Gate();
  assert.equal(gate.next(talk), true);
  assert.equal(gate.next({ ...talk, nowMs: 1, allowed: false }), false);
  assert.equal(gate.next({ ...talk, nowMs: 2, levelDb: -70 }), false);
  assert.equal(gate.next({ ...talk, pushToTalk: true, pushed: true, allowed: false }), false);
});

Deno.test("levels are those of the samples", () => {
  const sine = Float32Array.from(
    { length: 4800 },
    (_, at) => Math.sin(at / 4800 * 100 * 2 * Math.PI),
  );
  assert.ok(Math.abs(levelOf(sine) + 3.01) < 0.01);
  assert.equal(levelOf(new Float32Array(100)), -100);
  assert.ok(Math.abs(levelOf(new Float32Array(100).fill(0.01)) + 40) < 1e-4);
});
