import assert from "node:assert/strict";
import type { CDPSession, Page } from "playwright-core";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { channelPath } from "../../ui/lib/format/paths.ts";
import { png } from "../harness/pictures.ts";
import { startProcessServer } from "../harness/process_server.ts";
import { startRunningServer } from "../harness/running_server.ts";
import { waitFor } from "../harness/wait_for.ts";
import { foundGuild, settled } from "./people.ts";
import { signIn, twoInGuild, upload } from "./scene.ts";

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

Deno.test("pictures fill the window, and a finger, a key or a press beside them leads on and away", async () => {
  await using server = await startProcessServer();
  const { owner, guildId, general } = await twoInGuild(server);
  const media = await Promise.all(
    ([["tall", 60, 900], ["wide", 900, 60], ["tiny", 24, 16]] as const).map(
      async ([alt, width, height]) => ({
        uri: await upload(owner, `${alt}.png`, png(width, height)),
        alt,
      }),
    ),
  );
  const send = `/rooms/${encodeURIComponent(guildId)}/send`;
  await owner.do("POST", send, { channel_id: general, body: "", media });
  const browser = await launchBrowser();
  for (const phone of [true, false]) {
    await using bob = await openPerson(browser, { phone });
    const { page } = bob;
    await signIn(bob.context, server.url, "bob");
    const path = channelPath(guildId, { room_id: guildId, id: general, private: false });
    await page.goto(server.url + path);
    await settled(page);
    const dialog = page.locator("dialog");
    const shows = (n: number) => dialog.getByText(`${n} of 3`, { exact: true }).waitFor();
    await page.locator("article img[alt=tall]").click();
    const session = await bob.context.newCDPSession(page);
    const close = dialog.getByRole("button", { name: "Close" });
    const at = await close.boundingBox();
    for (const n of [1, 2, 3]) {
      await shows(n);
      // What leads away stands where it stood, in the window, whatever the picture's shape.
      assert.deepEqual(await close.boundingBox(), at);
      assert.equal(await visiblePart(page, "dialog [aria-label=Close]"), 1);
      const { x, y, width, height } = await dialog.locator("img").boundingBox() ?? assert.fail();
      const window = page.viewportSize() ?? assert.fail();
      assert.ok(x >= 0 && y >= 0 && x + width <= window.width && y + height <= window.height);
      if (phone) await swipe(session, { x: 320, y: 300 }, { x: 60, y: 310 });
      else await page.keyboard.press("ArrowRight");
    }
    await shows(1);
    if (phone) {
      await swipe(session, { x: 60, y: 300 }, { x: 320, y: 310 });
      await shows(3);
      await swipe(session, { x: 200, y: 200 }, { x: 210, y: 500 });
    } else {
      await dialog.locator("img").click();
      await dialog.locator(".picture-frame.zoomed img").click();
      await dialog.locator(".picture-frame:not(.zoomed)").click({ position: { x: 20, y: 20 } });
    }
    await dialog.waitFor({ state: "detached" });
    assert.deepEqual(bob.faults, []);
  }
  await browser.close();
});
