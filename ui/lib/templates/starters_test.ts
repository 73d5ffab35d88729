import assert from "node:assert/strict";
import { TemplateContent } from "../../../core/api/template.ts";
import { textsOf } from "../i18n/catalogues.ts";
import { LANGUAGES } from "../i18n/languages.ts";
import { setTextSource } from "../i18n/t.ts";
import { STARTERS, starterTemplate } from "./starters.ts";

Deno.test("every starter is a template whose categories hold what stands under them", () => {
  for (const language of LANGUAGES) {
    setTextSource(() => textsOf(language));
    for (const key of STARTERS) {
      const { channels } = TemplateContent.parse(starterTemplate(key));
      const names = channels.map(({ parent, name }) => `${parent} ${name}`);
      assert.equal(new Set(names).size, names.length, `${key} names no channel twice`);
      const empty = channels.filter(({ kind }, at) =>
        kind === "category" && !channels.some(({ parent }) => parent === at)
      );
      assert.deepEqual(empty, [], `${key} has no empty category`);
    }
  }
});
