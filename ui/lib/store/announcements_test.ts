import assert from "node:assert/strict";
import fc from "fast-check";
import { ANNOUNCE_EVERY_MS, Announcer } from "./announcements.ts";

function listen() {
  const said: { text: string; ms: number }[] = [];
  const timers: { at: number; act: () => void }[] = [];
  let nowMs = 0;
  const announcer = new Announcer({
    now: () => nowMs,
    after: (ms, act) => timers.push({ at: nowMs + ms, act }),
    summary: (count) => `${count} new`,
    say: (text) => said.push({ text, ms: nowMs }),
  });
  const pass = (ms: number) => {
    const end = nowMs + ms;
    for (;;) {
      const next = timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      timers.splice(timers.indexOf(next), 1);
      nowMs = Math.max(nowMs, next.at);
      next.act();
    }
    nowMs = end;
  };
  return { announcer, said, pass };
}

Deno.test("the first is said at once, a few together, of many the number", () => {
  const { announcer, said, pass } = listen();
  announcer.add("Ann: hi.");
  announcer.add("Bob: hello.");
  announcer.add("Ann: how are you?");
  pass(ANNOUNCE_EVERY_MS);
  for (let i = 0; i < 40; i++) announcer.add(`Bob: ${i}`);
  pass(ANNOUNCE_EVERY_MS);
  assert.deepEqual(said.map(({ text }) => text), [
    "Ann: hi.",
    "Bob: hello. Ann: how are you?",
    "40 new",
  ]);
});

Deno.test("never faster than once a second, and nothing is left unsaid", () => {
  fc.assert(fc.property(fc.array(fc.nat({ max: 700 }), { maxLength: 80 }), (gaps) => {
    const { announcer, said, pass } = listen();
    for (const gap of gaps) {
      pass(gap);
      announcer.add("x");
    }
    pass(ANNOUNCE_EVERY_MS * 2);
    const total = said.reduce(
      (sum, { text }) => sum + (parseInt(text) || text.split(" ").length),
      0,
    );
    assert.equal(total, gaps.length);
    said.forEach(({ ms }, i) => {
      const before = said[i - 1];
      if (before) assert.ok(ms - before.ms >= ANNOUNCE_EVERY_MS);
    });
  }));
});

Deno.test("turned off it says nothing; another channel forgets what waits", () => {
  const { announcer, said, pass } = listen();
  announcer.on = false;
  announcer.add("a");
  announcer.on = true;
  announcer.add("b");
  announcer.add("c");
  announcer.clear();
  pass(ANNOUNCE_EVERY_MS * 2);
  assert.deepEqual(said.map(({ text }) => text), ["b"]);
});
