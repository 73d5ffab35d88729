import assert from "node:assert/strict";
import { describe, readWish } from "./bench.ts";

Deno.test("a figure is held against its control and its target", () => {
  const figure = {
    bench: "sends",
    name: "16 senders",
    value: 600,
    unit: "sends/s",
    control: { name: "pgbench", value: 1000 },
    target: { of: "ratio", atLeast: 0.6 },
  } as const;
  assert.deepEqual(describe(figure).slice(1, 6), [
    "600 sends/s",
    "pgbench 1000",
    "0.60",
    "ratio >= 0.6",
    "met",
  ]);
  assert.equal(describe({ ...figure, value: 599 })[5], "missed");
  assert.equal(describe({ ...figure, target: { of: "value", atMost: 599 } })[5], "missed");
});

Deno.test("the command line: names, help, and what it does not know", () => {
  assert.deepEqual(readWish(["start", "sends", "--json", "x.json"]), {
    benches: ["sends", "start"],
    tiny: false,
    file: "x.json",
  });
  assert.deepEqual(readWish(["--tiny"]), {
    benches: [
      "sends",
      "fanout",
      "start",
      "federation",
      "client",
      "encryption",
      "mls",
      "new_device",
      "voice",
      "search",
    ],
    tiny: true,
  });
  assert.equal(readWish(["--help"]), "help");
  assert.throws(() => readWish(["send"]), /no bench "send"; there are sends, fanout/);
  assert.throws(() => readWish(["--tinny"]), /--tinny/);
});
