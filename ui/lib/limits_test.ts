import assert from "node:assert/strict";
import { MESSAGE_BODY_CHARS, MESSAGE_MEDIA_COUNT } from "../../core/api/messages.ts";
import * as own from "./limits.ts";

Deno.test("the composer knows the bounds of the API", () => {
  assert.equal(own.MESSAGE_BODY_CHARS, MESSAGE_BODY_CHARS);
  assert.equal(own.MESSAGE_MEDIA_COUNT, MESSAGE_MEDIA_COUNT);
});
