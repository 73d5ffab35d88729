import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { findBarriers } from "../harness/axe.ts";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { startProcessServer } from "../harness/process_server.ts";
import { OF_A_MEMBER, overlayKinds, OVERLAYS, POPOVERS } from "./overlays.ts";
import { settled } from "./people.ts";
import { makeScene, signIn } from "./scene.ts";
import { SCREENS } from "./screens.ts";

/** A wide window, a small one, a phone at its narrowest or a wide window at 400 % zoom. */
const WIDTHS = [1280, 768, 320] as const;
const LIGHT = { colorScheme: "light", contrast: "no-preference" } as const;
/** Themes that differ from the light one in colors alone, as a visitor's system wishes them. */
const OTHER_THEMES = [
  { name: "dark", media: { colorScheme: "dark", contrast: "no-preference" } },
  { name: "high contrast, light", media: { colorScheme: "light", contrast: "more" } },
  { name: "high contrast, dark", media: { colorScheme: "dark", contrast: "more" } },
] as const;

/** The bar at a message lies over the one before it until the next press: that one is no smaller. */
const UNDER_TOOLS = /^target-size[^]*class="msg-[^]*partially obscured/;

/**
 * Barriers of the page in each width and theme, without loading it again. All rules where the
 * layout differs most; at the width between them those that depend on a width.
 */
async function lookAtAll(page: Page, inside?: string): Promise<string[]> {
  const barriers: string[] = [];
  for (const width of WIDTHS) {
    const look = async (theme: string, rules?: readonly string[]) => {
      const found = await findBarriers(page, {
        ...inside === undefined ? {} : { inside },
        ...rules === undefined ? {} : { rules },
      });
      barriers.push(
        ...found.filter((barrier) => !UNDER_TOOLS.test(barrier)).map((barrier) =>
          `${width} ${theme}: ${barrier}`
        ),
      );
    };
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia(LIGHT);
    await look("light", width === 768 ? ["target-size", "color-contrast"] : undefined);
    if (await page.evaluate("document.documentElement.scrollWidth > innerWidth")) {
      barriers.push(`${width}: the page scrolls sideways`);
    }
    for (const { name, media } of OTHER_THEMES) {
      await page.emulateMedia(media);
      await look(name, ["color-contrast"]);
    }
  }
  await page.emulateMedia(LIGHT);
  await page.setViewportSize({ width: 1280, height: 800 });
  return barriers;
}

Deno.test("each overlay of the chat has its place in the list", async () => {
  const kinds = await overlayKinds();
  assert.ok(kinds.length > 10);
  assert.deepEqual(kinds.toSorted(), Object.keys(OVERLAYS).toSorted());
});

Deno.test("no barrier on any screen, in all themes, at three widths", async (t) => {
  await using server = await startProcessServer({ OPENGUILD_NAME: "garden.test" });
  const scene = await makeScene(server);
  const browser = await launchBrowser();
  await using ann = await openPerson(browser);
  await using bob = await openPerson(browser);
  await using stranger = await openPerson(browser);
  await signIn(ann.context, server.url, "ann");
  await signIn(bob.context, server.url, "bob");

  for (const [file, screen] of Object.entries(SCREENS)) {
    await t.step(file, async () => {
      const { page } = screen.kind === "door" ? stranger : ann;
      await page.goto(server.url + screen.path(scene));
      if (screen.kind === "chat") await settled(page);
      assert.deepEqual(await lookAtAll(page), []);
    });
  }

  const channel = server.url + SCREENS["g/[guild]/[channel]/index.tsx"]?.path(scene);
  const overlays = Object.entries({ ...OVERLAYS, ...POPOVERS });
  for (const [name, open] of overlays) {
    await t.step(`over the chat: ${name}`, async () => {
      const { page } = OF_A_MEMBER.includes(name) ? bob : ann;
      await page.goto(channel);
      await settled(page);
      await open(page);
      if (name in OVERLAYS) await page.locator("dialog[open]").waitFor();
      // Behind a dialog stands what was looked at before.
      assert.deepEqual(await lookAtAll(page, name in OVERLAYS ? "dialog[open]" : undefined), []);
    });
  }
  assert.deepEqual([...ann.faults, ...bob.faults, ...stranger.faults], []);
  await browser.close();
});
