import assert from "node:assert/strict";
import { joinAddress } from "./home_server.ts";

const link = { code: "abc", server: "far.org" };
const query = "/join?link=abc%40far.org";

Deno.test("an address, a name or an account leads to one's own server", () => {
  for (
    const [typed, origin] of [
      ["home.org", "https://home.org"],
      ["  https://chat.home.org/g/1  ", "https://chat.home.org"],
      ["http://chat.home.org", "https://chat.home.org"],
      ["home.org:8448", "https://home.org:8448"],
      ["@ann@home.org", "https://home.org"],
      ["ann@home.org", "https://home.org"],
      ["http://localhost:8080", "http://localhost:8080"],
      ["http://127.0.0.1:9000/x", "http://127.0.0.1:9000"],
      ["[2001:db8::1]", "https://[2001:db8::1]"],
    ] as const
  ) assert.equal(joinAddress(typed, link), origin + query, typed);
});

Deno.test("what is no address leads nowhere", () => {
  for (
    const typed of [
      "",
      "  ",
      "home",
      "https://",
      "javascript:alert(1)",
      "https://a:b@home.org",
      "a b",
    ]
  ) assert.equal(joinAddress(typed, link), undefined, typed);
});
