import assert from "node:assert/strict";
import { initialsOf } from "./initials.ts";

Deno.test("initials are whole letters as people see them", () => {
  const expected: Readonly<Record<string, string>> = {
    "Ann": "A",
    "ann lee": "AL",
    "Ærø": "Æ",
    "e\u0301mile zola": "E\u0301Z",
    "Zola e\u0301mile": "ZE\u0301",
    "\u{1f469}\u200d\u{1f33e} farm": "\u{1f469}\u200d\u{1f33e}F",
    "1\ufe0f\u20e3 club": "1\ufe0f\u20e3C",
    "\u00a9\ufe0f x": "\u00a9\ufe0fX",
    "\u674e \u660e": "\u674e\u660e",
    "(the) -- garden": "TG",
    "...": "?",
    "": "?",
  };
  for (const [name, initials] of Object.entries(expected)) {
    assert.equal(initialsOf(name), initials, JSON.stringify(name));
  }
});
