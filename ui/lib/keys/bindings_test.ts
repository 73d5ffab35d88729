import assert from "node:assert/strict";
import {
  findShortcut,
  type Focus,
  type KeyChoices,
  keysOf,
  NO_CHOICES,
  parseChoices,
} from "./bindings.ts";
import { conflictsOf, refuseCombo } from "./choose_key.ts";
import { SHORTCUTS } from "./shortcuts.ts";

const NOWHERE: Focus = { text: "none", composer: false, message: false, dialog: false };
const WRITING: Focus = { ...NOWHERE, text: "written", composer: true };
const EMPTY_BOX: Focus = { ...NOWHERE, text: "empty", composer: true };
const ON_MESSAGE: Focus = { ...NOWHERE, message: true };
const find = (combo: string, focus: Focus, choices: KeyChoices = NO_CHOICES) =>
  findShortcut(combo, { choices, focus, mac: false });

Deno.test("no default key means two things in one place, on a PC or a Mac", () => {
  for (const mac of [false, true]) {
    for (const shortcut of SHORTCUTS) {
      for (const combo of keysOf(NO_CHOICES, shortcut, mac)) {
        const others = conflictsOf(NO_CHOICES, { id: shortcut.id, combo, mac });
        assert.deepEqual(others, [], `${shortcut.id} ${combo}`);
        assert.equal(refuseCombo(shortcut.id, combo), undefined, `${shortcut.id} ${combo}`);
      }
    }
  }
});

Deno.test("a key means something only where its shortcut is valid", () => {
  assert.equal(find("Ctrl+K", NOWHERE), "switcher");
  assert.equal(find("R", ON_MESSAGE), "reply");
  assert.equal(find("R", WRITING), undefined);
  assert.equal(find("R", NOWHERE), undefined);
  assert.equal(find("ArrowUp", EMPTY_BOX), "editLast");
  assert.equal(find("ArrowUp", WRITING), undefined);
  assert.equal(find("Ctrl+B", WRITING), "bold");
  assert.equal(find("Ctrl+B", NOWHERE), undefined);
});

Deno.test("what moves the caret in text stays the text's", () => {
  for (const combo of ["Ctrl+End", "Shift+PageUp"]) {
    assert.equal(find(combo, WRITING), undefined, combo);
    assert.ok(find(combo, EMPTY_BOX), combo);
  }
});

Deno.test("one key is for the inbox until there is text that it can make italic", () => {
  assert.equal(find("Ctrl+I", NOWHERE), "inbox");
  assert.equal(find("Ctrl+I", EMPTY_BOX), "inbox");
  assert.equal(find("Ctrl+I", WRITING), "italic");
  assert.equal(find("Ctrl+I", { ...WRITING, composer: false }), undefined);
});

Deno.test("over a dialog only what closes it, finds a place, helps or answers a call", () => {
  const heard = SHORTCUTS.filter(({ id, keys }) =>
    find(keys[0], { ...NOWHERE, dialog: true }) === id
  );
  assert.deepEqual(heard.map(({ id }) => id), [
    "switcher",
    "close",
    "inbox",
    "help",
    "callHere",
    "callDecline",
  ]);
});

Deno.test("single letters can be turned off, other keys of a message stay", () => {
  const off = { ...NO_CHOICES, singles: false };
  assert.equal(find("R", ON_MESSAGE, off), undefined);
  assert.equal(find("Plus", ON_MESSAGE, off), undefined);
  assert.equal(find("Delete", ON_MESSAGE, off), "delete");
  assert.equal(find("Ctrl+K", ON_MESSAGE, off), "switcher");
});

Deno.test("a chosen key replaces the default, an empty one takes it away", () => {
  const chosen: KeyChoices = { singles: true, keys: { switcher: "Ctrl+J", pin: "" } };
  assert.equal(find("Ctrl+J", NOWHERE, chosen), "switcher");
  assert.equal(find("Ctrl+K", NOWHERE, chosen), undefined);
  assert.equal(find("P", ON_MESSAGE, chosen), undefined);
});

Deno.test("a clash is said where both could be meant, and only there", () => {
  const ask = (id: "reply" | "bold" | "help", combo: string) =>
    conflictsOf(NO_CHOICES, { id, combo, mac: false });
  assert.deepEqual(ask("help", "Ctrl+K"), ["switcher"]);
  assert.deepEqual(ask("reply", "P"), ["pin"]);
  assert.deepEqual(ask("help", "Ctrl+B"), ["bold"]);
  // On a message nobody writes.
  assert.deepEqual(ask("reply", "Ctrl+B"), []);
  assert.deepEqual(ask("help", "Ctrl+J"), []);
});

Deno.test("keys of the browser, and keys one writes with, are refused", () => {
  assert.equal(refuseCombo("switcher", "Ctrl+W"), "browser");
  assert.equal(refuseCombo("switcher", "K"), "typing");
  assert.equal(refuseCombo("bold", "Enter"), "typing");
  assert.equal(refuseCombo("reply", "Q"), undefined);
});

Deno.test("stored choices that are none are left out", () => {
  assert.deepEqual(parseChoices(null), NO_CHOICES);
  assert.deepEqual(parseChoices("{"), NO_CHOICES);
  assert.deepEqual(parseChoices("[1]"), NO_CHOICES);
  const stored = {
    singles: false,
    keys: { pin: "Q", nonsense: "A", reply: 7, edit: "x".repeat(41) },
  };
  assert.deepEqual(parseChoices(JSON.stringify(stored)), { singles: false, keys: { pin: "Q" } });
});
