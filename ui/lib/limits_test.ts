import assert from "node:assert/strict";
import { MESSAGE_BODY_CHARS, MESSAGE_MEDIA_COUNT } from "../../core/api/messages.ts";
import { OWN_STYLE_CHARS } from "../../core/api/own_style.ts";
import {
  POLL_OPTION_CHARS,
  POLL_OPTIONS_MAX,
  POLL_OPTIONS_MIN,
  POLL_QUESTION_CHARS,
} from "../../core/api/polls.ts";
import { THREAD_TITLE_CHARS } from "../../core/api/threads.ts";
import * as own from "./limits.ts";

Deno.test("the pages know the bounds of the API", () => {
  assert.equal(own.MESSAGE_BODY_CHARS, MESSAGE_BODY_CHARS);
  assert.equal(own.MESSAGE_MEDIA_COUNT, MESSAGE_MEDIA_COUNT);
  assert.equal(own.THREAD_TITLE_CHARS, THREAD_TITLE_CHARS);
  assert.equal(own.OWN_STYLE_CHARS, OWN_STYLE_CHARS);
  assert.equal(own.POLL_QUESTION_CHARS, POLL_QUESTION_CHARS);
  assert.equal(own.POLL_OPTION_CHARS, POLL_OPTION_CHARS);
  assert.equal(own.POLL_OPTIONS_MIN, POLL_OPTIONS_MIN);
  assert.equal(own.POLL_OPTIONS_MAX, POLL_OPTIONS_MAX);
});
