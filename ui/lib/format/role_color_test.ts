import assert from "node:assert/strict";
import { colorClass, colorRule, contrast, standOf } from "./role_color.ts";

Deno.test("every color of a role can be read in both themes", () => {
  for (const color of ["#ffffff", "#000000", "#ffee00", "#0000ff", "#8a2be2", "#404040"]) {
    const found = [...colorRule(color).matchAll(/rgb\((\d+) (\d+) (\d+)\)/g)]
      .map((match) => [Number(match[1]), Number(match[2]), Number(match[3])] as const);
    assert.equal(found.length, 2);
    assert.ok(contrast(found[0]!, [253, 253, 251]) >= 4.5, `${color} in light`);
    assert.ok(contrast(found[1]!, [38, 49, 50]) >= 4.5, `${color} in dark`);
  }
});

Deno.test("what is no color gives no class and no rule", () => {
  for (const bad of ["red", "#fff", "#12345g", "#123456}body{display:none"]) {
    assert.equal(colorClass(bad), "");
    assert.equal(colorRule(bad), "");
  }
});

Deno.test("a color stands as it is where it can be read, and is moved where it cannot", () => {
  const yellow = standOf("#ffee00");
  assert.ok(yellow && !yellow.light.readable && yellow.dark.readable);
  assert.notEqual(yellow.light.drawn, "rgb(255 238 0)");
  assert.equal(yellow.dark.drawn, "rgb(255 238 0)");
  assert.equal(standOf("yellow"), undefined);
});
