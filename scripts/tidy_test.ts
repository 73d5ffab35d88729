import assert from "node:assert/strict";
import { findUntidy } from "./tidy.ts";

const root = new URL("..", import.meta.url).pathname.replace(/\/$/, "");

Deno.test("the tree is tidy", async () => {
  assert.deepEqual(await findUntidy(root), []);
});

Deno.test("Deno's version is the same wherever it is named", async () => {
  const version = (await Deno.readTextFile(`${root}/.dvmrc`)).trim();
  assert.match(version, /^\d+\.\d+\.\d+$/);
  for (const path of ["README.md", ".ci/run", "Dockerfile"]) {
    const named = [...(await Deno.readTextFile(`${root}/${path}`)).matchAll(/\bdeno@([^\s`"']+)/g)];
    assert.ok(named.length > 0, `${path} names no version of Deno`);
    for (const match of named) assert.equal(match[1], version, path);
  }
});

Deno.test("CI calls the test command of the README", async () => {
  const readme = await Deno.readTextFile(`${root}/README.md`);
  const ci = await Deno.readTextFile(`${root}/.ci/run`);
  const command = /^(npx -y deno@\S+ task test)$/m.exec(readme)?.[1];
  assert.ok(command, "the README does not show the test command on a line of its own");
  assert.ok(ci.includes(command));
});
