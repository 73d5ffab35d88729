import assert from "node:assert/strict";
import type { Channel } from "../../../core/api/channel.ts";
import { dropChannel, type Placed, stepChannel } from "./channel_order.ts";

/** `A` is a category, `a` a channel of the category before it, in this order. */
function guild(list: string): { channels: Channel[] } {
  let parent: string | null = null;
  const channels = [...list].map((id, order) => {
    const category = id === id.toUpperCase();
    const channel = { id, name: id, order, kind: category ? "category" : "text", private: false };
    const made = { ...channel, archived: false, parent: category ? null : parent };
    if (category) parent = id;
    return made as unknown as Channel;
  });
  return { channels };
}

const told = (list: readonly Placed[]) => {
  let parent: string | null = null;
  for (const { id, parent: held } of list) {
    if (id === id.toUpperCase()) parent = id;
    else assert.equal(held, parent, `${id} stands under ${parent}`);
  }
  return list.map(({ id }) => id).join("");
};

Deno.test("a step moves a channel, past the edge into the next category", () => {
  const step = (id: string, way: "up" | "down") => told(stepChannel(guild("abCdeFg"), id, way));
  assert.equal(step("b", "up"), "baCdeFg");
  assert.equal(step("b", "down"), "aCbdeFg");
  assert.equal(step("d", "up"), "abdCeFg");
  assert.equal(step("e", "down"), "abCdFeg");
  assert.equal(step("a", "up"), "abCdeFg");
  assert.equal(step("g", "down"), "abCdeFg");
  assert.equal(told(stepChannel(guild("Cd"), "d", "up")), "dC");
});

Deno.test("a step moves a category with all that is in it, never above those without one", () => {
  const step = (id: string, way: "up" | "down") => told(stepChannel(guild("abCdeFg"), id, way));
  assert.equal(step("F", "up"), "abFgCde");
  assert.equal(step("C", "down"), "abFgCde");
  assert.equal(step("C", "up"), "abCdeFg");
  assert.equal(step("F", "down"), "abCdeFg");
});

Deno.test("dropped before a row, before a category, at the end", () => {
  const drop = (id: string, before: string) => told(dropChannel(guild("abCdeFg"), id, before));
  assert.equal(drop("a", "e"), "bCdaeFg");
  assert.equal(drop("a", "F"), "bCdeaFg");
  assert.equal(drop("g", "C"), "abgCdeF");
  assert.equal(drop("a", ""), "bCdeFga");
  assert.equal(drop("F", "e"), "abFgCde");
  assert.equal(drop("F", "a"), "abFgCde");
  assert.equal(drop("C", ""), "abFgCde");
  assert.equal(drop("C", "d"), "abCdeFg");
  assert.equal(drop("d", "d"), "abCdeFg");
});
