import assert from "node:assert/strict";
import { casesOf } from "../harness/cases.ts";
import { at, prove } from "./prove.ts";
import { HIDING } from "./schedule.ts";
import { engineTroupe } from "./troupes.ts";

/** Among so many histories everything happens that can. */
const ENOUGH = 40;
/** Among so many the slowest hundredth is more than one or two. */
const ENOUGH_FOR_P99 = 250;
/** From mended to equal, virtual ms. What is later waits for somebody to act: PROTOCOL.md 7. */
const HEALED_P99_MS = 10_000;

Deno.test("G5: servers that were parted, killed and lost messages hold equal states and timelines in the end", async () => {
  const proof = await prove("G5", {
    cases: casesOf("G5_CASES", 500),
    shape: { servers: [2, 7], acts: [25, 50], troubles: 0.12 },
    troupe: engineTroupe(),
  });
  if (proof.reports.length < ENOUGH) return;
  for (const [kind, times] of Object.entries(proof.harm)) {
    assert(times > 0, `nothing was ever ${kind}`);
  }
  assert((proof.outcomes["soft_failed"] ?? 0) > 0, "nothing was ever judged by the present");
  if (proof.healedMs.length < ENOUGH_FOR_P99) return;
  const p99 = at(proof.healedMs, 0.99) ?? Infinity;
  assert(p99 <= HEALED_P99_MS, `healed in p99 ${p99} ms of virtual time`);
});

Deno.test("G4: clocks that are off by up to an hour change nothing for good", async () => {
  const proof = await prove("G4", {
    cases: casesOf("G4_CASES", 50),
    shape: {
      servers: [2, 5],
      acts: [25, 50],
      troubles: 0.25,
      of: ["skew", "skew", "skew", "part", "calm", "crash"],
    },
    troupe: engineTroupe(),
  });
  if (proof.reports.length < ENOUGH) return;
  assert((proof.outcomes["soft_failed"] ?? 0) > 0, "no clock was ever ahead");
});

Deno.test("what was said in channels that were hidden from a server is there once it sees them, though nobody says anything more", async () => {
  const proof = await prove("G5, hidden channels", {
    cases: casesOf("HIDDEN_CASES", 100),
    shape: HIDING,
    troupe: engineTroupe(),
  });
  assert(proof.acknowledged > 0);
});
