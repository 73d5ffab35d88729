import type { Page } from "playwright-core";
import { settled } from "./people.ts";
import { TALK } from "./scene.ts";

const dialog = (page: Page) => page.locator("dialog[open]");
const message = (page: Page, text: string) =>
  page.locator("article:not(.pending)", { hasText: text }).first();

async function fromMessage(page: Page, text: string, item: string): Promise<void> {
  await message(page, text).hover();
  await message(page, text).getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menuitem", { name: item }).click();
}

async function fromGuild(page: Page, item: string): Promise<void> {
  await page.getByRole("button", { name: /^Menu of/ }).click();
  await page.getByRole("menuitem", { name: item }).click();
}

/** An encrypted one, as it is offered. */
async function privateChannel(page: Page, name: string): Promise<void> {
  await fromGuild(page, "Create a channel");
  await dialog(page).getByLabel("Name").fill(name);
  await dialog(page).getByLabel("Private channel").check();
  await dialog(page).getByRole("button", { name: "Create a channel" }).click();
  await page.locator(".main-head h1", { hasText: name }).waitFor();
  await dialog(page).waitFor({ state: "detached" });
}

async function profileOf(page: Page, name: string): Promise<void> {
  await page.locator(".side-row.member", { hasText: name }).click();
  await dialog(page).getByRole("button", { name: "Message", exact: true }).waitFor();
}

/** The conversation of two, in the list; there may be a group with him as well. */
const withBob = (page: Page) =>
  page.locator("a.side-row.dm", { hasText: "bob" }).filter({ hasNotText: "eve" });

/** A group of Ann, Bob and Eve: begun where there is none yet. */
async function toGroup(page: Page): Promise<void> {
  await page.goto(new URL("/home", page.url()).href);
  await settled(page);
  const held = page.locator("a.dm", { hasText: "eve" });
  if (await held.count() > 0) await held.first().click();
  else {
    await page.getByRole("button", { name: "New conversation" }).first().click();
    await dialog(page).getByRole("button", { name: /@bob@/ }).click();
    await dialog(page).getByLabel("With whom?").fill("@eve");
    await dialog(page).getByRole("button", { name: "Begin group of 3" }).click();
  }
  await page.locator(".main-head h1", { hasText: "bob, eve" }).waitFor();
}

/** Asks in a poll, where none has been asked yet. */
async function askPoll(page: Page): Promise<void> {
  if (await page.locator("fieldset.poll").count() > 0) return;
  await page.getByRole("button", { name: "Ask in a poll" }).click();
  await dialog(page).getByLabel("Question").fill("Peas or beans?");
  await dialog(page).getByLabel("Answer 1", { exact: true }).fill("Peas");
  await dialog(page).getByLabel("Answer 2", { exact: true }).fill("Beans");
  await dialog(page).getByRole("button", { name: "Ask", exact: true }).click();
  await page.locator("fieldset.poll").waitFor();
  await dialog(page).waitFor({ state: "detached" });
}

