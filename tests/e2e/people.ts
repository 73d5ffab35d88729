import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { waitFor } from "../harness/wait_for.ts";

export const PASSWORD = "correct horse battery staple 42";

/** Fills the form that makes an account and sends it. */
export async function fillRegistration(page: Page, userName: string, displayName: string) {
  await page.getByLabel("User name").fill(userName);
  await page.getByLabel("Display name").fill(displayName);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.locator("main form button[type=submit]").click();
}

/** Waits until scripts have taken the page over. */
export async function settled(page: Page) {
  await page.waitForSelector("html[data-ready=true]");
}

/** Makes a guild from the rail's plus and waits for its first channel. */
export async function createGuild(page: Page, name: string) {
  await settled(page);
  await page.getByRole("button", { name: "Create a guild" }).first().click();
  await page.getByLabel("Name of the guild").fill(name);
  await page.locator("dialog").getByRole("button", { name: "Create a guild" }).click();
  await page.waitForURL(/\/g\/[^/]+\/[^/]+$/);
}

/** The first account of a server, an administrator's, with a guild: its page is left in the guild. */
export async function foundGuild(page: Page, setupLink: string, name: string) {
  await page.goto(setupLink);
  await fillRegistration(page, "ann", "Ann");
  // Scripts have taken over the page that the form stands on, too.
  await page.waitForURL(/\/home$/);
  await createGuild(page, name);
}

/** Writes a message and sends it with Enter, which before the scripts came would begin a line. */
export async function say(page: Page, text: string) {
  await settled(page);
  const box = page.locator("textarea[name=body]");
  await box.fill(text);
  await box.press("Enter");
}

/** Waits until the box of the chat, or another field, holds exactly a text. */
export function holds(page: Page, text: string, selector = "textarea[name=body]") {
  const field = page.locator(selector);
  return waitFor(
    `${selector} to hold ${JSON.stringify(text)}`,
    async () => await field.inputValue() === text,
  );
}

/** Goes back with Shift+Tab until the focus is where a selector says. */
export function tabBackTo(page: Page, selector: string): Promise<void> {
  return tabTo(page, selector, "Shift+Tab");
}

/** Goes on with Tab until the focus is where a selector says; no page has so many stops. */
export async function tabTo(page: Page, selector: string, key = "Tab"): Promise<void> {
  for (let stop = 0; stop < 150; stop++) {
    await page.keyboard.press(key);
    if (await page.evaluate(`document.activeElement?.matches(${JSON.stringify(selector)})`)) return;
  }
  assert.fail(`No ${key} led to ${selector}.`);
}
