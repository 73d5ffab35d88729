import assert from "node:assert/strict";
import fc from "fast-check";
import type { Right } from "../../../core/permissions/bits.ts";
import {
  COMMANDS,
  findCommands,
  nameOfCommand,
  parseDuration,
  readCommand,
  usageOf,
} from "./commands.ts";

const place = (guild: boolean, ...rights: Right[]) => ({
  guild,
  may: (right: Right) => rights.includes(right),
});
const moderator = place(true, "KICK", "BAN", "MODERATE_MEMBERS", "MANAGE_CHANNELS");

function values(text: string) {
  const read = readCommand(text, moderator);
  return "values" in read ? read.values : read.problem;
}

Deno.test("a command is a word after a slash; paths and fractions are text", () => {
  for (const [text, name] of [["/kick @bob", "kick"], ["/SHRUG", "shrug"], ["/nope x", "nope"]]) {
    assert.equal(nameOfCommand(text ?? ""), name);
  }
  for (const text of ["/home/ann is full", "1/2", " /kick", "//kick", "/", "/ ban", "/2 of them"]) {
    assert.equal(nameOfCommand(text), undefined, text);
  }
});

Deno.test("arguments are read by their kind, the last takes the rest", () => {
  assert.deepEqual(values("/timeout @Bob 1h30m  being  loud "), ["bob", "5400", "being  loud"]);
  assert.deepEqual(values("/kick bob@other.test"), ["bob@other.test", undefined]);
  assert.deepEqual(values("/ban <@eve:home.test> spam"), ["eve@home.test", undefined, "spam"]);
  assert.deepEqual(values("/ban eve 7d spam"), ["eve", "604800", "spam"]);
  assert.deepEqual(values("/ban eve 3 warnings"), ["eve", undefined, "3 warnings"]);
  assert.deepEqual(values("/ban eve 2h"), ["eve", "7200", undefined]);
  assert.deepEqual(values("/slowmode off"), ["0"]);
  assert.deepEqual(values("/topic"), [undefined]);
  assert.deepEqual(values("/me waves"), ["waves"]);
});

Deno.test("what is wrong is named", () => {
  const kinds = (text: string, where = moderator) => {
    const read = readCommand(text, where);
    return "problem" in read ? read.problem.kind : "none";
  };
  assert.equal(kinds("/frobnicate"), "unknown");
  assert.equal(kinds("/timeout @bob"), "missing");
  assert.equal(kinds("/timeout @bob soon"), "duration");
  assert.equal(kinds("/kick !!"), "person");
  assert.equal(kinds("/leave now"), "tooMuch");
  assert.equal(kinds("/ban @bob", place(true)), "right");
  assert.equal(kinds("/topic x", place(false)), "guild");
  assert.equal(kinds("/shrug", place(false)), "none");
});

Deno.test("only what can be used here is offered", () => {
  const names = (typed: string, where: ReturnType<typeof place>) =>
    findCommands(typed, where).map((command) => command.name);
  assert.deepEqual(names("k", moderator), ["kick"]);
  assert.deepEqual(names("k", place(true)), []);
  assert.deepEqual(names("", place(false)), [
    "me",
    "shrug",
    "tableflip",
    "unflip",
    "spoiler",
    "poll",
    "msg",
  ]);
});

Deno.test("durations", () => {
  for (
    const [word, seconds] of [
      ["45", 45],
      ["10m", 600],
      ["2h30m", 9000],
      ["1w", 604_800],
      [
        "OFF",
        0,
      ],
      ["7 days", 604_800],
      ["2 Stunden", 7200],
      ["1 Tag", 86_400],
      ["90 sec", 90],
      [
        "5 min",
        300,
      ],
      ["3 Wochen", 1_814_400],
    ] as const
  ) assert.equal(parseDuration(word), seconds);
  for (const word of ["", "m", "1y", "-5m", "5 m", "1h30"]) {
    assert.equal(parseDuration(word), undefined, word);
  }
});

Deno.test("an end that may be left out is taken for one however it is written, and a reason is not", () => {
  const valuesOf = (text: string) => {
    const read = readCommand(text, moderator);
    return "values" in read ? read.values : read.problem;
  };
  assert.deepEqual(valuesOf("/ban eve 7 days spam"), ["eve", "604800", "spam"]);
  assert.deepEqual(valuesOf("/ban eve 2h spam"), ["eve", "7200", "spam"]);
  assert.deepEqual(valuesOf("/ban eve 3 Tage"), ["eve", "259200", undefined]);
  for (const reason of ["7 dayshift calls", "3 warnings", "off topic", "45", "spam"]) {
    assert.deepEqual(valuesOf(`/ban eve ${reason}`), ["eve", undefined, reason], reason);
  }
});

Deno.test("no text throws, and a command that was read has a value for each place", () => {
  fc.assert(fc.property(
    fc.constantFrom(...COMMANDS.map((command) => command.name), "x"),
    fc.string({ maxLength: 60 }),
    (name, rest) => {
      const read = readCommand(`/${name} ${rest}`, moderator);
      if ("values" in read) assert.equal(read.values.length, read.command.args.length);
    },
  ));
});

Deno.test("its usage shows what may be left out", () => {
  const timeout = COMMANDS.find((command) => command.name === "timeout");
  assert.ok(timeout);
  assert.equal(
    usageOf(timeout, (key) => key.replace("command.arg.", "")),
    "/timeout person duration [reason]",
  );
});
