/** Scripts take a page over as the server drew it: nothing is drawn anew, nothing complains. */
import assert from "node:assert/strict";
import { connect } from "../../server/postgres/connect.ts";
import { silentLog } from "../../server/system/log.ts";
import type { Metafile } from "../../ui/dev/metafile.ts";
import { snapshot } from "../../ui/snapshot.ts";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { certify } from "../harness/e2ee_wire.ts";
import { startProcessServer } from "../harness/process_server.ts";
import { holds, settled } from "./people.ts";
import { makeScene, signIn } from "./scene.ts";
import { SCREENS, SCREENS_ENV } from "./screens.ts";

/**
 * Writes down how the islands stand before and after `boot` of `ui/client.ts` hydrates them: at its
 * look at the props, when its first turn ends, and once a press has had all of it taken over. What
 * effects change later is none of it.
 */
const RECORD = `
  window.takenOver = {
    islands: [], before: [], after: undefined, drawn: undefined, texts: [],
    // Texts of messages are taken over when what reads them has come.
    readTexts: () => outline(".md"),
  };
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
        // Nor is it of concern that code has its colors.
        if (/^tok-/.test(child.className)) text += child.textContent;
        if (child.nodeType !== Node.ELEMENT_NODE || /^tok-|^tools-place$/.test(child.className)) continue;
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
    takenOver.texts = takenOver.readTexts();
    queueMicrotask(() => {
      takenOver.after = outline("og-island");
      // Islands and parts wait for their turn, and none is left when somebody uses the page.
      dispatchEvent(new Event("pointerdown"));
      queueMicrotask(() => takenOver.drawn = outline("og-island"));
    });
    return found;
  };
`;

const HALF = "Written before looking elsewhere";
/** Presses Enter as soon as there is a box to write in. */
const PRESS_AT_ONCE = `new MutationObserver((_, observer) => {
  const box = document.querySelector("textarea[name=body]");
  if (!box) return;
  observer.disconnect();
  box.dispatchEvent(
    new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }),
  );
}).observe(document.body, { childList: true, subtree: true })`;
const HELD = "Written while a part was on its way";
const EARLY = "Written while the scripts were on their way";
/**
 * Types before the scripts take the page over, and presses Enter as soon as they have: before the
 * next picture of the page, after which effects run.
 */
