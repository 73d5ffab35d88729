import assert from "node:assert/strict";
import { ManualClock } from "../../tests/harness/parts.ts";
import { addressKey, RateLimiter } from "./rate_limit.ts";

Deno.test("a quota is spent at once, comes back evenly and never exceeds itself", () => {
  const clock = new ManualClock();
  const limiter = new RateLimiter({ clock }, { name: "x", quota: 5, windowMs: 1000 }, {
    keyCount: 10,
  });
  const takeAll = () => {
    let count = 0;
    while (limiter.take("a")?.allowed === true) count++;
    return count;
  };
  assert.equal(takeAll(), 5);
  clock.advance(200);
  assert.equal(takeAll(), 1);
  clock.advance(100_000);
  assert.equal(takeAll(), 5);
});

Deno.test("the keys held are bounded", () => {
  const limiter = new RateLimiter(
    { clock: new ManualClock() },
    { name: "x", quota: 1, windowMs: 1000 },
    { keyCount: 100 },
  );
  for (let i = 0; i < 5000; i++) limiter.take(`key ${i}`);
  assert.equal(limiter.size, 100);
});

Deno.test("addresses of one network share a key", () => {
  assert.equal(addressKey("2001:db8:1:2:3::9"), addressKey("2001:DB8:1:2::1"));
  assert.equal(addressKey("2001:db8::1"), "2001:db8:0:0::/64");
  assert.notEqual(addressKey("2001:db8:1:2::1"), addressKey("2001:db8:1:3::1"));
  assert.equal(addressKey("::ffff:192.0.2.7"), "192.0.2.7");
  assert.equal(addressKey("192.0.2.7"), "192.0.2.7");
});
