import assert from "node:assert/strict";
import type { Clock } from "../../core/ports/clock.ts";
import { TransportError } from "../../federation/ports.ts";
import { ManualClock } from "../../tests/harness/parts.ts";
import { jsonLog } from "./log.ts";
import { textLog } from "./text_log.ts";

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

function refused(address = "127.0.0.1:5432"): Error {
  return Object.assign(new Error(`connect ECONNREFUSED ${address}`), { code: "ECONNREFUSED" });
}

/** A log of either form, its time, and what it wrote. */
function timed(open: typeof textLog | typeof jsonLog) {
  const lines: string[] = [];
  const time = new ManualClock(1_700_000_000_000);
  return {
    lines,
    time,
    log: open({ level: "info", clock: time, write: (line) => lines.push(line) }),
  };
}

Deno.test("what is away is told without a stack; every other error keeps it", () => {
  const { lines, log } = timed(jsonLog);
  log.log("warn", "Could not be read.", { error: new Error("no answer", { cause: refused() }) });
  log.log("warn", "Could not be asked.", {
    error: new AggregateError([refused(), refused("::1")]),
  });
  log.log("error", "Broken.", { error: new Error("a fault") });
  const [wrapped, several, fault] = lines.map((line) => JSON.parse(line));
  assert.equal(wrapped.error.stack, undefined);
  assert.deepEqual(wrapped.error.cause, {
    name: "Error",
    message: "connect ECONNREFUSED 127.0.0.1:5432",
    code: "ECONNREFUSED",
  });
  assert.equal(several.error.stack, undefined);
  assert.match(fault.error.stack, /log_test/);
});

Deno.test("what another server did is told with its reasons and without a stack", () => {
  const { lines, log } = timed(jsonLog);
  const cause = Object.assign(new Error("certificate has expired"), { code: "CERT_HAS_EXPIRED" });
  log.log("warn", "Could not be sent.", {
    error: new TransportError("tls", "TLS with example.org failed.", { cause }),
  });
  log.log("warn", "Could not be sent.", {
    error: new TransportError("timeout", "example.org did not answer within 60000 ms."),
  });
  const [expired, late] = lines.map((line) => JSON.parse(line).error);
  assert.deepEqual(expired, {
    name: "TransportError",
    message: "TLS with example.org failed.",
    cause: { name: "Error", message: "certificate has expired", code: "CERT_HAS_EXPIRED" },
  });
  assert.equal(late.stack, undefined);
});

for (const open of [jsonLog, textLog]) {
  Deno.test(`of lines about one absence one a minute is written, and how many were left out (${open.name})`, () => {
    const { lines, log, time } = timed(open);
    const child = log.child({ part: "search" });
    for (let second = 0; second < 90; second++) {
      log.log("warn", "Could not be read.", { error: refused() });
      child.log("warn", "Could not be read.", { error: refused() });
      time.advance(1000);
    }
    // One at the beginning and one after a minute, of each part; and what was left out of the
    // second part is told as soon as its minute is over, before its next line.
    assert.equal(lines.length, 5);
    assert.equal(lines.filter((line) => /left_out[":=]+59\b/.test(line)).length, 2);
    assert.equal(lines.filter((line) => line.includes("search")).length, 3);
    // Something else is told at once, and when the time is over, what has been left out since.
    log.log("info", "Ready.");
    assert.match(lines.at(-1) ?? "", /Ready/);
    time.advance(60_000);
    log.log("info", "Well.");
    assert.equal(lines.length, 9);
    assert.match(lines.at(-1) ?? "", /Well/);
    assert.equal(lines.slice(-3, -1).filter((line) => /left_out[":=]+29\b/.test(line)).length, 2);
  });
}

Deno.test("errors of one's own are told however often, and absences of two servers apart", () => {
  const { lines, log } = timed(jsonLog);
  for (let time = 0; time < 20; time++) {
    log.log("error", "Broken.", { error: new Error("a fault") });
  }
  assert.equal(lines.length, 20);
  for (const server of ["one.test", "two.test", "one.test"]) {
    log.log("warn", "Not reached.", { server, error: refused() });
  }
  assert.equal(lines.length, 22);
});
