import assert from "node:assert/strict";
import fc from "fast-check";
import { IntlMessageFormat } from "intl-messageformat";
import { compileMessage } from "./compile.ts";
import { ENGLISH, type Language, PSEUDO } from "./languages.ts";
import { createTexts } from "./texts.ts";

const POLISH: Language = { code: "pl", name: "Polski", dir: "ltr", intl: "pl", clock: "h23" };

function show(text: string, values: Record<string, string | number>, language = ENGLISH): string {
  return createTexts(language, () => compileMessage(text)).format("", values) ?? "";
}

Deno.test("values, plurals, ordinals and choices, one within the other", () => {
  assert.equal(show("Hello {name}!", { name: "{n}" }), "Hello {n}!");
  const text = "{n, plural, =0 {nobody} one {# guest of {host}} other {# guests of {host}}}";
  assert.equal(show(text, { n: 0, host: "Ada" }), "nobody");
  assert.equal(show(text, { n: 1, host: "Ada" }), "1 guest of Ada");
  assert.equal(show(text, { n: 1200, host: "Ada" }), "1,200 guests of Ada");
  const place = "{n, selectordinal, one {#st} two {#nd} few {#rd} other {#th}}";
  assert.deepEqual([1, 2, 3, 4, 11].map((n) => show(place, { n })), [
    "1st",
    "2nd",
    "3rd",
    "4th",
    "11th",
  ]);
  const nested = "{kind, select, dm {{n, plural, one {# letter} other {# letters}}} other {none}}";
  assert.equal(show(nested, { kind: "dm", n: 2 }), "2 letters");
  assert.equal(show(nested, { kind: "channel", n: 2 }), "none");
});

Deno.test("languages with more than two plurals choose theirs", () => {
  const text = "{n, plural, one {# plik} few {# pliki} many {# plików} other {# pliku}}";
  assert.deepEqual([1, 3, 5, 22].map((n) => show(text, { n }, POLISH)), [
    "1 plik",
    "3 pliki",
    "5 plików",
    "22 pliki",
  ]);
});

Deno.test("apostrophes and braces are ICU's: quoting begins only before a brace", () => {
  assert.equal(show("{name}'s guild", { name: "Ada" }), "Ada's guild");
  assert.equal(show("It's '{'fine'}'", {}), "It's {fine}");
});

Deno.test("what the browser could not show does not compile", () => {
  for (
    const bad of [
      "{",
      "{n, plural, one {x}}",
      "{n, plural, offset:1 other {#}}",
      "{n, number}",
      "{when, date, short}",
      "{n, plural, other {#}",
    ]
  ) assert.throws(() => compileMessage(bad), bad);
});

Deno.test("a missing value shows its name, a value cannot bring places of its own", () => {
  assert.equal(show("Hello {name}", {}), "Hello {name}");
  fc.assert(fc.property(fc.string(), (value) => {
    assert.equal(show("<{a}>", { a: value }), `<${value}>`);
  }));
});

Deno.test("from right to left each value is closed in: it cannot turn the text around it", () => {
  assert.equal(show("({name})", { name: "Ada" }, PSEUDO), "(\u2068Ada\u2069)");
});

Deno.test("any text of literals and values is shown as intl-messageformat shows it", () => {
  const piece = fc.oneof(fc.constantFrom("{a}", "{b}", "'", "#", "''", "|"), fc.string());
  fc.assert(fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
    const text = pieces.join("");
    let theirs: string;
    try {
      theirs = String(
        new IntlMessageFormat(text, "en", undefined, { ignoreTag: true }).format({
          a: "A",
          b: "B",
        }),
      );
    } catch {
      return;
    }
    if (/\{\s*[^ab\s}]/.test(text)) return;
    assert.equal(show(text, { a: "A", b: "B" }), theirs);
  }));
});
