import assert from "node:assert/strict";
import { formatBytes, formatTime, table } from "./table.ts";

Deno.test("columns line up, also under wide characters and marks", () => {
  assert.equal(
    table(["NAME", "N"], [["ann", "1"], ["日本", "22"], ["e\u0301", "3"]]),
    "NAME  N\nann   1\n日本  22\ne\u0301     3\n",
  );
});

Deno.test("people's text cannot move the cursor or turn the line around", () => {
  assert.equal(table(["A"], [["x\x1b[2J\n\u202ey"]]), "A\nx?[2J??y\n");
});

Deno.test("sizes and times are readable", () => {
  assert.deepEqual([0, 1023, 1536, 10 * 1024 ** 2, 3 * 1024 ** 4].map(formatBytes), [
    "0 bytes",
    "1023 bytes",
    "1.5 KiB",
    "10 MiB",
    "3.0 TiB",
  ]);
  assert.equal(formatTime(1_700_000_000_000), "2023-11-14 22:13 UTC");
  assert.equal(formatTime(null), "never");
});
