/** What must not grow and must not move: elements of the page, and what somebody is reading. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { channelPath } from "../../ui/lib/format/paths.ts";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { png } from "../harness/pictures.ts";
import { startProcessServer } from "../harness/process_server.ts";
import { waitFor } from "../harness/wait_for.ts";
import { manyMembers } from "./many_members.ts";
import { settled } from "./people.ts";
import { makeScene, type Scene, signIn, upload } from "./scene.ts";

/** Client design, section 5. */
const MOST_ELEMENTS = 4000;
const MOST_SHIFT = 0.02;
const MOST_DRIFT_PX = 1;
const MEMBERS = 3000;
const MESSAGES = 320;

/** How far what was drawn was moved, as browsers count it, and what it was. */
const SHIFTS = `
  window.shifted = { sum: 0, what: [] };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (entry.hadRecentInput) continue;
      shifted.sum += entry.value;
      for (const { node, previousRect: from, currentRect: to } of entry.sources) {
        const name = node?.className || node?.localName || node?.nodeName;
        shifted.what.push(name + " from " + [from.x, from.y] + " to " + [to.x, to.y]);
      }
    }
  }).observe({ type: "layout-shift", buffered: true });
`;

async function assertStill(page: Page): Promise<void> {
  const { sum, what } = await page.evaluate<{ sum: number; what: string[] }>("shifted");
  assert.ok(sum <= MOST_SHIFT, `shifted by ${sum}: ${what.slice(0, 8).join("; ")}`);
}

async function fill(scene: Scene): Promise<void> {
  const path = `/rooms/${encodeURIComponent(scene.roomId)}/send`;
  const uri = await upload(scene.bob, "wide.png", png(600, 400));
  for (let i = 0; i < MESSAGES; i++) {
    const media = i % 20 === 19 ? [{ uri, alt: `Picture ${i}` }] : [];
    const body = `number ${i} ${"word ".repeat(i % 40)}`.trim();
    await scene.bob.do("POST", path, { channel_id: scene.general, body, media });
  }
}

/** Distance of the first row that is wholly in view from the top of the window; its id with it. */
function firstRow(page: Page): Promise<{ id: string; top: number }> {
  return page.evaluate(() => {
    const box = document.querySelector(".timeline-scroll")?.getBoundingClientRect();
    const rows = [...document.querySelectorAll<HTMLElement>("article[data-row]")];
    const row = rows.find((each) => each.getBoundingClientRect().top > (box?.top ?? 0) + 40);
    return { id: row?.dataset["row"] ?? "", top: row?.getBoundingClientRect().top ?? 0 };
  });
}

function topOf(page: Page, id: string): Promise<number> {
  return page.locator(`article[data-row="${id}"]`).evaluate((row) =>
    row.getBoundingClientRect().top
  );
}

