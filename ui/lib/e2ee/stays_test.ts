import assert from "node:assert/strict";
import { Stays } from "./stays.ts";

const say = (page: EventTarget, ...types: readonly string[]) => {
  for (const type of types) page.dispatchEvent(new Event(type));
};

Deno.test("a stay ends when the page is left, and the next begins when it comes back", async () => {
  const page = new EventTarget();
  const stays = new Stays(page);
  say(page, "pageshow");
  const first = await stays.here();
  assert.equal(first.aborted, false);
  say(page, "pagehide");
  assert.equal(first.aborted, true);
  const coming = stays.here();
  say(page, "pageshow");
  const second = await coming;
  assert.equal(second.aborted, false);
  assert.equal(await stays.here(), second);
});

Deno.test("who is late to end a stay does not wait for the page that is back already", async () => {
  const page = new EventTarget();
  const stays = new Stays(page);
  const first = await stays.here();
  say(page, "pagehide", "pageshow");
  assert.equal(first.aborted, true);
  assert.equal((await stays.here()).aborted, false);
  say(page, "pagehide");
  const coming = stays.here();
  say(page, "pageshow", "pagehide", "pageshow");
  assert.equal((await coming).aborted, false);
});
