import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { systemClock } from "../../server/system/clock.ts";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { startHomeserver } from "../harness/homeserver.ts";
import { waitFor } from "../harness/wait_for.ts";
import { fillRegistration, foundGuild, holds, settled } from "./people.ts";

const DAY_MS = 86_400_000;
/** Messages of each day: more than a page shows, so that going there has to load. */
const EACH_DAY = 70;

/** The first of three days, counted back from today. */
const DAYS_AGO = [20, 9, 0];
const begunMs = systemClock.now();

async function talk(page: Page, day: number): Promise<void> {
  const [, , guild, channel] = new URL(page.url()).pathname.split("/");
  await page.evaluate(`(async () => {
    for (let i = 1; i <= ${EACH_DAY}; i++) {
      const answer = await fetch("/client/v1/rooms/" + encodeURIComponent("!${guild}") + "/send", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ channel_id: "${channel}", body: "day ${day} number " + i + "." }),
      });
      if (!answer.ok) throw new Error(await answer.text());
    }
  })()`);
}

/** Noon of a day before this one: neither the test's length nor a time zone leads into another. */
function noonAgo(days: number): number {
  return (Math.floor(begunMs / DAY_MS) - days) * DAY_MS + DAY_MS / 2;
}

/** `2026-11-22` of the noon of that day, also in the zone of the browser. */
function dayAgo(days: number): string {
  return new Date(noonAgo(days)).toISOString().slice(0, 10);
}

function row(page: Page, text: string) {
  return page.locator("article", { hasText: text });
}

async function inMenu(page: Page, item: string): Promise<void> {
  await page.locator(".main-head").getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: item }).click();
}

