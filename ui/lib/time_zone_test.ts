import assert from "node:assert/strict";
import { readTimeZone, tellZone } from "./time_zone.ts";

const asks = (cookie?: string) =>
  new Request("https://garden.test/login", cookie === undefined ? {} : { headers: { cookie } });

Deno.test("a page reads the zone that the browser told, and asks for it where it told none", () => {
  const told = asks("og_last=%2Fhome; og_tz=Asia%2FTokyo");
  assert.equal(readTimeZone(told), "Asia/Tokyo");
  assert.equal(tellZone(told, false), undefined);
  assert.match(tellZone(told, true) ?? "", /!=='Asia%2FTokyo'/);
  for (const cookie of [undefined, "og_tz=", "og_tz=Nowhere%2FAtAll", "og_tz=%zz"]) {
    assert.equal(readTimeZone(asks(cookie)), "UTC", cookie);
    for (const drawn of [false, true]) {
      const tells = tellZone(asks(cookie), drawn) ?? "";
      assert.match(tells, /^document\.cookie/, cookie);
      assert.doesNotMatch(tells, /reload/, cookie);
    }
  }
});

Deno.test("the script that tells it holds nothing that HTML escapes", () => {
  for (const request of [asks(), asks("og_tz=Asia%2FTokyo")]) {
    assert.doesNotMatch(tellZone(request, true) ?? "", /[<>&"]/);
  }
});
