import assert from "node:assert/strict";
import { ManualClock } from "../../tests/harness/parts.ts";
import type { CliIo } from "./io.ts";
import { Progress } from "./progress.ts";

function screen(errIsTerminal: boolean) {
  const clock = new ManualClock();
  let text = "";
  const io = { err: (part: string) => void (text += part), errIsTerminal, columns: 60, clock };
  return { clock, progress: new Progress(io as unknown as CliIo), read: () => text };
}

Deno.test("a terminal gets one bar that is drawn over, often enough and not too often", () => {
  const { clock, progress, read } = screen(true);
  progress.update("rows", 0, 4);
  progress.update("rows", 1, 4);
  clock.advance(200);
  progress.update("rows", 2, 4);
  progress.update("rows", 4, 4);
  progress.finish();
  assert.deepEqual(read().split("\r\x1b[K"), [
    "",
    `[${".".repeat(24)}]   0%  rows`,
    `[${"#".repeat(12)}${".".repeat(12)}]  50%  rows`,
    `[${"#".repeat(24)}] 100%  rows\n`,
  ]);
});

Deno.test("what has no known end is counted on one line, and the end is said once", () => {
  const { clock, progress, read } = screen(true);
  for (let count = 1; count <= 3; count++) {
    clock.advance(200);
    progress.update("files", count, 0);
  }
  progress.update("checking", 4, 4);
  progress.update("checking", 4, 4);
  progress.finish();
  assert.deepEqual(read().split("\r\x1b[K"), [
    "",
    "files (1 so far)",
    "files (2 so far)",
    "files (3 so far)\n",
    `[${"#".repeat(24)}] 100%  checking\n`,
  ]);
});

Deno.test("without a terminal there is a line now and then, and each new part has one", () => {
  const { clock, progress, read } = screen(false);
  progress.update("rows", 0, 1000);
  for (let done = 1; done < 100; done++) {
    clock.advance(1000);
    progress.update("rows", done, 1000);
  }
  progress.update("files", 0, 0);
  progress.finish();
  const lines = read().split("\n");
  assert.ok(lines.length > 5 && lines.length < 15, String(lines.length));
  assert.deepEqual(lines.slice(-2), ["files", ""]);
  assert.ok(!read().includes("\r"));
});
