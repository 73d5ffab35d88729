import assert from "node:assert/strict";
import { casesOf, progressOf } from "../harness/cases.ts";
import { HOSTILE_DEEDS } from "./hostile_deeds.ts";
import { History, type Tally } from "./history.ts";

const HISTORIES = casesOf("G29_HISTORIES", 50);
const FIRST_SEED = casesOf("G29_SEED", 1);
const STEPS = 12;

Deno.test(`${HISTORIES} random histories of a group end in one epoch and with every message read`, async () => {
  const tally: Tally = new Map();
  const tell = progressOf("histories of groups", HISTORIES);
  for (let at = 0; at < HISTORIES; at++) {
    tell(at);
    const seed = FIRST_SEED + at;
    try {
      const history = await History.begin(seed, tally);
      for (let step = 0; step < STEPS; step++) await history.step();
      await history.finish();
    } catch (error) {
      throw new Error(`History ${seed} (OPENGUILD_TEST_G29_SEED=${seed}): ${error}`, {
        cause: error,
      });
    }
  }
  if (HISTORIES < 50) return;
  const must = ["race", "lost answer", "crash", "come in", "lose state", "stale info", "remove"];
  for (const what of [...must, "kept out", ...HOSTILE_DEEDS.map((deed) => deed.name)]) {
    assert.ok(tally.get(what), `"${what}" never happened`);
  }
});
