import assert from "node:assert/strict";
import type { SealedPayload, SealedPreview } from "../../../core/e2ee/payload.ts";
import { limits } from "../../../core/limits.ts";
import { SealedPreviews, shownPreviews, withPreviews } from "./sealed_previews.ts";

const LEAVES = "https://leaves.example/a";
const words = (url: string, title = "Leaves") => ({ url, title, site: null, description: null });
const said = (body: string, previews: readonly object[]) =>
  ({ type: "message", body, previews }) as unknown as SealedPayload;

Deno.test("a link is asked about once, however often its message is tried; a failure costs nothing else", async () => {
  const asked: string[] = [];
  const previews = new SealedPreviews((url) => {
    asked.push(url);
    if (url.includes("none")) return Promise.resolve(null);
    if (url.includes("away")) return Promise.reject(new Error("no answer"));
    return Promise.resolve(words(url));
  });
  const text = `${LEAVES}#part ${LEAVES} https://none.example/ https://away.example/ ` +
    "`https://in.code/` <https://in.brackets/> ||https://in.spoiler/|| javascript:alert(1)";
  for (let tries = 0; tries < 2; tries++) {
    assert.deepEqual(await previews.of(text), [{ url: LEAVES, title: "Leaves" }]);
  }
  assert.deepEqual(asked, [LEAVES, "https://none.example/", "https://away.example/"]);
  const held = [{ url: "https://held.example/", title: "Held" }] as SealedPreview[];
  assert.deepEqual(await previews.of("https://held.example/", held), held);
  assert.equal(asked.length, 3);
});

Deno.test("what a hostile sender calls a preview is bounded, cleaned, and of a link that is there", () => {
  const shown = shownPreviews(
    said(`look: ${LEAVES} https://two.example/ https://three.example/ https://four.example/`, [
      {
        url: LEAVES,
        title: `\u202eTrust\u0000 me\n\n${"a".repeat(590)}`,
        site: "\u2067bank.example",
      },
      { url: "https://two.example/", title: "\u200b\u202e " },
      { url: "https://elsewhere.example/", title: "Not in the text" },
      { url: "https://four.example/", title: "Beyond the bound" },
    ]),
  );
  assert.equal(shown?.length, 1);
  const [{ title = "", ...rest } = {}] = shown ?? [];
  assert.match(title, /^Trust mea? ?a+…$/);
  assert.ok(title.length <= 200);
  assert.deepEqual(rest, {
    ...{ url: LEAVES, host: "leaves.example", site: "bank.example" },
    ...{ description: null, picture: null },
  });
  assert.equal(shownPreviews(said("no link", [words(LEAVES)])), undefined);
  assert.equal(shownPreviews({ type: "message", body: LEAVES } as SealedPayload), undefined);
});

Deno.test("a message that would be too large with its previews goes without them", () => {
  const previews = [{ url: LEAVES, title: "Leaves" }] as SealedPreview[];
  const small = { type: "message", body: LEAVES };
  assert.deepEqual(withPreviews(small, previews), { ...small, previews });
  assert.ok(withPreviews(small, []) === small);
  const large = { type: "message", body: "ü".repeat(limits.sealed.maxBucketBytes / 2 - 512) };
  assert.ok(withPreviews(large, previews) === large);
});
