import assert from "node:assert/strict";
import type { Clock } from "../../core/ports/clock.ts";
import { jsonLog } from "./log.ts";

const clock: Clock = {
  now: () => 1_700_000_000_000,
  monotonic: () => 0,
  sleep: () => Promise.resolve(),
};

function capture(level: "debug" | "info" | "warn" | "error") {
  const lines: string[] = [];
  return { lines, log: jsonLog({ level, clock, write: (line) => lines.push(line) }) };
}

Deno.test("a log line is one JSON object with time, level, message and fields", () => {
  const { lines, log } = capture("info");
  log.child({ request_id: "r1" }).log("info", "Ready.", { port: 8080, big: 5n });
  assert.equal(lines.length, 1);
  assert.ok(lines[0]?.endsWith("\n"));
  assert.deepEqual(JSON.parse(lines[0] ?? ""), {
    request_id: "r1",
    port: 8080,
    big: "5",
    time: "2023-11-14T22:13:20.000Z",
    level: "info",
    message: "Ready.",
  });
});

Deno.test("lines below the level are not written and fields cannot forge the level", () => {
  const { lines, log } = capture("warn");
  log.log("info", "quiet");
  log.log("warn", "heard\nand on one line", { level: "debug" });
  assert.equal(lines.length, 1);
  assert.equal(lines[0]?.trimEnd().includes("\n"), false);
  assert.equal(JSON.parse(lines[0] ?? "").level, "warn");
});

Deno.test("an error is logged without what it carries beside its text", () => {
  const { lines, log } = capture("info");
  const error = Object.assign(new Error("insert failed", { cause: new Error("inner") }), {
    code: "23505",
    parameters: ["a private message"],
  });
  log.log("error", "Write failed.", { error });
  const logged = JSON.parse(lines[0] ?? "");
  assert.equal(logged.error.code, "23505");
  assert.equal(logged.error.cause.message, "inner");
  assert.equal((lines[0] ?? "").includes("private"), false);
});