/** How each overlay of the chat is opened in the channel of `scene.ts`, by ann, who owns it. */
export const OVERLAYS: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  createGuild: (page) => page.getByRole("button", { name: "Create a guild" }).first().click(),
  createChannel: (page) => fromGuild(page, "Create a channel"),
  channelPeople: async (page) => {
    await privateChannel(page, "council");
    await page.locator(".main-head").getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "People in this channel" }).click();
    await dialog(page).getByRole("button", { name: "Add bob" }).waitFor();
  },
  roomHealth: async (page) => {
    await privateChannel(page, "cellar");
    await page.locator(".main-head").getByRole("button", { name: "Encrypted" }).click();
    await dialog(page).locator(".room-code").waitFor();
  },
  invite: (page) => page.getByRole("button", { name: "Invite people" }).click(),
  addPeople: async (page) => {
    await toGroup(page);
    await page.locator(".members").getByRole("button", { name: "Add people" }).click();
  },
  groupLook: async (page) => {
    await toGroup(page);
    await page.locator(".main-head h1 button").click();
  },
  groupAct: async (page) => {
    await toGroup(page);
    await page.locator(".main-head").getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "Leave conversation" }).click();
  },
  startDm: async (page) => {
    await page.goto(new URL("/home", page.url()).href);
    await page.getByRole("button", { name: "New conversation" }).first().click();
  },
  friends: async (page) => {
    await page.goto(new URL("/home", page.url()).href);
    await page.getByRole("main").getByRole("button", { name: "Friends" }).click();
  },
  notify: (page) => fromGuild(page, "Notifications"),
  profile: (page) => profileOf(page, "bob"),
  moderate: async (page) => {
    await profileOf(page, "bob");
    await page.getByRole("button", { name: "Kick" }).click();
    await page.getByLabel("Reason").waitFor();
  },
  deleteMessage: (page) => fromMessage(page, "Hello world", "Delete message"),
  forward: (page) => fromMessage(page, "Hello world", "Forward"),
  report: (page) => fromMessage(page, "An answer", "Report message"),
  deleteSelected: async (page) => {
    await fromMessage(page, "Hello world", "Choose several");
    await page.getByRole("button", { name: /^Delete/ }).click();
  },
  jumpToDate: async (page) => {
    await page.locator(".main-head").getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "Jump to date" }).click();
  },
  picture: async (page) => {
    await page.locator("article img[alt='Red and blue']").click();
  },
  history: async (page) => {
    await message(page, "An answer").getByRole("button", { name: "edited" }).click();
  },
  reactors: async (page) => {
    await fromMessage(page, "Hello world", "Who reacted");
    await dialog(page).getByText("@bob@").waitFor();
  },
  createPoll: async (page) => {
    await page.getByRole("button", { name: "Ask in a poll" }).click();
    await dialog(page).getByLabel("Question").fill("Peas or beans?");
  },
  voters: async (page) => {
    await askPoll(page);
    await page.locator("fieldset.poll").getByRole("button", { name: "No votes yet" }).click();
    await dialog(page).getByText("Nobody chose this.").waitFor();
  },
  endPoll: async (page) => {
    await askPoll(page);
    await fromMessage(page, "Peas or beans?", "End the poll");
  },
  whereItIs: (page) => fromMessage(page, "Hello world", "Where it has arrived"),
  threads: (page) => page.getByRole("button", { name: "Threads" }).click(),
  nameThread: async (page) => {
    await message(page, "🙏").getByRole("link", { name: "1 reply" }).click();
    await page.getByRole("button", { name: "More about this thread" }).click();
    await page.getByRole("menuitem", { name: "Rename the thread" }).click();
  },
  pins: (page) => page.getByRole("button", { name: "Pinned messages" }).click(),
  encrypt: async (page) => {
    await page.goto(new URL("/home", page.url()).href);
    await withBob(page).click();
    await page.locator(".main-head").getByRole("button", { name: "Not encrypted" }).click();
    await dialog(page).getByText("bob has not opened OpenGuild").waitFor();
  },
  topic: async (page) => {
    await page.locator("button.topic").click();
  },
  inbox: async (page) => {
    await page.getByRole("button", { name: /^Inbox/ }).click();
    await dialog(page).locator(".inbox-row", { hasText: "An answer" }).waitFor();
  },
  switcher: (page) => page.keyboard.press("Control+k"),
  keys: (page) => page.keyboard.press("Control+/"),
  leaveGuild: (page) => fromGuild(page, "Leave guild"),
  leaveDm: async (page) => {
    await page.goto(new URL("/home", page.url()).href);
    await withBob(page).click({ button: "right" });
    await page.getByRole("menuitem", { name: "Leave conversation" }).click();
  },
  // The last one: from here on newcomers are shown it when they come.
  welcome: async (page) => {
    const channel = page.url();
    await page.goto(channel.replace(/(\/g\/[^/]+)\/.*/, "$1/settings/welcome"));
    await settled(page);
    await page.locator("textarea[name=text]").fill("Good to have you here.");
    await page.locator("select[name=channel]").first().selectOption({ index: 1 });
    await page.locator("input[name=emoji]").first().fill("🌱");
    await page.locator("form[data-guard]").evaluate((form: HTMLFormElement) =>
      form.requestSubmit()
    );
    await page.waitForURL(/saved=1/);
    await page.goto(channel);
    await settled(page);
    await fromGuild(page, "Welcome");
  },
};

/** Those that ann, who owns the guild, cannot open; bob can. */
export const OF_A_MEMBER: readonly string[] = ["leaveGuild"];

/** Those that are there during a call alone: `voice_test.ts` looks at them. */
export const OF_A_CALL: readonly string[] = ["call", "callPerson"];

/** What opens beside the dialogs. */
export const POPOVERS: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  "what a search found": async (page) => {
    await page.locator(".main-head").getByRole("button", { name: "Search messages" }).click();
    await page.getByRole("combobox", { name: "Words to look for" }).fill("from:me hello");
    await page.locator(".search-panel [data-hit] mark").first().waitFor();
  },
  "filters of the search": async (page) => {
    await page.locator(".main-head").getByRole("button", { name: "Search messages" }).click();
    await page.getByRole("option", { name: "from:" }).waitFor();
  },
  "search of an encrypted channel": async (page) => {
    await privateChannel(page, "vault");
    await page.keyboard.press("Control+f");
    await page.locator(".search-panel").getByText("searched on this device").waitFor();
  },
  "menu of the guild": (page) => page.getByRole("button", { name: /^Menu of/ }).click(),
  "menu of a channel": async (page) => {
    await page.locator(".side-row", { hasText: "general" }).click({ button: "right" });
    await page.getByRole("menuitem", { name: "Mark as read" }).waitFor();
  },
  "menu of a person": async (page) => {
    await page.locator(".members .member", { hasText: "Bob" }).click({ button: "right" });
    await page.getByRole("menuitem", { name: "Ban" }).waitFor();
  },
  "menu of a message": async (page) => {
    await message(page, "Hello world").hover();
    await message(page, "Hello world").getByRole("button", { name: "More", exact: true }).click();
    await page.getByRole("menu").waitFor();
  },
  "emoji picker": async (page) => {
    await page.locator(".composer").getByRole("button", { name: /emoji/i }).click();
    await page.getByRole("button", { name: "grinning face" }).or(page.getByText("😀")).first()
      .waitFor();
  },
  completions: async (page) => {
    await page.locator("textarea[name=body]").fill("@b");
    await page.getByRole("option").first().waitFor();
  },
  "a message in the box that answers another": async (page) => {
    await message(page, TALK[4] ?? "").hover();
    await message(page, TALK[4] ?? "").getByRole("button", { name: "Reply" }).click();
    await page.locator(".composer-mode").waitFor();
  },
};

/** The kinds that the app can open, read where it lists them. */
export async function overlayKinds(): Promise<string[]> {
  const file = new URL("../../ui/components/chat/Overlays.tsx", import.meta.url);
  const text = await Deno.readTextFile(file);
  return [...text.matchAll(/^ {2}(\w+): \(\) => import\(/gm)].map((match) => match[1] ?? "");
}
