import assert from "node:assert/strict";
import { findSettings } from "./search.ts";

const items = [
  { label: "Overview", section: "Guild", href: "/o" },
  { label: "Icon", section: "Overview", href: "/o#icon", words: "picture logo" },
  { label: "Slow mode", section: "general", href: "/c#slow", words: "wait between messages" },
  { label: "Mode of the café", section: "general", href: "/c#mode" },
];
const found = (query: string) => findSettings(items, query).map((item) => item.href);

Deno.test("every word must be found; a label that begins with them stands first", () => {
  assert.deepEqual(found("overview"), ["/o", "/o#icon"]);
  assert.deepEqual(found("mode"), ["/c#mode", "/c#slow"]);
  assert.deepEqual(found("mode slow"), ["/c#slow"]);
  assert.deepEqual(found("overview slow"), []);
});

Deno.test("other words, capitals and accents find too; nothing asked finds nothing", () => {
  assert.deepEqual(found("LOGO"), ["/o#icon"]);
  assert.deepEqual(found("cafe"), ["/c#mode"]);
  assert.deepEqual(found("  "), []);
});
