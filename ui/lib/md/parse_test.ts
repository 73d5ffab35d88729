import assert from "node:assert/strict";
import fc from "fast-check";
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import MarkdownText from "../../components/chat/MarkdownText.tsx";
import { ENGLISH } from "../i18n/languages.ts";
import { inLanguage } from "../i18n/request_language.ts";
import { isJumbo, safeHref } from "./parse.ts";

const draw = (source: string) =>
  inLanguage(
    ENGLISH,
    () => renderToString(h(MarkdownText, { source, mention: (token) => `[${token.kind}]` })),
  );

Deno.test("what a message can look like", () => {
  assert.match(
    draw("**a** *b* ~~c~~ `d`"),
    /<strong>a<\/strong> <em>b<\/em> <del>c<\/del> <code>d<\/code>/,
  );
  assert.match(draw("__a *b*__ **c**"), /<u>a <em>b<\/em><\/u> <strong>c<\/strong>/);
  assert.match(draw("a\nb"), /a<br\/?>b/);
  assert.match(draw("- one\n- two"), /<ul><li\s*>one<\/li><li\s*>two<\/li><\/ul>/);
  assert.match(draw("```ts\nlet a = 1;\n```"), /<code>let a = 1;<\/code>/);
  assert.match(draw("||secret||"), /class="spoiler"/);
  assert.match(draw("| a | b |\n|---|---|\n| 1 | 2 |"), /<th\s*>a<\/th>[\s\S]*<td\s*>2<\/td>/);
  assert.match(
    draw("hi <@ann:home.test> and <#c1> @everyone"),
    /\[user\] and \[channel\] \[everyone\]/,
  );
  assert.match(draw("see https://example.org/a_b_c"), /href="https:\/\/example.org\/a_b_c"/);
});

Deno.test("mentions and spoilers in code stay code", () => {
  assert.doesNotMatch(draw("`<@ann:home.test>` `||x||`"), /\[user\]|spoiler/);
});

const HOSTILE = [
  "<script>alert(1)</script>",
  '<img src=x onerror="alert(1)">',
  "[x](javascript:alert(1))",
  "[x](JaVaScRiPt&#58;alert(1))",
  "[x](data:text/html,<script>1</script>)",
  "![x](javascript:alert(1))",
  "<javascript:alert(1)>",
  "[x](vbscript:1 'onclick=1')",
  '[a](https://e.org/"onmouseover="alert(1))',
  "[ref]: javascript:alert(1)\n\n[ref]",
  "<svg/onload=alert(1)>",
  "<a href='javascript:1'>x</a>",
];

function harmless(html: string) {
  // Only tags and attributes of ours: everything hostile has become text.
  const tags = [...html.matchAll(/<([a-z0-9]+)((?:\s[^<>]*)?)>/g)];
  for (const [, name, attributes] of tags) {
    assert.ok(
      !["script", "img", "svg", "iframe", "object", "style"].includes(name ?? "") ||
        name === "svg" && /class="icon/.test(attributes ?? ""),
      `<${name}> in ${html}`,
    );
    assert.doesNotMatch(attributes?.replace(/="[^"]*"/g, "") ?? "", /\bon\w+/);
    for (const [, href] of (attributes ?? "").matchAll(/href="([^"]*)"/g)) {
      assert.match(href ?? "", /^(https?:|mailto:)/);
    }
  }
}

Deno.test("hostile text is text", () => {
  for (const source of HOSTILE) harmless(draw(source));
});

Deno.test("no input throws or makes an element of its own", () => {
  const piece = fc.constantFrom(
    ..."*_~`>-+#|[]()!<>@&:\\\n \t1.a\"'=/",
    "||",
    "```",
    "<@a:b>",
    "https://e.org",
    "javascript:",
    "<b onclick=1>",
    "&lt;",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 300 }), (parts) => harmless(draw(parts.join("")))),
    { numRuns: 300 },
  );
});

Deno.test("depth that would overflow the lexer comes out as plain text", () => {
  for (
    const source of [
      ">".repeat(4000),
      "> ".repeat(2000),
      "- ".repeat(2000),
      "[".repeat(4000),
      "*".repeat(4000),
    ]
  ) {
    assert.ok(draw(source).length > 0);
  }
});

Deno.test("only schemes that lead somewhere harmless are links", () => {
  assert.equal(safeHref("https://a.b/c"), "https://a.b/c");
  assert.equal(safeHref("mailto:a@b.c"), "mailto:a@b.c");
  for (
    const bad of [
      "javascript:1",
      " javascript:1",
      "//a.b",
      "/x",
      "data:,1",
      "file:///etc",
      "https://",
    ]
  ) {
    assert.equal(safeHref(bad), undefined, bad);
  }
});

const known = (name: string) => name === "party" || name === "l".repeat(32);

Deno.test("an emoji of a guild is drawn outside code and addresses, by its whole name", () => {
  assert.match(draw("a :party: b **:party:**"), /a \[emoji\] b <strong>\[emoji\]<\/strong>/);
  assert.match(draw(":__proto__: :a_b_c:"), /<p>\[emoji\] \[emoji\]<\/p>/);
  for (const no of ["`:party:`", "```\n:party:\n```", ":p:", ":pa rty:", `:${"p".repeat(33)}:`]) {
    assert.doesNotMatch(draw(no), /\[emoji\]/, no);
  }
  assert.match(draw("https://e.org/a:party:b"), /href="https:\/\/e.org\/a:party:b"/);
});

Deno.test("a guild's emoji alone are drawn large, one it has not is a word", () => {
  const long = `:${"l".repeat(32)}:`;
  for (const yes of [":party:", "🙏 :party:", `${long} `.repeat(12)]) {
    assert.ok(isJumbo(yes, known), yes);
  }
  for (const no of [":gone:", "hi :party:", ":party:".repeat(13), `${long} `.repeat(13)]) {
    assert.ok(!isJumbo(no, known), no);
  }
});

Deno.test("a few emoji alone are drawn large; digits and words are not", () => {
  for (const yes of ["🙏", "👍🏽 👨‍👩‍👧‍👦", "🇸🇪", "❤️"]) assert.ok(isJumbo(yes, known), yes);
  for (const no of ["", "1", "12", "ok 👍", "#", "🙏".repeat(13)]) {
    assert.ok(!isJumbo(no, known), no);
  }
});

Deno.test("text is escaped once, whatever stands beside it", () => {
  assert.match(draw("a < b & c"), /<p>a &lt; b &amp; c<\/p>/);
  assert.match(draw("> **x** <b>\n\n- 1 < 2\n- 2"), /<\/strong> &lt;b(?:&gt;|>)[^]*1 &lt; 2/);
  assert.doesNotMatch(draw("<<b>> ||a & b|| `<&`"), /&amp;(?:lt|amp)/);
});

Deno.test("what is nested or divided without end is shown as text", () => {
  const table = `${"|a".repeat(1300)}|\n${"|-".repeat(1300)}|`.slice(0, 4000);
  const nested = ["**a", "_a ", "[", "1. "].map((piece) => piece.repeat(1300));
  const divided = ["`a` ", "```\n", "x\n", "a\n\n", "# a\n"].map((piece) => piece.repeat(1300));
  for (const bomb of [table, ...nested, ...divided]) {
    const elements = draw(bomb.slice(0, 4000)).match(/<\w/g)?.length ?? 0;
    assert.ok(elements <= 1100, `${JSON.stringify(bomb.slice(0, 8))}: ${elements} elements`);
  }
  const usual = draw("a **b _c_** d\n".repeat(60));
  assert.equal(usual.match(/<em>/g)?.length, 60);
});
