import assert from "node:assert/strict";
import { findMissing, type NeededPackage } from "./packages.ts";

const needed = (name: string, ...provides: string[]): NeededPackage => ({
  name,
  provides,
  usedFor: "a test",
});

Deno.test("finds programs on the search path and files by pattern", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/lib/15/bin`, { recursive: true });
  await Deno.writeTextFile(`${folder}/lib/15/bin/postgres`, "");
  await Deno.writeTextFile(`${folder}/served`, "");
  const missing = findMissing([
    needed("by-name", "served"),
    needed("by-pattern", `${folder}/lib/*/bin/postgres`),
    needed("one-of-two", "nowhere", "served"),
    needed("folder-is-no-program", "lib"),
    needed("absent-name", "absent"),
    needed("absent-pattern", `${folder}/lib/*/bin/absent`),
  ], [folder]);
  await Deno.remove(folder, { recursive: true });
  assert.deepEqual(missing.map((item) => item.name), [
    "folder-is-no-program",
    "absent-name",
    "absent-pattern",
  ]);
});
