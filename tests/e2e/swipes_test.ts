import assert from "node:assert/strict";
import type { CDPSession, Page } from "playwright-core";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { startRunningServer } from "../harness/running_server.ts";
import { waitFor } from "../harness/wait_for.ts";
import { foundGuild } from "./people.ts";

interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * A finger that goes from one place to another in steps, as a hand does. All steps are sent before
 * the first is answered: on a busy machine a finger that waits for each would rest for so long that
 * the browser takes it for a long press, and ends the touch.
 */
async function swipe(session: CDPSession, from: Point, to: Point): Promise<void> {
  const touch = (type: "touchStart" | "touchMove" | "touchEnd", points: Point[]) =>
    session.send("Input.dispatchTouchEvent", { type, touchPoints: points });
  const steps = [touch("touchStart", [from])];
  for (let step = 1; step <= 8; step++) {
    const at = (a: number, b: number) => a + (b - a) * step / 8;
    steps.push(touch("touchMove", [{ x: at(from.x, to.x), y: at(from.y, to.y) }]));
  }
  steps.push(touch("touchEnd", []));
  await Promise.all(steps);
}

function panel(page: Page): Promise<string> {
  return page.evaluate(`/show-(\\w+)/.exec(document.querySelector(".app").className)[1]`);
}

/** What part of an element stands within the screen's width, 0 to 1. */
function visiblePart(page: Page, selector: string): Promise<number> {
  return page.evaluate(`(() => {
    const box = document.querySelector("${selector}").getBoundingClientRect();
    return Math.max(0, Math.min(innerWidth, box.right) - Math.max(0, box.left)) / box.width;
  })()`);
}

Deno.test("on a phone a swipe leads to guilds and channels, to members and back", async () => {
  await using server = await startRunningServer();
  const browser = await launchBrowser();
  await using ann = await openPerson(browser, { phone: true });
  const { page } = ann;
  await foundGuild(page, server.setupLink, "Workshop");
  // Touches are listened to a moment after the page works, just before the visit is noted.
  await waitFor("the page to note the visit", () => page.evaluate(`"og-recent" in localStorage`));
  const session = await ann.context.newCDPSession(page);
  const left = { x: 60, y: 300 };
  const right = { x: 320, y: 310 };
  const shows = async (wanted: string, selector: string) => {
    await page.locator(`.app.show-${wanted}`).waitFor();
    await waitFor(
      `${selector} to stand still in sight`,
      async () => await visiblePart(page, selector) === 1 ? true : undefined,
    );
  };
  await shows("main", ".main");
  await swipe(session, left, right);
  await shows("nav", ".nav-panel");
  await swipe(session, right, left);
  await shows("main", ".main");
  await swipe(session, right, left);
  await shows("members", ".members");
  await swipe(session, left, right);
  await shows("main", ".main");

  // Down the page, too short, or in the text that is written: nothing moves.
  await swipe(session, { x: 60, y: 200 }, { x: 150, y: 500 });
  await swipe(session, left, { x: left.x + 40, y: left.y });
  const box = await page.locator("textarea[name=body]").boundingBox();
  assert.ok(box);
  const y = box.y + box.height / 2;
  await swipe(session, { x: box.x + 10, y }, { x: box.x + box.width - 10, y });
  assert.equal(await panel(page), "main");

  assert.deepEqual(ann.faults, []);
  await browser.close();
});
