/** What people see and press in calls. */
import assert from "node:assert/strict";
import type { BrowserContext, Page } from "playwright-core";
import { findBarriers } from "../../harness/axe.ts";
import { waitFor } from "../../harness/wait_for.ts";
import { EAR_SCRIPT } from "./listening.ts";

/** A server whose calls are at the loopback, on a free port. */
export const LOOPBACK_VOICE = {
  OPENGUILD_VOICE_ENABLED: "yes",
  OPENGUILD_VOICE_PORT: "0",
  OPENGUILD_VOICE_HOST: "127.0.0.1",
  OPENGUILD_VOICE_ANNOUNCE: "127.0.0.1",
};

/** Before a page's own scripts: `connections` holds what the page has connected, in turn. */
export const KEEP_CONNECTIONS = `
globalThis.connections = [];
globalThis.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...given) {
    super(...given);
    connections.push(this);
  }
};`;

/** Filters for voices take pure tones for noise. */
export const CHOICES = JSON.stringify({
  noiseSuppression: false,
  echoCancellation: false,
  autoGain: false,
  sounds: false,
});

/** Before the first page: it can be listened to, and lets tones through. */
export async function prepareForTones(context: BrowserContext): Promise<void> {
  await context.addInitScript(EAR_SCRIPT);
  // An empty page has no storage.
  await context.addInitScript(
    `if (location.protocol === "http:" && localStorage.getItem("og-voice") === null) {
      localStorage.setItem("og-voice", ${JSON.stringify(CHOICES)});
    }`,
  );
}

export const panel = (page: Page) => page.getByRole("region", { name: "Call", exact: true });

/** Presses the voice channel in the list of channels. */
export async function pressVoice(page: Page): Promise<void> {
  const channels = page.getByRole("link", { name: "Guilds and channels" });
  if (await channels.isVisible()) await channels.click();
  await page.getByRole("link", { name: /^Voice/ }).click();
}

export function connected(page: Page): Promise<void> {
  return panel(page).getByText("Connected", { exact: true }).waitFor({ state: "attached" });
}

export async function join(page: Page): Promise<void> {
  await pressVoice(page);
  await connected(page);
}

export function leave(page: Page): Promise<void> {
  return panel(page).getByRole("button", { name: "Leave the call" }).click();
}

/** The call of a conversation, and the calls that ring. */
export const stage = (page: Page) => page.getByRole("region", { name: /^Call in/ });
export const rings = (page: Page) => page.getByRole("region", { name: "Incoming calls" });

/** The row of somebody in the list of channels. */
export const rowOf = (page: Page, name: string) =>
  page.locator(".voice-people .voice-person", { hasText: name });

/** What people compare, out of the dialog, which is open for `look`. */
export async function readCode(page: Page, look?: () => Promise<void>): Promise<string> {
  await panel(page).getByRole("button", { name: "Encryption, people and quality" }).click();
  const code = page.getByLabel("Code of the call");
  await code.waitFor();
  const text = await code.innerText();
  await look?.();
  await page.keyboard.press("Escape");
  await page.locator("dialog[open]").waitFor({ state: "detached" });
  return text;
}

/** The same, where the dialog has no barriers. */
export const codeOf = (page: Page): Promise<string> =>
  readCode(page, async () => {
    assert.deepEqual(await findBarriers(page, { inside: "dialog[open]" }), []);
  });

export const sameCode = (...pages: Page[]) =>
  waitFor("one code for everybody", async () => {
    const codes = [];
    for (const page of pages) codes.push(await codeOf(page));
    return new Set(codes).size === 1 && codes[0];
  });
