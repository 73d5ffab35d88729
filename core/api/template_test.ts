import assert from "node:assert/strict";
import { TemplateContent, type TemplateDraft } from "./template.ts";

const draft: TemplateDraft = {
  format: "openguild.template",
  version: 1,
  name: "Club",
  everyone: "7",
  roles: [{ name: "Board", bits: "200000" }],
  channels: [
    { kind: "category", name: "Inside" },
    { kind: "text", name: "board", parent: 0, entries: [{ target: 0, allow: "1", deny: "0" }] },
  ],
};
const [category, board] = draft.channels as [
  TemplateDraft["channels"][number],
  TemplateDraft["channels"][number],
];

Deno.test("a template that was read is read again as the same", () => {
  const read = TemplateContent.parse(draft);
  assert.equal(read.channels[1]?.parent, 0);
  assert.deepEqual(TemplateContent.parse(JSON.parse(JSON.stringify(read))), read);
});

const BAD: Readonly<Record<string, TemplateDraft>> = {
  "a parent that is no category": { ...draft, channels: [board, { ...board, parent: 0 }] },
  "a category inside another": { ...draft, channels: [category, { ...category, parent: 0 }] },
  "a role that is not there": {
    ...draft,
    channels: [{ ...category, entries: [{ target: 1, allow: "1", deny: "0" }] }],
  },
  "a role named twice": {
    ...draft,
    channels: [{
      ...category,
      entries: [{ target: 0, allow: "1", deny: "0" }, { target: 0, allow: "0", deny: "1" }],
    }],
  },
  "a welcome that points to a category": {
    ...draft,
    welcome: { channels: [{ channel: 0 }] },
  },
  "another version": { ...draft, version: 2 } as never,
  "a field that nobody knows": { ...draft, members: [] } as never,
  "more channels than there may be": { ...draft, channels: Array(201).fill(category) },
};

for (const [name, bad] of Object.entries(BAD)) {
  Deno.test(`no template: ${name}`, () => {
    assert.equal(TemplateContent.safeParse(bad).success, false);
  });
}
