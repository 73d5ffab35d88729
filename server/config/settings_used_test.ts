import assert from "node:assert/strict";
import { listSources } from "../../scripts/lib/suites.ts";
import { allSettings } from "./config.ts";

Deno.test("every documented setting is read by some part of the server", async () => {
  const root = new URL("../..", import.meta.url).pathname;
  const sources = listSources(root).filter((path) =>
    path.startsWith("server/") && !path.startsWith("server/config/sections/") &&
    !path.endsWith("_test.ts")
  );
  const text = (await Promise.all(sources.map((path) => Deno.readTextFile(root + path)))).join(
    "\n",
  );
  const unread = allSettings().filter(({ key }) => !new RegExp(`\\b${key}\\b`).test(text));
  assert.deepEqual(unread.map(({ id }) => id), []);
});
