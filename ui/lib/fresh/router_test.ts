import assert from "node:assert/strict";
import { createRouter } from "./router.ts";
import type { RouteModule } from "./types.ts";

const files = [
  "_app.tsx",
  "_middleware.ts",
  "_404.tsx",
  "index.tsx",
  "g/[guild]/[channel].tsx",
  "g/[guild]/settings.tsx",
  "g/[guild]/index.tsx",
  "g/_middleware.ts",
  "docs/[...rest].tsx",
  "(auth)/login.tsx",
  "page/[[number]].tsx",
];
const modules = new Map<string, RouteModule>(files.map((file) => [file, {}]));
const router = createRouter({
  routes: [...modules].map(([file, module]) => ({ file, module })),
  islands: [],
});
const find = (path: string) => {
  const hit = router.match(path);
  return hit ? [hit.route.file, { ...hit.params }] : undefined;
};

Deno.test("a fixed name wins over a parameter, a parameter over a rest", () => {
  assert.deepEqual(find("/g/abc/settings"), ["g/[guild]/settings.tsx", { guild: "abc" }]);
  assert.deepEqual(find("/g/abc/xyz"), [
    "g/[guild]/[channel].tsx",
    { guild: "abc", channel: "xyz" },
  ]);
  assert.deepEqual(find("/docs/a/b"), ["docs/[...rest].tsx", { rest: "a/b" }]);
});

Deno.test("index, groups and optional pieces", () => {
  assert.deepEqual(find("/"), ["index.tsx", {}]);
  assert.deepEqual(find("/g/abc"), ["g/[guild]/index.tsx", { guild: "abc" }]);
  assert.deepEqual(find("/login"), ["(auth)/login.tsx", {}]);
  assert.deepEqual(find("/page"), ["page/[[number]].tsx", {}]);
  assert.deepEqual(find("/page/2"), ["page/[[number]].tsx", { number: "2" }]);
});

Deno.test("pieces are decoded; what cannot be decoded matches nothing", () => {
  assert.deepEqual(find("/g/%21abc"), ["g/[guild]/index.tsx", { guild: "!abc" }]);
  assert.equal(find("/g/%E0%A4%A"), undefined);
  assert.equal(find("/nowhere"), undefined);
});

Deno.test("middlewares stand from the outermost inwards; special files are no pages", () => {
  assert.deepEqual(router.match("/g/abc")?.route.middlewares, [
    modules.get("_middleware.ts"),
    modules.get("g/_middleware.ts"),
  ]);
  assert.equal(find("/_app"), undefined);
});
