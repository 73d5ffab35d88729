import assert from "node:assert/strict";
import { SendBudget } from "./send_budget.ts";

Deno.test("a server sends no more than its budget over time, after a first second's worth", () => {
  const budget = new SendBudget(1000);
  let sent = 0;
  for (let now = 0; now < 10_000; now += 20) {
    if (!budget.admits(now)) continue;
    budget.spend(100);
    sent += 100;
  }
  assert.ok(sent >= 10_000 && sent <= 11_100, `${sent} bytes`);
});

Deno.test("a packet that costs more than is left is paid before the next one", () => {
  const budget = new SendBudget(1000);
  assert.equal(budget.admits(0), true);
  budget.spend(3000);
  assert.equal(budget.admits(1900), false);
  assert.equal(budget.admits(2100), true);
});

Deno.test("without a bound everything is sent", () => {
  const budget = new SendBudget(Infinity);
  budget.spend(Number.MAX_SAFE_INTEGER);
  assert.equal(budget.admits(1), true);
});

Deno.test("who has to leave something to others is refused first", () => {
  const budget = new SendBudget(1000);
  assert.equal(budget.admits(0, 0.5), true);
  budget.spend(600);
  assert.deepEqual([budget.admits(0, 0.5), budget.admits(0)], [false, true]);
  assert.equal(budget.admits(200, 0.5), true);
});