Deno.test("jump to a date, choose messages and delete them at once", async (t) => {
  let shiftMs = 0;
  const clock = { ...systemClock, now: () => systemClock.now() + shiftMs };
  await using server = await startHomeserver({ clock });
  const browser = await launchBrowser();
  await using ann = await openPerson(browser);
  await using bob = await openPerson(browser, { phone: true });
  const { page } = ann;
  await foundGuild(page, server.setupLink ?? "", "Workshop");
  for (const days of DAYS_AGO) {
    shiftMs = days === 0 ? 0 : noonAgo(days) - systemClock.now();
    await talk(page, days);
  }
  await page.reload();
  await settled(page);

  await t.step("a day shows its first message, and the divider leads to other days", async () => {
    await row(page, `day 0 number ${EACH_DAY}.`).waitFor();
    assert.equal(await row(page, "day 9 number 1.").count(), 0);
    await inMenu(page, "Jump to date");
    await page.locator("dialog").getByLabel("Day").fill(dayAgo(9));
    await page.keyboard.press("Enter");
    await page.locator("article.focus", { hasText: "day 9 number 1." }).waitFor();
    await page.locator("dialog").waitFor({ state: "detached" });
    await page.locator(".divider button").first().click();
    await page.locator("dialog").getByLabel("Day").fill(dayAgo(20));
    await page.getByRole("button", { name: "Go there" }).click();
    await page.locator("article.focus", { hasText: "day 20 number 1." }).waitFor();
    await page.getByRole("button", { name: "Jump to present" }).click();
    await row(page, `day 0 number ${EACH_DAY}.`).waitFor();
  });

  await t.step("a search finds what no page holds and goes there, by the keyboard", async () => {
    await page.keyboard.press("Control+f");
    const box = page.getByRole("combobox", { name: "Words to look for" });
    await box.pressSequentially("fro");
    await page.getByRole("option", { name: "from:" }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByRole("option", { name: "me", exact: true }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await holds(page, "from:me ", ".search-box input");
    await box.pressSequentially('"day 20" number');
    const panel = page.locator(".search-panel");
    await panel.getByText(`${EACH_DAY} messages found`).waitFor();
    await panel.getByRole("button", { name: "Show more" }).click();
    await waitFor("a second page", async () => await panel.locator("[data-hit]").count() === 50);
    await box.fill("days 20");
    await box.press("Enter");
    await panel.getByText("Nothing found").waitFor();
    await box.fill("has:cheese");
    await box.press("Enter");
    await panel.getByRole("alert").getByText("has:cheese is not known").waitFor();
    await box.fill("in:genral from:nobodyhere number");
    await box.press("Enter");
    await panel.getByText("No channel here is called “genral”.").waitFor();
    await panel.getByText("Nobody here is called “nobodyhere”.").waitFor();
    await panel.getByRole("button", { name: "general", exact: true }).click();
    await holds(page, "in:general from:nobodyhere number", ".search-box input");
    await panel.getByText("No channel here").waitFor({ state: "detached" });
    await box.fill('"20 number 33"');
    await panel.getByText("1 message found").waitFor();
    assert.equal(await panel.locator("mark").textContent(), "20 number 33");
    await box.press("ArrowDown");
    await page.locator("[data-hit]:focus").waitFor();
    await page.keyboard.press("Enter");
    await page.locator("article.focus", { hasText: "day 20 number 33." }).waitFor();
    await panel.getByRole("button", { name: "Close the search" }).click();
    await panel.waitFor({ state: "detached" });
    await page.keyboard.press("Control+f");
    await panel.getByRole("option", { name: '"20 number 33"' }).click();
    await panel.getByText("1 message found").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Jump to present" }).click();
    await row(page, `day 0 number ${EACH_DAY}.`).waitFor();
  });

  await t.step("a day on which nothing was said leads to what came next", async () => {
    await inMenu(page, "Jump to date");
    await page.locator("dialog").getByLabel("Day").fill(dayAgo(15));
    await page.getByRole("button", { name: "Go there" }).click();
    await page.locator("article.focus", { hasText: "day 9 number 1." }).waitFor();
    await page.getByRole("button", { name: "Jump to present" }).click();
    await row(page, `day 0 number ${EACH_DAY}.`).waitFor();
  });

  await t.step("by keyboard: begin at a message, choose others, delete", async () => {
    await row(page, `day 0 number ${EACH_DAY}.`).focus();
    await page.keyboard.press("x");
    await page.getByText("1 chosen").waitFor();
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Shift+Space");
    await page.getByText("3 chosen").waitFor();
    await page.keyboard.press("Space");
    await page.getByText("2 chosen").waitFor();
    await page.getByRole("button", { name: "Delete" }).click();
    await page.locator("dialog").getByRole("heading", { name: "Delete 2 messages?" }).waitFor();
    await page.locator("dialog").getByRole("button", { name: "Delete" }).click();
    await page.getByText("2 messages deleted").waitFor();
    await row(page, `day 0 number ${EACH_DAY}.`).waitFor({ state: "detached" });
    assert.equal(await row(page, `day 0 number ${EACH_DAY - 2}.`).count(), 1);
    await page.locator("textarea[name=body]").waitFor();
  });

  await t.step("Escape ends the choice and deletes nothing", async () => {
    await inMenu(page, "Choose messages");
    const last = row(page, `day 0 number ${EACH_DAY - 2}.`);
    await last.click();
    await page.getByText("1 chosen").waitFor();
    await page.keyboard.press("Escape");
    await page.locator("textarea[name=body]").waitFor();
    assert.equal(await last.count(), 1);
  });

  await t.step("on a phone: only one's own messages can be chosen", async () => {
    await page.goto(`${page.url().split("/").slice(0, 5).join("/")}/settings/invites`);
    await page.getByRole("button", { name: "New link" }).click();
    const link = await page.locator(".row-card .mono").textContent();
    await bob.page.goto(server.url + new URL(link ?? "").pathname);
    await bob.page.getByRole("link", { name: "Create an account and join" }).click();
    await fillRegistration(bob.page, "bob", "Bob");
    await settled(bob.page);
    for (const word of ["first of bob", "second of bob", "third of bob"]) {
      // Enter is a new line under a finger.
      await bob.page.locator("textarea[name=body]").fill(word);
      await bob.page.getByRole("button", { name: "Send" }).tap();
      await bob.page.locator("article:not(.pending)", { hasText: word }).waitFor();
    }
    await inMenu(bob.page, "Choose messages");
    await row(bob.page, "first of bob").tap();
    await row(bob.page, "third of bob").tap();
    await row(bob.page, `day 0 number ${EACH_DAY - 2}.`).tap();
    await bob.page.getByText("2 chosen").waitFor();
    await bob.page.getByRole("button", { name: "Delete" }).tap();
    await bob.page.locator("dialog").getByRole("button", { name: "Delete" }).tap();
    await bob.page.getByText("2 messages deleted").waitFor();
    await row(bob.page, "first of bob").waitFor({ state: "detached" });
    assert.equal(await row(bob.page, "second of bob").count(), 1);
    await inMenu(bob.page, "Jump to date");
    await bob.page.locator("dialog").getByLabel("Day").fill(dayAgo(20));
    await bob.page.getByRole("button", { name: "Go there" }).tap();
    await bob.page.locator("article.focus", { hasText: "day 20 number 1." }).waitFor();
    const wide = await bob.page.evaluate("document.documentElement.scrollWidth");
    assert.ok(Number(wide) <= 390, `the page is ${wide} pixels wide`);
  });

  assert.deepEqual([...ann.faults, ...bob.faults], []);
  await browser.close();
});
