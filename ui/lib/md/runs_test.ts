import assert from "node:assert/strict";
import { runsOf } from "./runs.ts";

const read = (source: string) => runsOf(source, ({ kind }) => `[${kind}]`);
const words = (source: string) => read(source).map(({ text }) => text).join("").trim();
const styled = (source: string) =>
  read(source).filter(({ styles }) => styles.length > 0)
    .map(({ text, styles }) => `${styles.join(" ")}: ${text}`);

Deno.test("a message on one line has its words, not the marks of markdown", () => {
  assert.equal(
    words("**Tea** at [ours](https://a.example/b), `snake_case` too"),
    "Tea at ours, snake_case too",
  );
  assert.equal(words("# Rules\n\n- one\n- two\n\n> said\n\n1. last"), "Rules one two said last");
  assert.equal(words("a\nb\n\n---\n\nc"), "a b c");
  assert.equal(words("```ts\nlet a = 1;\n```"), "let a = 1;");
  assert.equal(words("| a | b |\n|---|---|\n| 1 | 2 |"), "a b 1 2");
  assert.equal(words("hi <@ann:home.test>, 2 \\* 3 and :wave:"), "hi [user], 2 * 3 and :wave:");
  assert.equal(words("[x](javascript:alert) <b>y</b>"), "[x](javascript:alert) <b>y</b>");
});

Deno.test("it keeps how they are drawn, and what is hidden", () => {
  assert.deepEqual(styled("**a *b*** ~~c~~ __d__ `e`"), [
    "strong: a ",
    "strong em: b",
    "del: c",
    "u: d",
    "code: e",
  ]);
  assert.deepEqual(styled("||who **did** it||"), [
    "spoiler: who ",
    "spoiler strong: did",
    "spoiler:  it",
  ]);
});
