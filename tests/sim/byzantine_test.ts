import assert from "node:assert/strict";
import { ATTACKS } from "../federation/attacks.ts";
import { casesOf } from "../harness/cases.ts";
import { prove } from "./prove.ts";
import { engineTroupe } from "./troupes.ts";

Deno.test("G7, A7, A10, A11, A15: one or two hostile servers of three to seven: no act beyond rights, no state lost, all honest ones equal", async () => {
  const made = new Map<string, number>();
  const proof = await prove("G7", {
    cases: casesOf("G7_CASES", 250),
    shape: { servers: [3, 7], hostile: [1, 2], acts: [25, 45], troubles: 0.1 },
    troupe: engineTroupe({ made }),
  });
  for (const name of Object.keys(ATTACKS)) assert((made.get(name) ?? 0) > 0, `never "${name}"`);
  assert((proof.outcomes["rejected"] ?? 0) > 0, "nothing was ever rejected");
  assert((proof.outcomes["soft_failed"] ?? 0) > 0, "nothing was ever soft-failed");
});
