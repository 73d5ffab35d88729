import assert from "node:assert/strict";
import { TrustedProxies } from "./proxy.ts";

const peer = (address: string) => ({ address, secure: false });
const forwarded = (forwardedFor?: string, forwardedProto?: string) => ({
  forwardedFor,
  forwardedProto,
});

Deno.test("a visitor cannot speak for a proxy", () => {
  const none = new TrustedProxies([]);
  assert.deepEqual(none.resolve(peer("192.0.2.1"), forwarded("10.0.0.1", "https")), {
    address: "192.0.2.1",
    secure: false,
  });
  const some = new TrustedProxies(["10.0.0.0/8", "2001:db8::1"]);
  assert.equal(some.resolve(peer("192.0.2.1"), forwarded("9.9.9.9")).address, "192.0.2.1");
});

Deno.test("what stands before the last untrusted hop is not believed", () => {
  const proxies = new TrustedProxies(["10.0.0.0/8", "2001:db8::1"]);
  const resolve = (text?: string, proto?: string) =>
    proxies.resolve(peer("::ffff:10.0.0.1"), forwarded(text, proto));
  assert.deepEqual(resolve("198.51.100.7", "https"), { address: "198.51.100.7", secure: true });
  assert.equal(resolve("1.2.3.4, 198.51.100.7").address, "198.51.100.7");
  assert.equal(resolve("1.2.3.4, 198.51.100.7, 10.2.3.4").address, "198.51.100.7");
  assert.equal(resolve("198.51.100.7:1234").address, "198.51.100.7");
  assert.equal(resolve("[2001:db8::7]:1234, 2001:db8::1").address, "2001:db8::7");
  assert.equal(resolve("rubbish").address, "10.0.0.1");
  assert.equal(resolve().address, "10.0.0.1");
});

Deno.test("an entry that is no network is refused", () => {
  for (const entry of ["proxy.example", "10.0.0.0/33", "10.0.0.0/x", ""]) {
    assert.throws(() => new TrustedProxies([entry]), /no address or network/);
  }
});
