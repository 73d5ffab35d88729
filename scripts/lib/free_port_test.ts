import assert from "node:assert/strict";
import { freePort, isFree } from "./free_port.ts";

Deno.test("ports are below those of outgoing connections and never given twice", () => {
  const ports = Array.from({ length: 200 }, () => freePort());
  assert.equal(new Set(ports).size, ports.length);
  for (const port of ports) assert.ok(port > 10_080 && port < 32_768, String(port));
});

Deno.test("a port that something listens on is passed over, on whichever address it listens", () => {
  for (const hostname of ["127.0.0.1", "0.0.0.0"]) {
    const port = freePort();
    using held = Deno.listen({ hostname, port: port + 1 });
    assert.equal(isFree(held.addr.port), false);
    assert.notEqual(freePort(), held.addr.port);
  }
});
