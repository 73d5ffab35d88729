import assert from "node:assert/strict";
import { isOwnMachine } from "./own_machine.ts";

Deno.test("a host is one's own machine by its name or its address", () => {
  const own = ["localhost", "one.localhost", "127.0.0.1", "127.1.2.3", "::1", "[::1]"];
  for (const host of own) assert.ok(isOwnMachine(host), host);
  const others = [
    "example.org",
    "localhost.example.org",
    "127.example.org",
    "10.0.0.1",
    ".localhost",
  ];
  for (const host of others) assert.ok(!isOwnMachine(host), host);
});