Deno.test("long channels and large guilds: a bounded page in which nothing jumps", async (t) => {
  await using server = await startProcessServer({ OPENGUILD_NAME: "garden.test" });
  const scene = await makeScene(server);
  await fill(scene);
  const browser = await launchBrowser();
  await using ann = await openPerson(browser);
  await signIn(ann.context, server.url, "ann");
  const { page } = ann;
  await ann.context.addInitScript(SHIFTS);
  await manyMembers(page, scene, MEMBERS);
  const path = channelPath(scene.guildId, {
    room_id: scene.roomId,
    id: scene.general,
    private: false,
  });

  await t.step(
    "who has missed much looks at what is new from the first, and nothing moves",
    async () => {
      const scripts = Promise.withResolvers<void>();
      await page.route("**/assets/*.js", async (route) => {
        await scripts.promise;
        await route.continue();
      });
      await page.goto(server.url + path, { waitUntil: "commit" });
      const line = page.locator(".divider.new");
      await line.waitFor();
      // All of the page has come, with its styles: what is measured before that is half a page.
      await page.waitForFunction(() =>
        document.readyState !== "loading" &&
        performance.getEntriesByName("first-contentful-paint").length > 0
      );
      const before = await line.boundingBox();
      assert.ok(before && before.y > 60 && before.y < 300, JSON.stringify(before));
      scripts.resolve();
      await settled(page);
      await assertStill(page);
      assert.deepEqual(await line.boundingBox(), before);
      await page.getByRole("button", { name: "99+ new · jump to present" }).waitFor();
      await page.unroute("**/assets/*.js");
    },
  );

  const { messages: [last] } = await scene.ann.do(
    "GET",
    `/rooms/${encodeURIComponent(scene.roomId)}/messages?channel_id=${scene.general}&limit=1`,
  );
  // Everything is read: it opens at the present.
  await scene.ann.do("POST", `/rooms/${encodeURIComponent(scene.roomId)}/read`, {
    channel_id: scene.general,
    event_id: last.id,
  });
  await t.step("pictures that come late shift nothing while the page loads", async () => {
    const late = Promise.withResolvers<void>();
    await page.route("**/client/v1/media/**", async (route) => {
      await late.promise;
      await route.continue();
    });
    await page.goto(server.url + path);
    await settled(page);
    const { id, top } = await firstRow(page);
    late.resolve();
    await waitFor(
      "the pictures",
      () =>
        page.evaluate(() =>
          [...document.querySelectorAll<HTMLImageElement>("article img")]
            .filter((image) => image.getBoundingClientRect().bottom > 0)
            .every((image) => image.complete)
        ),
    );
    assert.ok(Math.abs(await topOf(page, id) - top) <= MOST_DRIFT_PX);
    await assertStill(page);
    await page.unroute("**/client/v1/media/**");
  });

  await t.step("older pages come in above without moving what is read", async () => {
    const rows = page.locator("article[data-row]");
    for (let before = await rows.count(); before < 250;) {
      const held = Promise.withResolvers<void>();
      await page.route(/\/messages\?/, async (route) => {
        await held.promise;
        await route.continue();
      });
      await page.evaluate(() => {
        const box = document.querySelector(".timeline-scroll");
        if (box) box.scrollTop = -(box.scrollHeight - box.clientHeight) + 300;
      });
      await page.locator("[role=feed][aria-busy=true]").waitFor();
      const { id, top } = await firstRow(page);
      held.resolve();
      await waitFor("older messages", async () => await rows.count() > before);
      await page.locator("[role=feed][aria-busy=false]").waitFor();
      const drift = await topOf(page, id) - top;
      assert.ok(Math.abs(drift) <= MOST_DRIFT_PX, `${drift} px`);
      await page.unroute(/\/messages\?/);
      before = await rows.count();
    }
  });

  await t.step("what is said meanwhile is counted on the button that leads to it", async () => {
    await scene.bob.do("POST", `/rooms/${encodeURIComponent(scene.roomId)}/send`, {
      channel_id: scene.general,
      body: "said meanwhile",
    });
    await page.getByRole("button", { name: "1 new · jump to present" }).click();
    await page.locator("article", { hasText: "said meanwhile" }).waitFor();
    await page.locator(".jump").waitFor({ state: "detached" });
  });

  await t.step("of a large guild only the members in sight are in the page", async () => {
    const rows = page.locator(".members li");
    const box = page.locator(".members .side-scroll");
    // The server draws the members it has; only a list that scripts load is the large one.
    await page.goto(`${server.url}/home`);
    await settled(page);
    await page.getByRole("link", { name: /^Riverside Garden Club/ }).first().click();
    await page.locator(".members h2 + span", { hasText: /^3.?000$/ }).waitFor();
    await waitFor("the last member", async () => {
      await box.evaluate((element) => element.scrollTop = element.scrollHeight);
      return await rows.last().getAttribute("aria-posinset") === await rows.last()
            .getAttribute("aria-setsize") &&
        Number(await rows.last().getAttribute("aria-setsize")) > MEMBERS - 10;
    });
    assert.ok(await rows.count() < 80, `${await rows.count()} members drawn`);
    const last = rows.last().getByRole("button");
    await last.click();
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    await box.evaluate((element) => element.scrollTop = 0);
    await rows.filter({ hasText: "Ann" }).first().waitFor();
  });

  await t.step("with all that the page holds few elements", async () => {
    const elements = await page.evaluate("document.querySelectorAll('*').length") as number;
    assert.ok(elements <= MOST_ELEMENTS, `${elements} elements`);
  });

  assert.deepEqual(ann.faults, []);
  await browser.close();
});
