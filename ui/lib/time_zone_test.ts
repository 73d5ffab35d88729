import assert from "node:assert/strict";
import { readTimeZone, tellZone } from "./time_zone.ts";

const asks = (cookie?: string) =>
  new Request("https://garden.test/login", cookie === undefined ? {} : { headers: { cookie } });

Deno.test("a page reads the zone that the browser told, and asks for it where it told none", () => {
  const told = asks("og_last=%2Fhome; og_tz=Asia%2FTokyo");
  assert.equal(readTimeZone(told), "Asia/Tokyo");
  assert.equal(tellZone(told), undefined);
  for (const cookie of [undefined, "og_tz=", "og_tz=Nowhere%2FAtAll", "og_tz=%zz"]) {
    assert.equal(readTimeZone(asks(cookie)), "UTC", cookie);
    assert.ok(tellZone(asks(cookie)), cookie);
  }
});

Deno.test("the script that tells it holds nothing that HTML escapes", () => {
  assert.doesNotMatch(tellZone(asks()) ?? "", /[<>&"]/);
});
