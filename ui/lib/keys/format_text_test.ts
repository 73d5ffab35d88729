import assert from "node:assert/strict";
import { makeLink, type Marked, toggleMark, toggleQuote } from "./format_text.ts";

/** `[` and `]` stand where the selection begins and ends. */
function change(source: string, how: (selected: Marked) => Marked): string {
  const start = source.indexOf("[");
  const end = source.indexOf("]") - 1;
  const { text, start: from, end: to } = how({ text: source.replace(/[[\]]/g, ""), start, end });
  return text.slice(0, from) + "[" + text.slice(from, to) + "]" + text.slice(to);
}

const mark = (source: string, sign: string) => change(source, (held) => toggleMark(held, sign));

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

Deno.test("whole lines become a quote, and words again", () => {
  assert.equal(change("a\nb [c\nd] e\nf", toggleQuote), "a\n[> b c\n> d e]\nf");
  assert.equal(change("a\n> b [c\n> d] e", toggleQuote), "a\n[b c\nd e]");
  assert.equal(change("> a[\nb]", toggleQuote), "[> > a\n> b]");
});

Deno.test("words get an address, an address gets words", () => {
  const linked = (text: string, start: number, end: number) => {
    const made = makeLink({ text, start, end });
    return [made.text, made.text.slice(made.start, made.end), made.start];
  };
  assert.deepEqual(linked("see this now", 4, 8), ["see [this](https://) now", "https://", 11]);
  assert.deepEqual(linked("https://a.org", 0, 13), ["[](https://a.org)", "", 1]);
});
