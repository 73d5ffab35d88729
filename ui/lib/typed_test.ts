import assert from "node:assert/strict";
import { type ComponentChildren, h } from "preact";
import { renderToString } from "preact-render-to-string";
import { Field } from "../components/Field.tsx";
import { ActForm, Area, Check, Select } from "../components/FormParts.tsx";
import { ENGLISH } from "./i18n/languages.ts";
import { inLanguage } from "./i18n/request_language.ts";

function sent(...fields: readonly (readonly [string, string])[]): FormData {
  const form = new FormData();
  for (const [name, value] of fields) form.append(name, value);
  return form;
}

const draw = (act: string, refused: FormData | null, children: ComponentChildren) =>
  inLanguage(ENGLISH, () => renderToString(h(ActForm, { act, refused, children })));

const FIELDS = () => [
  h(Field, { name: "name", label: "Name", value: "saved" }),
  h(Area, { name: "about", label: "About", value: "saved", maxlength: 100 }),
  h(Select, { name: "kind", label: "Kind", value: "a", options: [["a", "A"], ["b", "B"]] }),
  h(Check, { name: "open", label: "Open", checked: true }),
  h(Check, { name: "may", value: "read", label: "Read", checked: false }),
  h(Check, { name: "fixed", label: "Fixed", checked: true, disabled: true }),
];

Deno.test("the form that was refused comes back with what was written into it", () => {
  const refused = sent(
    ["act", "save"],
    ["name", 'tea "pot"'],
    ["about", "for <two>"],
    ["kind", "b"],
    ["may", "write"],
    ["may", "read"],
  );
  const html = draw("save", refused, FIELDS());
  assert.match(html, /value="tea &quot;pot&quot;"/);
  assert.match(html, />for &lt;two><\/textarea>/);
  assert.match(html, /<option[^>]*value="b"[^>]*selected|<option[^>]*selected[^>]*value="b"/);
  assert.doesNotMatch(html, /name="open"[^>]*checked/);
  assert.match(html, /name="may"[^>]*checked/);
  assert.match(html, /name="fixed"[^>]*checked/);
});

Deno.test("no other form of the page does, nor one without a refusal", () => {
  const other = sent(["act", "remove"], ["name", "tea"]);
  for (const refused of [other, null]) {
    const html = draw("save", refused, FIELDS());
    assert.match(html, /name="name"[^>]*value="saved"/);
    assert.match(html, /name="open"[^>]*checked/);
  }
});

Deno.test("passwords and codes never come back", () => {
  const refused = sent(["act", "save"], ["old", "hunter2"], ["code", "123456"]);
  const html = draw("save", refused, [
    h(Field, { name: "old", label: "Password", type: "password" }),
    h(Field, { name: "code", label: "Code", autocomplete: "one-time-code" }),
  ]);
  assert.doesNotMatch(html, /hunter|123456/);
});
