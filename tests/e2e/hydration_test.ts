/** Scripts take a page over as the server drew it: nothing is drawn anew, nothing complains. */
import assert from "node:assert/strict";
import { snapshot } from "../../ui/snapshot.ts";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { certify } from "../harness/e2ee_wire.ts";
import { startProcessServer } from "../harness/process_server.ts";
import { settled } from "./people.ts";
import { makeScene, signIn } from "./scene.ts";
import { SCREENS, SCREENS_ENV } from "./screens.ts";

/**
 * Writes down how the islands stand before and after `boot` of `ui/client.ts` hydrates them: at its
 * look at the props, and when its turn ends. What effects change later is none of it. `later`: what
 * waits for turns of its own.
 */
const RECORD = `
  window.takenOver = { islands: [], before: [], after: undefined, parts: [], drawn: undefined };
  const later = "[role=feed], .rail, .side, .members .side-scroll";
  const outline = (parts) => {
    const lines = [];
    const walk = (node, depth) => {
      // Where a row stands among the others, which one is acted on, and how high the space beside a
      // list is, are told by effects that run before the turn ends.
      const row = node.localName === "article";
      const attributes = [...node.attributes].filter(({ name }) =>
        !(row && /^aria-(posinset|setsize)$/.test(name)) &&
        !(name === "tabindex" && (row || "stop" in node.dataset)) &&
        !(name === "style" && node.className === "spacer")).map(({ name, value }) =>
        name + "=" + (row ? value.replace(/ active$/, "") : value)).sort();
      lines.push(" ".repeat(depth) + node.localName + " " + attributes.join(" "));
      let text = "";
      const endText = () => {
        if (text !== "") lines.push(" ".repeat(depth + 1) + JSON.stringify(text));
        text = "";
      };
      for (const child of node.childNodes) {
        // How a text is divided into nodes is not to be seen.
        if (child.nodeType === Node.TEXT_NODE) text += child.data;
        if (child.nodeType !== Node.ELEMENT_NODE || child.className === "tools") continue;
        endText();
        walk(child, depth + 1);
      }
      endText();
    };
    for (const part of document.querySelectorAll(parts)) walk(part, 0);
    return lines;
  };
  const find = document.getElementById.bind(document);
  document.getElementById = (id) => {
    const found = find(id);
    if (id !== "og-props" || !found) return found;
    document.getElementById = find;
    takenOver.islands = JSON.parse(found.textContent).map((island) => island.name);
    takenOver.before = outline("og-island");
    queueMicrotask(() => {
      takenOver.after = outline("og-island");
      // Parts wait for their turn, and none is left when somebody uses the page.
      takenOver.parts = outline(later);
      dispatchEvent(new Event("pointerdown"));
      queueMicrotask(() => takenOver.drawn = outline(later));
    });
    return found;
  };
`;

/**
 * Charts are drawn only where figures of some hours were recorded; a device is verified only from
 * one that is, beside one that waits for it, which `devices_test.ts` walks; only who has a passkey
 * confirms with it, in `admin_test.ts`.
 */
const NOT_HERE: readonly string[] = ["FigureChart", "PasskeyConfirm", "VerifyDevice"];

interface TakenOver {
  readonly islands: readonly string[];
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** Columns and rows with messages before and after their turn. */
  readonly parts: readonly string[];
  readonly drawn: readonly string[];
}

Deno.test("each island is taken over as it was drawn", async (t) => {
  await using server = await startProcessServer({ OPENGUILD_NAME: "garden.test", ...SCREENS_ENV });
  const scene = await makeScene(server);
  const browser = await launchBrowser();
  await using ann = await openPerson(browser);
  await signIn(ann.context, server.url, "ann");
  const { page } = ann;
  // The first visit tells the server the time zone.
  await page.goto(`${server.url}/home`);
  await settled(page);
  await ann.context.addInitScript(RECORD);
  const seen = new Set<string>();
  const look = async (path: string, at = page) => {
    await at.goto(server.url + path);
    if (await at.locator("og-island").count() === 0) return;
    await settled(at);
    const taken = await at.evaluate("takenOver") as TakenOver;
    for (const name of taken.islands) seen.add(name);
    assert.ok(taken.before.length > 1);
    assert.deepEqual(taken.after, taken.before);
    assert.deepEqual(taken.drawn, taken.parts);
  };
  for (const [file, screen] of Object.entries(SCREENS)) {
    if (screen.kind === "door") continue;
    await t.step(file, () => look(screen.path(scene)));
  }
  await certify(scene.ann);
  for (const path of ["/settings/sessions", "/restore"]) {
    await t.step(`${path}, with a device elsewhere`, () => look(path));
  }
  await using stranger = await openPerson(browser);
  await stranger.context.addInitScript(RECORD);
  for (const [file, screen] of Object.entries(SCREENS)) {
    if (screen.kind !== "door") continue;
    await t.step(file, () => look(screen.path(scene), stranger.page));
  }
  const all = snapshot.islands.map((island) => island.name)
    .filter((name) => !NOT_HERE.includes(name));
  assert.deepEqual(all.filter((name) => !seen.has(name)), [], "islands that no screen shows");
  assert.deepEqual([...ann.faults, ...stranger.faults], []);
  await browser.close();
});
