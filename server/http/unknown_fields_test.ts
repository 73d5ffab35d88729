/** One rule for the whole API: fields that nobody knows are ignored. docs/API.md. */
import assert from "node:assert/strict";
import { z } from "zod";
import { TemplateContent } from "../../core/api/template.ts";
import { apiOperations } from "../../scripts/lib/api_operations.ts";

/** Objects that are refused for a field that they do not know, by where they stand. */
function strictIn(schema: z.ZodType, at: string, seen: Set<unknown>): string[] {
  if (seen.has(schema) || schema === TemplateContent) return [];
  seen.add(schema);
  const found: string[] = [];
  if (schema instanceof z.ZodObject && schema.def.catchall instanceof z.ZodNever) found.push(at);
  const below = (value: unknown, name: string): void => {
    if (value instanceof z.ZodType) found.push(...strictIn(value, `${at}.${name}`, seen));
    else if (Array.isArray(value)) value.forEach((each) => below(each, name));
    else if (typeof value === "object" && value !== null) {
      for (const [key, each] of Object.entries(value)) below(each, key);
    }
  };
  for (const [name, part] of Object.entries(schema.def)) {
    below(name === "getter" && typeof part === "function" ? part() : part, name);
  }
  return found;
}

Deno.test("no operation refuses a body or a query for a field that it does not know, but for a template", async () => {
  const operations = await apiOperations();
  const looked = operations.flatMap(({ id, query, body }) =>
    [query, body].flatMap((schema) => schema === undefined ? [] : [{ id, schema }])
  );
  assert.ok(looked.length > 100, String(looked.length));
  const strict = looked.flatMap(({ id, schema }) => strictIn(schema, id, new Set()));
  assert.deepEqual(strict, []);
  const inner = z.object({ entries: z.array(z.strictObject({ name: z.string() })).optional() });
  assert.deepEqual(strictIn(inner, "x", new Set()).length, 1, "a strict one within is found");
  assert.equal(TemplateContent.def.catchall instanceof z.ZodNever, true);
});
