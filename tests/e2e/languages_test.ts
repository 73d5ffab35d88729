/** The pages in German, and in a language that is no one's: from right to left, nothing forgotten. */
import assert from "node:assert/strict";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { startProcessServer } from "../harness/process_server.ts";
import { settled } from "./people.ts";
import { makeScene, signIn } from "./scene.ts";
import { SCREENS } from "./screens.ts";
import { findUntranslated } from "./untranslated.ts";

/** Names of the scene, and what is called the same everywhere. */
const KNOWN = [
  "Riverside Garden Club",
  "Stewards",
  "OpenGuild",
  "sold weeds",
  "Plants things",
  "localhost",
  "general",
  "Voice",
  "Just us",
  "Ann",
  "ann",
  "bob",
  "eve",
  "out",
  "English",
  "Deno",
  "Ctrl",
  "CODE@server",
];

Deno.test("each page from right to left: mirrored, within the window, every word translated", async (t) => {
  await using server = await startProcessServer();
  const scene = await makeScene(server);
  const browser = await launchBrowser();
  await using person = await openPerson(browser);
  await using stranger = await openPerson(browser);
  for (const { context } of [person, stranger]) {
    await context.addCookies([{ name: "og_lang", value: "ar-XB", url: server.url }]);
  }
  await signIn(person.context, server.url, "ann");
  for (const [file, screen] of Object.entries(SCREENS)) {
    await t.step(file, async () => {
      const { page } = screen.kind === "door" ? stranger : person;
      await page.setViewportSize({ width: 1280, height: 800 });
      await page.goto(server.url + screen.path(scene));
      if (await page.locator("og-island").count() > 0) await settled(page);
      assert.equal(await page.locator("html").getAttribute("dir"), "rtl");
      assert.deepEqual(await findUntranslated(page, KNOWN), []);
      for (const width of [1280, 390]) {
        await page.setViewportSize({ width, height: 844 });
        const over = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
        assert.ok(Number(over) <= 0, `at ${width} px the page is ${over} px too wide`);
      }
    });
  }
  await t.step("the columns stand the other way round", async () => {
    const { page } = person;
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto(server.url + SCREENS["g/[guild]/[channel]/index.tsx"]?.path(scene));
    const left = async (selector: string) =>
      (await page.locator(selector).first().boundingBox())?.x ?? NaN;
    assert.ok(await left("#nav") > await left("#main"), "the channels stand on the right");
  });
  assert.deepEqual([...person.faults, ...stranger.faults], []);
  await browser.close();
});
