import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { findBarriers } from "../harness/axe.ts";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { startProcessServer } from "../harness/process_server.ts";
import { OF_A_CALL, OF_A_MEMBER, overlayKinds, OVERLAYS, POPOVERS } from "./overlays.ts";
import { settled } from "./people.ts";
import { makeScene, signIn } from "./scene.ts";
import { AFTER_FORMS, SCREENS, SCREENS_ENV } from "./screens.ts";

const LIGHT = { colorScheme: "light", contrast: "no-preference" } as const;
/** Themes that differ from the light one in colors alone, as a visitor's system wishes them. */
const OTHER_THEMES = [
  { name: "dark", media: { colorScheme: "dark", contrast: "no-preference" } },
  { name: "high contrast, light", media: { colorScheme: "light", contrast: "more" } },
  { name: "high contrast, dark", media: { colorScheme: "dark", contrast: "more" } },
] as const;
/** What axe judges by colors. */
const COLOR_RULES = ["color-contrast", "link-in-text-block"] as const;

/**
 * A wide window, a small one, a phone at its narrowest or a wide window at 400 % zoom. Where the
 * layout is another all rules are asked; between them only what can become too small.
 */
const WIDTHS = [
  { width: 1280, rules: undefined },
  { width: 768, rules: ["target-size"] },
  { width: 320, rules: undefined },
] as const;

/** The bar at a message lies over the one before it until the next press: that one is no smaller. */
const UNDER_TOOLS = /^target-size[^]*class="msg-[^]*partially obscured/;

interface Looking {
  /** A selector of what alone is looked at. */
  readonly inside?: string;
  /** Widths at which the colors of all themes are looked at. Elsewhere the same elements stand. */
  readonly themesAt?: readonly number[];
}

/** Barriers of the page in each width and theme, without loading it again. */
async function lookAtAll(
  page: Page,
  { inside, themesAt = [1280] }: Looking = {},
): Promise<string[]> {
  const barriers: string[] = [];
  for (const { width, rules } of WIDTHS) {
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
    await look("light", rules);
    if (await page.evaluate("document.documentElement.scrollWidth > innerWidth")) {
      barriers.push(`${width}: the page scrolls sideways`);
    }
    if (!themesAt.includes(width)) continue;
    for (const { name, media } of OTHER_THEMES) {
      await page.emulateMedia(media);
      await look(name, COLOR_RULES);
    }
    await page.emulateMedia(LIGHT);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  return barriers;
}

Deno.test("each overlay of the chat has its place in the list", async () => {
  const kinds = await overlayKinds();
  assert.ok(kinds.length > 10);
  assert.deepEqual(kinds.toSorted(), [...Object.keys(OVERLAYS), ...OF_A_CALL].toSorted());
});

Deno.test("a planted barrier is found in the one theme or width that has it", async () => {
  const browser = await launchBrowser();
  await using person = await openPerson(browser);
  const style = `
    body { background: #fff; color: #000; margin: 0 }
    @media (prefers-color-scheme: dark) { .dark { color: #eee } }
    @media (prefers-contrast: more) and (prefers-color-scheme: light) { .more { color: #ddd } }
    .small { display: inline-block; padding: 0; border: 0; width: 24px; height: 24px }
    @media (width: 768px) { .small { width: 9px; height: 9px; font-size: 4px } }
    @media (width <= 320px) { .wide { width: 400px } .named { display: none } }`;
  await person.page.setContent(`<!DOCTYPE html><html lang="en"><title>Planted</title>
    <style>${style}</style><main><h1 class="dark">Dark</h1><p class="more">More</p>
    <p class="wide">Wide</p><button class="small"><span class="named">a</span></button
    ><button class="small"><span class="named">b</span></button></main></html>`);
  const found = await lookAtAll(person.page);
  for (
    const barrier of [
      /^1280 dark: color-contrast/,
      /^1280 high contrast, dark: color-contrast/,
      /^1280 high contrast, light: color-contrast/,
      /^768 light: target-size/,
      /^320 light: button-name/,
      /^320: the page scrolls sideways/,
    ]
  ) assert.ok(found.some((each) => barrier.test(each)), `${barrier} in ${found.join("\n")}`);
  assert.deepEqual(found.filter((each) => each.startsWith("1280 light")), []);
  await browser.close();
});

Deno.test("no barrier on any screen, in all themes, at three widths", async (t) => {
  await using server = await startProcessServer({ OPENGUILD_NAME: "garden.test", ...SCREENS_ENV });
  const scene = await makeScene(server);
  const browser = await launchBrowser();
  await using ann = await openPerson(browser);
  await using stranger = await openPerson(browser);
  await using over = await openPerson(browser);
  await using bob = await openPerson(browser);
  // Of one browser only the window in front is drawn: her dialogs are looked at in another one.
  for (const each of [ann, over]) await signIn(each.context, server.url, "ann");
  await signIn(bob.context, server.url, "bob");

  const screens = Object.entries(SCREENS).map(([file, screen]): Look => ({
    name: file,
    look: async () => {
      const { page } = screen.kind === "door" ? stranger : ann;
      await page.goto(server.url + screen.path(scene));
      if (screen.kind === "chat") await settled(page);
      // On a phone the chat shows one of its columns, with buttons that lead to the others.
      return await lookAtAll(page, { themesAt: screen.kind === "chat" ? [1280, 320] : [1280] });
    },
  }));
  const channel = server.url + SCREENS["g/[guild]/[channel]/index.tsx"]?.path(scene);
  const overlays = Object.entries({ ...OVERLAYS, ...POPOVERS }).map(([name, open]): Look => ({
    name: `over the chat: ${name}`,
    look: async () => {
      const { page } = OF_A_MEMBER.includes(name) ? bob : over;
      await page.goto(channel);
      await settled(page);
      await open(page);
      if (name in OVERLAYS) await page.locator("dialog[open]").waitFor();
      // Behind a dialog stands what was looked at before.
      return await lookAtAll(page, name in OVERLAYS ? { inside: "dialog[open]" } : {});
    },
  }));
  const afterForms = Object.entries(AFTER_FORMS).map(([name, lead]): Look => ({
    name: `after a form: ${name}`,
    look: async () => {
      const page = await lead({ ann: ann.page, stranger: stranger.page, url: server.url });
      return await lookAtAll(page);
    },
  }));
  // Two at once: axe keeps one processor busy.
  const looks = [[...screens, ...afterForms], overlays];
  const found = (await Promise.all(looks.map(lookInTurn))).flat();
  assert.equal(found.length, looks.flat().length);
  for (const { name, barriers } of found) {
    await t.step(name, () => assert.deepEqual(barriers, []));
  }
  const people = [ann, over, bob, stranger];
  assert.deepEqual(people.flatMap((each) => each.faults), []);
  await browser.close();
});

interface Look {
  readonly name: string;
  readonly look: () => Promise<string[]>;
}

/** What keeps a screen from being looked at counts as a barrier of its own, not of the others. */
async function lookInTurn(looks: readonly Look[]) {
  const found: { readonly name: string; readonly barriers: readonly string[] }[] = [];
  for (const { name, look } of looks) {
    const barriers = await look().catch((error: Error) => [`not seen: ${error.message}`]);
    found.push({ name, barriers });
  }
  return found;
}
