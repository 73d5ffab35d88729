import assert from "node:assert/strict";
import { isOver, step, TABLE, type VerificationInput, type VerificationState } from "./table.ts";

const states = Object.keys(TABLE) as VerificationState[];
const inputsOf = (state: VerificationState) => Object.keys(TABLE[state]) as VerificationInput[];

/** Every way from a state to `done`, without the ways out. */
function waysToDone(from: VerificationState): VerificationInput[][] {
  if (from === "done") return [[]];
  return inputsOf(from).flatMap((input) => {
    const next = step(from, input)?.to as VerificationState;
    if (next === "cancelled") return [];
    return waysToDone(next).map((rest) => [input, ...rest]);
  });
}

Deno.test("the ends take nothing, and from everywhere else there is a way out", () => {
  for (const state of states) {
    if (isOver(state)) {
      assert.deepEqual(inputsOf(state), []);
      continue;
    }
    for (const input of ["cancel", "timeout", "failure", "got_cancel"] as const) {
      assert.equal(step(state, input)?.to, "cancelled", `${state} ${input}`);
    }
    assert.ok(waysToDone(state).length > 0, state);
  }
});

Deno.test("nobody is done without having confirmed, and without the other's proof", () => {
  for (const begin of ["requested", "asked"] as const) {
    for (const way of waysToDone(begin)) {
      assert.ok(way.includes("confirm") && way.includes("got_proof"), way.join(" "));
    }
  }
  for (const way of waysToDone("showing")) assert.deepEqual(way, ["got_scan", "confirm"]);
  for (const way of waysToDone("awaiting_word")) assert.deepEqual(way, ["got_proof"]);
});

Deno.test("nothing is handed over before both have agreed, or a scan was confirmed", () => {
  for (const state of states) {
    for (const input of inputsOf(state)) {
      const { does = [] } = step(state, input) ?? {};
      if (does.includes("answer_scan")) assert.deepEqual([state, input], ["scanned", "confirm"]);
      if (does.includes("send_handover")) assert.equal(state, "agreed");
    }
  }
});

Deno.test("the second side shows its key only to who has shown his", () => {
  assert.deepEqual(step("asked", "accept")?.does, ["send_accept"]);
  assert.deepEqual(step("committed", "got_key")?.does, ["derive", "send_key"]);
  assert.deepEqual(step("keyed", "got_key")?.does, ["check_commitment", "derive"]);
});
