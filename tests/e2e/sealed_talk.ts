/** What people of encrypted places do in their pages, where each step may take its time. */
import type { Page } from "playwright-core";
import { PASSWORD } from "../harness/homeserver.ts";

/** Making a device and joining a group takes its time where eight of these run at once. */
export const BEGIN_MS = 60_000;

export const article = (page: Page, text: string) =>
  page.locator("article:not(.pending)", { hasText: text }).first();

export async function say(page: Page, text: string): Promise<void> {
  await page.locator("textarea[name=body]").fill(text);
  await page.locator(".composer button[type=submit]").click();
  await article(page, text).waitFor({ timeout: BEGIN_MS });
}

/** Makes an encrypted channel in the guild that is open, and waits until it is shown. */
export async function createEncryptedChannel(
  page: Page,
  name: string,
  withinMs = BEGIN_MS,
): Promise<void> {
  await page.getByRole("button", { name: /^Menu of/ }).click();
  await page.getByRole("menuitem", { name: "Create a channel" }).click();
  const dialog = page.locator("dialog[open]");
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByLabel("Private channel").check();
  await dialog.getByLabel("Encrypt it").check();
  await dialog.getByRole("button", { name: "Create a channel" }).click();
  await page.locator(".main-head h1", { hasText: name }).waitFor({ timeout: withinMs });
  await dialog.waitFor({ state: "detached" });
}

/** Signs in through the door, as on a device that was never here before. */
export async function logInAnew(page: Page, url: string, userName: string): Promise<void> {
  await page.goto(`${url}/login`);
  await page.getByLabel("User name").fill(userName);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.locator("main form button[type=submit]").click();
  await page.getByRole("heading", { name: "Get your messages" }).waitFor();
}