const TYPE_EARLY = `
  const lookUp = document.getElementById.bind(document);
  document.getElementById = (id) => {
    const found = lookUp(id);
    if (id !== "og-props" || !found) return found;
    document.getElementById = lookUp;
    const box = document.querySelector("textarea[name=body]");
    box.value = ${JSON.stringify(EARLY)};
    const press = () => box.dispatchEvent(
      new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }),
    );
    // As a browser hears a key: what hears it first has the box taken over before that hears it.
    queueMicrotask(() => {
      dispatchEvent(new Event("keydown"));
      queueMicrotask(() => queueMicrotask(() => queueMicrotask(press)));
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

/** The script that reads texts of messages, as the build named it. */
async function markdownScript(): Promise<string> {
  const build = new URL("../../ui/_fresh/metafile.json", import.meta.url);
  const { outputs } = JSON.parse(await Deno.readTextFile(build)) as Metafile;
  const path = Object.keys(outputs).find((path) =>
    outputs[path]?.entryPoint === "ui/components/chat/MarkdownText.tsx"
  );
  assert.ok(path, "no script of its own reads texts of messages");
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Somebody's data is being copied, by a process that says so for an hour. */
async function beginCopy(databaseUrl: string, userId: string): Promise<void> {
  const sql = connect({ url: databaseUrl, poolSize: 1, log: silentLog });
  const now = Date.now();
  const later = now + 3_600_000;
  await sql`
    insert into data_exports
      (user_id, state, created_ts, done, total, claimed_until, blob_key, expires_ts)
    values (${userId}, 'waiting', ${now}, 3, 40, ${later}, 'begun', ${later})`;
  await sql.end();
}

interface TakenOver {
  readonly islands: readonly string[];
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly drawn: readonly string[];
  readonly texts: readonly string[];
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
    // One that needs scripts has nothing before them.
    assert.ok(taken.before.length >= taken.islands.length && taken.islands.length > 0);
    assert.deepEqual(taken.after, taken.before);
    assert.deepEqual(taken.drawn, taken.before);
    // Of what was kept for times without a connection the server draws nothing.
    if (taken.texts.length > 0) {
      assert.deepEqual(await at.evaluate("takenOver.readTexts()"), taken.texts);
    }
  };
  for (const [file, screen] of Object.entries(SCREENS)) {
    if (screen.kind === "door") continue;
    await t.step(file, () => look(screen.path(scene)));
  }
  await beginCopy(server.databaseUrl, scene.ann.id);
  await t.step("/settings/data, while the copy is made", () => look("/settings/data"));
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
  await t.step("what was typed before, and what was kept, is sent by the first Enter", async () => {
    await using early = await openPerson(browser);
    await signIn(early.context, server.url, "ann");
    await early.context.addInitScript(TYPE_EARLY);
    await early.page.goto(server.url + SCREENS["g/[guild]/[channel]/index.tsx"]?.path(scene));
    await early.page.locator("article:not(.pending)", { hasText: EARLY }).waitFor();
    await settled(early.page);
    await holds(early.page, "");
    // What was kept of a draft is there as soon as its box is.
    await early.page.locator("textarea[name=body]").fill(HALF);
    await early.page.locator('a[href="/home"]').first().click();
    await early.page.locator("textarea[name=body]").waitFor({ state: "detached" });
    await early.page.evaluate(PRESS_AT_ONCE);
    await early.page.goBack();
    await early.page.locator("article:not(.pending)", { hasText: HALF }).waitFor();
    assert.deepEqual(early.faults, []);
  });
  await t.step(
    "without what reads texts the page is live, and what was pressed of them is done when it comes",
    async () => {
      await using early = await openPerson(browser);
      await signIn(early.context, server.url, "ann");
      const held = Promise.withResolvers<void>();
      const asked = Promise.withResolvers<void>();
      let times = 0;
      await early.page.route(`**/assets/${await markdownScript()}`, async (route) => {
        asked.resolve();
        await held.promise;
        // It does not come at first: it is asked for again.
        if (times++ === 0) await route.abort();
        else await route.continue();
      });
      await early.page.goto(server.url + SCREENS["g/[guild]/[channel]/index.tsx"]?.path(scene));
      await asked.promise;
      const secret = early.page.locator("button.spoiler");
      await secret.click();
      await early.page.locator("textarea[name=body]").fill(HELD);
      await early.page.keyboard.press("Control+k");
      await early.page.locator("dialog[open] input").waitFor();
      await scene.bob.do("POST", `/rooms/${encodeURIComponent(scene.roomId)}/send`, {
        channel_id: scene.general,
        body: "Said **meanwhile**",
      });
      const said = (text: string) => early.page.locator("article .md", { hasText: text });
      await said("Said **meanwhile**").waitFor();
      assert.equal(await secret.count(), 1);
      held.resolve();
      await said("Said meanwhile").locator("strong").waitFor();
      await early.page.locator(".spoiler.shown", { hasText: "a spoiler" }).waitFor();
      assert.equal(await secret.count(), 0);
      await holds(early.page, HELD);
      assert.deepEqual(early.faults.filter((fault) => !/ERR_FAILED/.test(fault)), []);
    },
  );
  const all = snapshot.islands.map((island) => island.name)
    .filter((name) => !NOT_HERE.includes(name));
  assert.deepEqual(all.filter((name) => !seen.has(name)), [], "islands that no screen shows");
  assert.deepEqual([...ann.faults, ...stranger.faults], []);
  await browser.close();
});
