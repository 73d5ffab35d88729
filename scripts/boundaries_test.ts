import assert from "node:assert/strict";
import { findBreaches, findImpureTypes } from "./boundaries.ts";

const root = new URL("..", import.meta.url).pathname.replace(/\/$/, "");

async function plant(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  await Deno.mkdir(`${folder}/ui`);
  for (const config of ["deno.json", "ui/deno.json"]) {
    await Deno.copyFile(`${root}/${config}`, `${folder}/${config}`);
  }
  for (const [path, text] of Object.entries(files)) {
    const at = `${folder}/${path}`;
    await Deno.mkdir(at.slice(0, at.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(at, text);
  }
  return folder;
}

async function breachesOf(files: Readonly<Record<string, string>>): Promise<string[]> {
  const folder = await plant(files);
  try {
    return await findBreaches(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("the project keeps the import rule", async () => {
  assert.deepEqual(await findBreaches(root), []);
});

Deno.test("core and the browser part of ui need no types of Deno", async () => {
  assert.deepEqual(await findImpureTypes(root), []);
});

Deno.test("a planted import from core to server is found, with its line", async () => {
  const found = await breachesOf({
    "server/a.ts": "export const a = 1;\n",
    "core/b.ts": 'export const b = 2;\nexport { a } from "../server/a.ts";\n',
  });
  assert.deepEqual(found, ["core/b.ts:2 imports server/a.ts: core may import core, not server"]);
});

Deno.test("type-only, dynamic and side-effect imports count as well", async () => {
  const found = await breachesOf({
    "server/a.ts": "export interface A { a: number }\n",
    "ui/type.ts": 'import type { A } from "../server/a.ts";\nexport type B = A;\n',
    "voice/dynamic.ts": 'export const load = () => import("../server/a.ts");\n',
    "federation/side.ts": 'import "../ui/type.ts";\n',
  });
  assert.equal(found.length, 3, found.join("\n"));
});

Deno.test("a package outside its folder, or not for core, is found", async () => {
  const found = await breachesOf({
    "core/a.ts": 'export { Hono } from "hono";\n',
    "server/services/b.ts": 'export { Hono } from "hono";\n',
    "server/http/c.ts": 'export { Hono } from "hono";\n',
    "core/d.ts": 'export { readFile } from "node:fs";\n',
  });
  assert.equal(found.length, 3, found.join("\n"));
  assert.ok(found.every((breach) => !breach.startsWith("server/http/")));
});

Deno.test("ts-mls and what is under it stay in core/mls, types included", async () => {
  const found = await breachesOf({
    "core/mls/a.ts": 'export { encodeMlsMessage } from "ts-mls/message.js";\n',
    "core/mls/b.ts": 'export { CipherSuite } from "@hpke/core";\n',
    "core/e2ee/c.ts": 'export { encodeMlsMessage } from "ts-mls/message.js";\n',
    "ui/lib/d.ts": 'export type { MLSMessage } from "ts-mls/message.js";\n',
    "server/e.ts": 'export { CipherSuite } from "@hpke/core";\n',
  });
  assert.equal(found.length, 3, found.join("\n"));
  assert.ok(found.every((breach) => breach.endsWith("stays in core/mls/")), found.join("\n"));
});

Deno.test("nothing imports tests or scripts, tests import anything", async () => {
  const found = await breachesOf({
    "tests/harness/x.ts": 'import "../../core/a.ts";\nexport const x = 1;\n',
    "scripts/y.ts": "export const y = 1;\n",
    "core/a.ts": "export const a = 1;\n",
    "core/a_test.ts": 'import "../tests/harness/x.ts";\n',
    "server/b.ts": 'import "../tests/harness/x.ts";\nimport "../scripts/y.ts";\n',
    "server/c.ts": 'import "../core/a_test.ts";\n',
  });
  assert.equal(found.length, 3, found.join("\n"));
});

Deno.test("a cycle is found once and named", async () => {
  const found = await breachesOf({
    "core/a.ts": 'import "./b.ts";\n',
    "core/b.ts": 'import "./c.ts";\n',
    "core/c.ts": 'import "./a.ts";\n',
  });
  assert.equal(found.length, 1);
  assert.match(found[0] ?? "", /^cycle: core\/\w\.ts -> core\/\w\.ts -> core\/\w\.ts -> core/);
});

Deno.test("a build tool that main.ts reaches is found, one that scripts use is not", async () => {
  const found = await breachesOf({
    "main.ts": 'import "./server/a.ts";\n',
    "server/a.ts": 'export { build } from "esbuild";\n',
    "scripts/b.ts": 'export { build } from "esbuild";\n',
  });
  assert.deepEqual(found, ["main.ts reaches npm:esbuild, a tool of the build"]);
});

Deno.test("a use of Deno in core or in an island is a type error", async () => {
  for (const path of ["core/a.ts", "ui/islands/a.ts"]) {
    const folder = await plant({ [path]: "export const version: string = Deno.version.deno;\n" });
    const found = await findImpureTypes(folder);
    await Deno.remove(folder, { recursive: true });
    assert.equal(found.length, 1, path);
    assert.match(found[0] ?? "", /Cannot find name 'Deno'/);
  }
});

Deno.test("what browsers have is no error in core", async () => {
  const folder = await plant({
    "core/a.ts": "export const bytes: Uint8Array = new TextEncoder().encode('a');\n",
  });
  const found = await findImpureTypes(folder);
  await Deno.remove(folder, { recursive: true });
  assert.deepEqual(found, []);
});
