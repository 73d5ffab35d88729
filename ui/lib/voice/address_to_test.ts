import assert from "node:assert/strict";
import { VOICE_LIMITS } from "../../../core/api/voice.ts";
import { MAX_SERVERS, parseServersTold, withServer } from "./address_to.ts";

Deno.test("servers that may see the address are remembered, and nothing else is", () => {
  let told = ["one.test", "two.test"];
  told = withServer(told, "one.test");
  assert.deepEqual(told, ["two.test", "one.test"]);
  for (let at = 0; at < 200; at++) told = withServer(told, `s${at}.test`);
  assert.equal(told.length, MAX_SERVERS);
  assert.equal(MAX_SERVERS, VOICE_LIMITS.addressTo);
  assert.equal(told.at(-1), "s199.test");
  assert.deepEqual(parseServersTold(JSON.stringify(told)), told);
  for (const bad of [null, "", "{", "7", '{"a":1}', "[1,null]"]) {
    assert.deepEqual(parseServersTold(bad), []);
  }
  assert.deepEqual(parseServersTold('["a.test",1]'), ["a.test"]);
});
