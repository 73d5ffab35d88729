import assert from "node:assert/strict";
import { nextUnwind, UNWIND_STEPS, type UnwindStep } from "./unwind.ts";

Deno.test("Escape ends one thing at a time, the nearest first, and then goes to the present", () => {
  const open: Record<UnwindStep, boolean> = {
    popover: true,
    dialog: true,
    selection: true,
    panel: true,
    search: true,
    edit: true,
    reply: true,
    thread: true,
    present: false,
  };
  const ended: UnwindStep[] = [];
  for (const _ of UNWIND_STEPS) {
    const step = nextUnwind(open);
    ended.push(step);
    open[step] = false;
  }
  assert.deepEqual(ended, [
    "popover",
    "dialog",
    "selection",
    "panel",
    "search",
    "edit",
    "reply",
    "thread",
    "present",
  ]);
  assert.equal(nextUnwind(open), "present");
});
