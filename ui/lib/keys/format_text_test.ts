import assert from "node:assert/strict";
import { toggleMark } from "./format_text.ts";

/** `[` and `]` stand where the selection begins and ends. */
function mark(source: string, sign: string): string {
  const start = source.indexOf("[");
  const end = source.indexOf("]") - 1;
  const marked = toggleMark({ text: source.replace(/[[\]]/g, ""), start, end }, sign);
  const { text } = marked;
  return text.slice(0, marked.start) + "[" + text.slice(marked.start, marked.end) + "]" +
    text.slice(marked.end);
}

Deno.test("marks go around the selected words, which stay selected", () => {
  assert.equal(mark("say [it] now", "**"), "say **[it]** now");
  assert.equal(mark("[]", "*"), "*[]*");
});

Deno.test("spaces at the edges stay outside", () => {
  assert.equal(mark("say[ it ]now", "~~"), "say ~~[it]~~ now");
});

Deno.test("a second press takes the marks away", () => {
  assert.equal(mark("say **[it]** now", "**"), "say [it] now");
  assert.equal(mark("say *[it]* now", "*"), "say [it] now");
});

Deno.test("italic and bold do not take each other's stars", () => {
  assert.equal(mark("**[it]**", "*"), "***[it]***");
  assert.equal(mark("***[it]***", "*"), "**[it]**");
  assert.equal(mark("***[it]***", "**"), "*[it]*");
  assert.equal(mark("*[it]*", "**"), "***[it]***");
});
