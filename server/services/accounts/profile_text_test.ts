import assert from "node:assert/strict";
import { OperationError } from "../../../core/errors.ts";
import { cleanProfileText } from "./profile_text.ts";

Deno.test("profile texts lose what would rearrange or hide the line around them", () => {
  assert.equal(cleanProfileText("display_name", "  Al\u202eice \n B  "), "Alice B");
  assert.equal(cleanProfileText("display_name", "\u200b\u3164\ufeff"), null);
  assert.equal(cleanProfileText("status", "a\u0000b\u0007c"), "abc");
  assert.equal(cleanProfileText("display_name", "e\u0301"), "\u00e9");
  assert.equal(cleanProfileText("display_name", "\ud800x"), "\ufffdx".replace("\ufffd", ""));
  assert.equal(cleanProfileText("bio", "one\r\n\r\n\r\n\r\ntwo\n"), "one\n\ntwo");
  assert.equal(cleanProfileText("bio", null), null);
});

Deno.test("profile texts keep joined emoji and scripts, and count what people see", () => {
  const family = "👨‍👩‍👧‍👦";
  assert.equal(cleanProfileText("display_name", family.repeat(64)), family.repeat(64));
  assert.equal(cleanProfileText("display_name", "नमस्ते"), "नमस्ते");
  assert.equal(cleanProfileText("display_name", "می‌خواهم"), "می‌خواهم");
  assert.throws(
    () => cleanProfileText("display_name", "x".repeat(65)),
    (error) => error instanceof OperationError && /65 characters; at most 64/.test(error.message),
  );
});

Deno.test("a stack of combining marks is not one character", () => {
  assert.throws(
    () => cleanProfileText("display_name", "z" + "\u0335".repeat(5000)),
    OperationError,
  );
});
