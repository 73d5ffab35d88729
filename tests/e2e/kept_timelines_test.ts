/** A channel that was open before: its timeline is there as it was left, and till then out of reach. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { channelPath } from "../../ui/lib/format/paths.ts";
import { KEPT_TIMELINES } from "../../ui/lib/store/kept_timelines.ts";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { startProcessServer } from "../harness/process_server.ts";
import { waitFor } from "../harness/wait_for.ts";
import { settled } from "./people.ts";
import { makeScene, signIn } from "./scene.ts";

const MESSAGES = 45;
const OPEN = ".timelines > .timeline:not([inert])";
const HIDDEN = ".timelines > .timeline[inert]";

/** How many rows the open timeline has in a frame, and how far down the one with a text is. */
interface Frame {
  readonly rows: number;
  readonly top: number;
}

/** Notes in `frames` each frame in which the open timeline has a row with the text. */
const FOLLOW_FRAMES = ({ open, text }: { open: string; text: string }) => {
  const frames: Frame[] = [];
  Object.assign(globalThis, { frames });
  const look = () => {
    const rows = [...document.querySelectorAll(`${open} article`)];
    const row = rows.find((each) => each.textContent?.includes(text));
    if (row) frames.push({ rows: rows.length, top: row.getBoundingClientRect().top });
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
};

Deno.test("timelines that were open before", async (t) => {
  await using server = await startProcessServer();
  const scene = await makeScene(server);
  const send = (channel: string, body: string) =>
    scene.bob.do("POST", `/rooms/${encodeURIComponent(scene.roomId)}/send`, {
      channel_id: channel,
      body,
    });
  const names = Array.from({ length: KEPT_TIMELINES + 2 }, (_, i) => `bed ${i}`);
  const ids = new Map<string, string>();
  for (const name of names) {
    const made = await scene.ann.do("POST", "/channels", {
      guild_id: scene.guildId,
      kind: "text",
      name,
    });
    ids.set(name, made.id);
    for (let i = 1; i <= MESSAGES; i++) await send(made.id, `${name}, number ${i}.`);
  }
  const idOf = (name: string) => ids.get(name) ?? "";
  const pathOf = (name: string) =>
    channelPath(scene.guildId, { room_id: scene.roomId, id: idOf(name), private: false });
  const browser = await launchBrowser();
  await using ann = await openPerson(browser);
  await signIn(ann.context, server.url, "ann");
  const { page } = ann;
  const row = (text: string, within = OPEN) =>
    page.locator(`${within} article`, { hasText: text }).last();
  const go = async (name: string) => {
    await page.locator(`a[href="${pathOf(name)}"]`).first().click();
    await row(`${name}, number ${MESSAGES}.`).waitFor({ state: "attached" });
  };
  const [one = "", two = ""] = names;
  await page.goto(server.url + pathOf(one));
  await settled(page);
  // All of it is read: nothing but going back decides where it stands.
  await row(`${one}, number ${MESSAGES}.`).waitFor();

  await t.step(
    "going back shows the same rows where they were, and none of them moves",
    async () => {
      await markFirstRow(page);
      await scrollAway(page);
      const before = await topOfRow(page, `${one}, number 20.`);
      await go(two);
      assert.equal(await page.locator(HIDDEN).count(), 1);
      await go(one);
      const first = page.locator(`${OPEN} article`).first();
      assert.equal(await first.evaluate((row) => "marked" in row), true);
      await waitFor(
        "the row to stand where it was",
        async () => Math.abs(await topOfRow(page, `${one}, number 20.`) - before) <= 1,
      );
    },
  );

  await t.step("hidden ones are neither read out nor found nor reached by Tab", async () => {
    await go(two);
    assert.equal(await page.getByRole("feed").count(), 1);
    assert.equal(await page.getByRole("article", { name: /bob/ }).count(), MESSAGES);
    assert.equal(await row(`${one}, number 20.`, HIDDEN).isVisible(), false);
    const find = (text: string) =>
      page.evaluate(
        `getSelection().removeAllRanges(), find(${JSON.stringify(text)}, false, false, true)`,
      );
    assert.equal(await find(`${two}, number 44.`), true);
    assert.equal(await find(`${one}, number 44.`), false);
    const focused = await page.evaluate(`(() => {
      const row = document.querySelector(${JSON.stringify(HIDDEN)} + " article");
      row.focus();
      return document.activeElement === row;
    })()`);
    assert.equal(focused, false);
    assert.doesNotMatch(await page.locator("main").ariaSnapshot(), new RegExp(`${one}, number`));
  });

  await t.step(
    "a hidden one stands still; shown again it has what came, below its line",
    async () => {
      await go(one);
      await page.locator(`${OPEN} > .timeline-scroll`).evaluate((box) => box.scrollTop = 0);
      await go(two);
      const rows = page.locator(`${HIDDEN} article`);
      const count = await rows.count();
      await send(idOf(one), "meanwhile one");
      // When the channel shows that it has something new, its message has come.
      const link = page.locator(`a[href="${pathOf(one)}"]`).first();
      await waitFor(
        "the message to have come",
        async () => /unread|new/i.test(await link.innerText() + await link.getAttribute("class")),
      );
      assert.equal(await rows.count(), count);
      await link.click();
      await row("meanwhile one").waitFor();
      await page.locator(`${OPEN} [data-row=new]`).waitFor();
      assert.match(await row("meanwhile one").getAttribute("aria-posinset") ?? "", /^\d+$/);
    },
  );

  await t.step("links of a hidden one stay its own", async () => {
    await go(two);
    const href = await page.locator(`${HIDDEN} article a.msg-time`).first().getAttribute("href");
    assert.ok(href?.startsWith(pathOf(one)), href ?? "none");
  });

  await t.step(
    "one that did not stay opens with the rows that are looked at, where it was left",
    async () => {
      await go(two);
      await scrollAway(page);
      const before = await topOfRow(page, `${two}, number 20.`);
      for (const name of names.filter((each) => each !== two)) await go(name);
      assert.equal(await row(`${two}, number 20.`, HIDDEN).count(), 0);
      await page.evaluate(FOLLOW_FRAMES, { open: OPEN, text: `${two}, number 20.` });
      await go(two);
      await waitFor("all rows", async () => {
        const frames = await page.evaluate("frames") as readonly Frame[];
        return frames.at(-1)?.rows === MESSAGES;
      });
      const frames = await page.evaluate("frames") as readonly Frame[];
      const [first] = frames;
      assert.ok(first && first.rows < MESSAGES, `${first?.rows} rows in the first frame`);
      for (const { top } of frames) assert.ok(Math.abs(top - before) <= 1, `${top}, was ${before}`);
    },
  );

  await t.step("no more than a few stay, those that were open last", async () => {
    for (const name of names) await go(name);
    assert.equal(await page.locator(HIDDEN).count(), KEPT_TIMELINES);
    assert.equal(await row(`${one}, number ${MESSAGES}.`, HIDDEN).count(), 0);
  });

  await t.step("one whose channel is taken away leaves the page, and the others stay", async () => {
    const [, deleted = ""] = names.slice(-3);
    await row(`${deleted}, number ${MESSAGES}.`, HIDDEN).waitFor({ state: "attached" });
    const room = encodeURIComponent(scene.roomId);
    await scene.ann.do("DELETE", `/rooms/${room}/channels/${idOf(deleted)}`);
    await row(`${deleted}, number ${MESSAGES}.`, HIDDEN).waitFor({ state: "detached" });
    assert.equal(await page.locator(HIDDEN).count(), KEPT_TIMELINES - 1);
    assert.equal(await row(`${names.at(-1)}, number ${MESSAGES}.`).count(), 1);
    await page.locator("a[href='/home']").first().click();
    await page.locator(".timelines").waitFor({ state: "detached" });
  });
  assert.deepEqual(ann.faults, []);
  await browser.close();
});

async function markFirstRow(page: Page): Promise<void> {
  await page.locator(`${OPEN} article`).first().evaluate((row) => {
    Object.assign(row, { marked: true });
  });
}

/** Up from the present, by less than reaches older pages. */
async function scrollAway(page: Page): Promise<void> {
  await page.locator(`${OPEN} > .timeline-scroll`).evaluate((box) =>
    new Promise<void>((done) => {
      box.addEventListener("scroll", () => requestAnimationFrame(() => done()), { once: true });
      box.scrollTop = -300;
    })
  );
}

function topOfRow(page: Page, text: string): Promise<number> {
  return page.locator(`${OPEN} article`, { hasText: text }).evaluate((row) =>
    row.getBoundingClientRect().top
  );
}
