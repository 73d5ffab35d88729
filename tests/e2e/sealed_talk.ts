/** What people of encrypted places do in their pages, where each step may take its time. */
import type { Page } from "playwright-core";
import { soon } from "../harness/e2ee_wire.ts";
import { PASSWORD, type Person } from "../harness/homeserver.ts";

/** Making a device and joining a group takes its time where eight of these run at once. */
export const BEGIN_MS = 60_000;

/** How long a message waits for encryption to begin (ms), in `ui/lib/e2ee/beginnings.ts`. */
const BY_ITSELF_MS = 5000;

/** An init script: however slow the machine is, a message waits until the other one has a device. */
export const PATIENT = `{
  const real = setTimeout;
  globalThis.setTimeout = (act, ms, ...rest) =>
    real(act, ms === ${BY_ITSELF_MS} ? 100_000 : ms, ...rest);
}`;

export const article = (page: Page, text: string) =>
  page.locator("article:not(.pending)", { hasText: text }).first();

export async function say(page: Page, text: string): Promise<void> {
  await page.locator("textarea[name=body]").fill(text);
  await page.locator(".composer button[type=submit]").click();
  await article(page, text).waitFor({ timeout: BEGIN_MS });
}

/** The room of the private channel that a page has open. */
export const roomOf = (page: Page) =>
  decodeURIComponent(new URL(page.url()).pathname.split("/")[3] ?? "");

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

/** Encrypts the conversation or private channel that a page has open. */
export async function encryptHere(page: Page): Promise<void> {
  await page.locator(".main-head").getByRole("button", { name: "Not encrypted" }).click();
  await page.getByRole("button", { name: "Encrypt from here on" }).click();
  await page.locator(".main-head .tag.accent").waitFor({ timeout: 2 * BEGIN_MS });
  await page.locator("dialog[open]").waitFor({ state: "detached" });
}

/** Signs in through the door, as on a device that was never here before. */
export async function logInAnew(page: Page, url: string, userName: string): Promise<void> {
  await page.goto(`${url}/login`);
  await page.getByLabel("User name").fill(userName);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.locator("main form button[type=submit]").click();
  await page.getByRole("heading", { name: "Get your messages" }).waitFor();
}

/**
 * Waits until a device of somebody is in a room's group, as the server of who looks has it. A page
 * that shows the room makes its device after that: what is said before is not for it.
 */
export async function hasDevice(
  who: Person,
  { id }: Pick<Person, "id">,
  roomId: string,
): Promise<void> {
  await soon(`a device of ${id} to be in the group`, async () => {
    const { body } = await who.try("GET", `/rooms/${encodeURIComponent(roomId)}/group`);
    return body.leaves?.some(({ user }: { user: string }) => user === id);
  });
}
