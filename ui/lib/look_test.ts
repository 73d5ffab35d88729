import assert from "node:assert/strict";
import { type Look, lookCookie, lookOf, PLAIN_LOOK, readLook, wantsOwnStyle } from "./look.ts";

const asking = (cookie: string, path = "/home") =>
  new Request(`http://localhost${path}`, { headers: { cookie } });

Deno.test("a look that was kept is read again, beside other cookies", () => {
  const look: Look = {
    theme: "contrast-dark",
    density: "compact",
    size: "125",
    motion: "less",
    clock: "h12",
    ownStyle: true,
  };
  const [pair = ""] = lookCookie(look).split(";");
  assert.deepEqual(readLook(asking(`a=1; ${pair}; b=2`)), look);
});

Deno.test("a look kept before there was a choice of the clock has the usual one", () => {
  const look = readLook(asking("og_look=dark.cosy.110.auto.none"));
  assert.deepEqual(look, { ...PLAIN_LOOK, theme: "dark", size: "110" });
});

Deno.test("without a cookie, or with nonsense in it, the pages are as they come", () => {
  assert.deepEqual(readLook(asking("")), PLAIN_LOOK);
  assert.deepEqual(readLook(asking("og_look=purple.tiny.9000.more.maybe")), PLAIN_LOOK);
  assert.deepEqual(readLook(asking('og_look="><script>')), PLAIN_LOOK);
  assert.deepEqual(lookOf({ theme: "dark", size: "1e9" }), { ...PLAIN_LOOK, theme: "dark" });
});

Deno.test("?safe leaves the own sheet out, and the choice stands", () => {
  const [pair = ""] = lookCookie({ ...PLAIN_LOOK, ownStyle: true }).split(";");
  assert.equal(readLook(asking(pair)).ownStyle, true);
  assert.equal(readLook(asking(pair, "/home?safe")).ownStyle, false);
  assert.equal(wantsOwnStyle(asking(pair, "/home?safe")), true);
});

Deno.test("high contrast is one palette, chosen here or asked for by the system", async () => {
  const css = await Deno.readTextFile(new URL("../assets/css/contrast.css", import.meta.url));
  const palettes = [...css.matchAll(/:root[^{]*\{([^{}]*)\}/g)].map(([, rules = ""]) =>
    rules.split(";").map((rule) => rule.trim()).filter((rule) => rule !== "")
  );
  assert.equal(palettes.length, 2);
  assert.ok((palettes[0]?.length ?? 0) > 15);
  assert.deepEqual(palettes[0], palettes[1]);
});
