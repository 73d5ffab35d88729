import assert from "node:assert/strict";
import { cleanWords } from "../../../core/previews/clean_words.ts";
import { decodePage } from "./decode_page.ts";
import { PREVIEW_LIMITS } from "./preview_limits.ts";
import { readPage } from "./read_page.ts";

const page = (head: string) => `<!doctype html><html><head>${head}</head><body>x</body></html>`;

Deno.test("what a page says of itself, in the order in which it is believed", () => {
  assert.deepEqual(
    readPage(page(`
      <title>Plain</title>
      <meta name="description" content="Last">
      <meta property="og:title" content="Graph &amp; more &#x1F600;">
      <meta name="twitter:title" content="Bird">
      <meta property='og:site_name' content='Site'>
      <meta property=og:image content=/p.png>
      <meta property="og:image:alt" content="A  picture
        of it">
      <meta property="og:title" content="Second">`)),
    {
      title: "Graph & more 😀",
      site: "Site",
      description: "Last",
      picture: "/p.png",
      pictureAlt: "A picture of it",
    },
  );
  assert.equal(readPage(page("<TITLE>A &lt;b&gt; &copy; x</TITLE>"))?.title, "A <b> © x");
  assert.equal(
    readPage(page(`<meta property="og:title" content="  "><title>T</title>`))?.title,
    "T",
  );
  assert.equal(readPage(page(`<meta name="og:title twitter:title" content="no">`)), undefined);
  assert.equal(readPage(page("<title> \n </title>")), undefined);
  assert.equal(readPage(""), undefined);
});

Deno.test("only the head is read, and of scripts, comments and drawings nothing", () => {
  const body = `<body><title>Body</title><meta property="og:title" content="Body">`;
  assert.equal(readPage(`<title>Head</title>${body}`)?.title, "Head");
  assert.equal(readPage(body), undefined);
  assert.equal(readPage(`</head><title>After</title>`), undefined);
  assert.equal(
    readPage(page(`<script>"<title>script</title>"</script><!-- <title>no</title> -->
      <style><title>style</title></style><title>Real</title><svg><title>Drawn</title></svg>`))
      ?.title,
    "Real",
  );
  assert.equal(
    readPage(page(`<title>A<script>alert(1)</script></title>`))?.title,
    "A<script>alert(1)</script>",
  );
});

Deno.test("hostile pages cost a time that grows with their bytes, and give bounded words", () => {
  const size = PREVIEW_LIMITS.pageBytes;
  const fill = (text: string) => text.repeat(Math.ceil(size / text.length)).slice(0, size);
  const hostile = {
    nested: fill("<i>"),
    "nested, and never closed": fill("<i>").slice(0, size / 2) + fill("</b>"),
    attributes: `<meta ${fill("a=b ")}>`,
    "an attribute without end": `<meta content="${fill("x")}`,
    "names without end": `<${fill("m")}`,
    comments: fill("<!--"),
    "a comment without end": `<!--${fill("-")}`,
    entities: `<title>${fill("&amp;")}`,
    "halves of entities": `<meta content="${fill("&am")}">`,
    titles: fill("<title>"),
    metas: fill(`<meta property="og:title" content="x">`),
    declarations: fill("<!DOCTYPE x ["),
    cdata: fill("<![CDATA["),
    nothing: "\0".repeat(size),
    marks: `<title>${fill("a\u0301")}`,
  };
  for (const [name, html] of Object.entries(hostile)) {
    const words = readPage(html);
    const length = words?.title.length ?? 0;
    assert.ok(length <= PREVIEW_LIMITS.titleChars, `${name}: ${length}`);
    assert.ok(decodePage(new TextEncoder().encode(html), "text/html").length > 0, name);
  }
  const giant = readPage(page(`<meta property="og:title" content="${fill("word ")}">`));
  assert.equal(giant?.title.length, PREVIEW_LIMITS.titleChars);
  assert.ok(giant.title.endsWith("word…"));
});

Deno.test("a stranger's words cannot turn the text around them, hide in it, or pile up", () => {
  const cases: [string, string | undefined][] = [
    ["\u202egnp.exe\u202c", "gnp.exe"],
    ["\u2066a\u2069\u200f\u200e\u061cb\ufeff", "ab"],
    ["a\u0000b\u001b[31mc\u0085d", "a b [31mc d"],
    ["a\u00adb\u200bc\u2028d\u{e0041}", "abc d"],
    ["  many\n\n\tspaces\u3000 ", "many spaces"],
    ["e" + "\u0301".repeat(50) + "x", "é" + "\u0301".repeat(4) + "x"],
    ["👩‍👩‍👧 family, שלום", "👩‍👩‍👧 family, שלום"],
    ["\ud800", undefined],
    ["\u200b\u202e \ufeff", undefined],
  ];
  for (const [text, clean] of cases) {
    assert.equal(cleanWords(text, 100), clean, JSON.stringify(text));
  }
  assert.equal(cleanWords(undefined, 5), undefined);
  // Between what people see as characters.
  assert.equal(cleanWords("abc👩‍👩‍👧def", 6), "abc…");
  assert.equal(cleanWords("a".repeat(1_000_000), 10), "a".repeat(9) + "…");
});

Deno.test("the character set: mark, header, statement, UTF-8; unknown ones are passed over", () => {
  const latin = Uint8Array.from(
    [..."<title>Gr", "\xfc", ..."n</title>"].map((c) => c.charCodeAt(0)),
  );
  const utf8 = new TextEncoder().encode("<title>Grün</title>");
  const stated = (charset: string, bytes: Uint8Array) =>
    Uint8Array.from([...new TextEncoder().encode(`<meta charset="${charset}">`), ...bytes]);
  const titleOf = (bytes: Uint8Array, type = "text/html") =>
    readPage(decodePage(bytes, type))?.title;
  assert.equal(titleOf(utf8), "Grün");
  assert.equal(titleOf(latin), "Gr\ufffdn");
  assert.equal(titleOf(latin, "text/html; charset=ISO-8859-1"), "Grün");
  assert.equal(titleOf(latin, `text/html;charset="windows-1252"`), "Grün");
  assert.equal(titleOf(stated("latin1", latin)), "Grün");
  assert.equal(titleOf(stated("no-such-set", utf8)), "Grün");
  assert.equal(titleOf(utf8, "text/html; charset=no-such-set"), "Grün");
  // What is said wrongly gives wrong letters, and nothing worse.
  assert.equal(titleOf(utf8, "text/html; charset=utf-16le"), undefined);
  assert.equal(titleOf(stated("utf-16", utf8), "text/html; charset=utf-8"), "Grün");
  assert.equal(
    titleOf(Uint8Array.from([0xef, 0xbb, 0xbf, ...utf8]), "text/html; charset=latin1"),
    "Grün",
  );
});
