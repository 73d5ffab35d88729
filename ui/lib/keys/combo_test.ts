import assert from "node:assert/strict";
import { CATALOGUES } from "../i18n/catalogues.ts";
import { ENGLISH, languageOf } from "../i18n/languages.ts";
import { inLanguage } from "../i18n/request_language.ts";
import { comboOf, isSingle, type Press, showCombo } from "./combo.ts";

const press = (key: string, more: Partial<Press> = {}): Press => ({
  key,
  code: "",
  ctrlKey: false,
  altKey: false,
  shiftKey: false,
  metaKey: false,
  ...more,
});

Deno.test("a press is named by its modifiers in one order and its key", () => {
  const all = { ctrlKey: true, altKey: true, shiftKey: true };
  assert.equal(comboOf(press("k", { ctrlKey: true }), false), "Ctrl+K");
  assert.equal(comboOf(press("ArrowUp", all), false), "Ctrl+Alt+Shift+ArrowUp");
  assert.equal(comboOf(press(" "), false), "Space");
  assert.equal(comboOf(press("F6", { shiftKey: true }), false), "Shift+F6");
});

Deno.test("a modifier, half a character and what AltGr types are no press", () => {
  for (const key of ["Control", "Shift", "Dead", "Process"]) {
    assert.equal(comboOf(press(key), false), undefined, key);
  }
  const altGr = { ctrlKey: true, altKey: true, getModifierState: (n: string) => n === "AltGraph" };
  assert.equal(comboOf(press("@", altGr), false), undefined);
});

Deno.test("a symbol is the same wherever the keyboard has it", () => {
  assert.equal(comboOf(press("/", { ctrlKey: true, shiftKey: true }), false), "Ctrl+/");
  assert.equal(comboOf(press("+", { shiftKey: true }), false), "Plus");
});

Deno.test("letters of another script go by the place of the key, Latin ones by themselves", () => {
  assert.equal(comboOf(press("л", { code: "KeyK", ctrlKey: true }), false), "Ctrl+K");
  assert.equal(comboOf(press("o", { code: "KeyS", ctrlKey: true }), false), "Ctrl+O");
  assert.equal(comboOf(press(";", { code: "KeyZ" }), false), ";");
});

Deno.test("on a Mac the command key is Ctrl, and the control key stays what it is", () => {
  assert.equal(comboOf(press("k", { metaKey: true }), true), "Ctrl+K");
  assert.equal(comboOf(press("e", { ctrlKey: true }), true), "Control+E");
  assert.deepEqual(showCombo("Ctrl+Shift+U", true), ["⌘", "⇧", "U"]);
  assert.deepEqual(showCombo("Alt+ArrowUp", false), ["Alt", "↑"]);
});

Deno.test("single characters are told from combinations and named keys", () => {
  for (const combo of ["R", "Shift+R", "Plus", "Space"]) assert.ok(isSingle(combo), combo);
  for (const combo of ["Ctrl+R", "Delete", "ArrowUp", "F6", "Alt+X"]) {
    assert.ok(!isSingle(combo), combo);
  }
});

Deno.test("keys are called as the keyboards of a language are printed", () => {
  const shown = (combo: string, code = ENGLISH.code) =>
    inLanguage(languageOf(code) ?? ENGLISH, () => showCombo(combo, false).join(" "));
  assert.equal(shown("Ctrl+Shift+PageUp"), "Ctrl Shift Page ↑");
  assert.equal(shown("Ctrl+Shift+PageUp", "de"), "Strg Umschalt Bild ↑");
  assert.equal(shown("Ctrl+End", "de"), "Strg Ende");
  assert.equal(shown("Shift+Delete", "de"), "Umschalt Entf");
});

Deno.test("no German text calls a key by its English name", () => {
  for (const [key, text] of Object.entries(CATALOGUES["de"] ?? {})) {
    assert.doesNotMatch(text, /\b(?:Ctrl|Shift|Page (?:Up|Down)|Delete)\b/, key);
  }
});
