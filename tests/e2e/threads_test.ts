/** Threads that people of two servers follow: what waits in them, who writes, what is chosen. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { guildPath } from "../../ui/lib/format/paths.ts";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import type { Person } from "../harness/homeserver.ts";
import { ACROSS_MS, shareGuild } from "../harness/shared_guild.ts";
import { settled } from "./people.ts";
import { signIn } from "./scene.ts";

const ACROSS = { timeout: ACROSS_MS };
const panelOf = (page: Page) => page.locator(".thread-panel");
const inPanel = (page: Page, text: string) => panelOf(page).locator("article", { hasText: text });

Deno.test("a followed thread is told, found, read everywhere and cleaned up", async (t) => {
  await using shared = await shareGuild();
  const { one, two, owner, guildId, general } = shared;
  const send = (person: Person, body: string, part: object = {}): Promise<{ id: string }> =>
    person.do("POST", `/rooms/${guildId}/send`, { channel_id: general, body, ...part });
  const root = await send(owner, "Where shall we meet on Friday?");
  await send(owner, "At the harbor", { thread_id: root.id });
  const browser = await launchBrowser();
  await using olga = await openPerson(browser);
  await using phone = await openPerson(browser, { phone: true });
  await using beas = await openPerson(browser);
  await signIn(olga.context, one.url, "olga");
  await signIn(phone.context, one.url, "olga");
  await signIn(beas.context, two.url, "bea");
  const path = guildPath(guildId, general);
  await olga.page.goto(`${one.url}${path}`);
  await phone.page.goto(`${one.url}/home`);
  await beas.page.goto(`${two.url}${path}`);
  for (const { page } of [olga, phone, beas]) await settled(page);

  await t.step(
    "who writes in it is told in it, across servers, and not in its channel",
    async () => {
      for (const { page } of [olga, beas]) {
        await page.locator(".main article").getByRole("link", { name: "1 reply" }).click(ACROSS);
      }
      const box = panelOf(beas.page).getByRole("textbox");
      await box.pressSequentially("Rather at");
      await panelOf(olga.page).locator(".typing", { hasText: "bea" }).waitFor(ACROSS);
      assert.equal(await olga.page.locator(".main .typing", { hasText: "bea" }).count(), 0);
      await olga.page.goto(`${one.url}/home`);
      await settled(olga.page);
      await box.fill("Rather at mine");
      await box.press("Enter");
    },
  );

  await t.step("it waits in the inbox of every device, and reading it clears all", async () => {
    for (const { page } of [olga, phone]) {
      await page.locator(".rail-item.unread").waitFor({ state: "attached", ...ACROSS });
      await page.keyboard.press("Control+i");
      const row = page.locator(".inbox-row", { hasText: "Rather at mine" });
      await row.waitFor(ACROSS);
      await row.getByText("Where shall we meet on Friday?, a thread of #general").waitFor();
    }
    await olga.page.locator(".inbox-go", { hasText: "Rather at mine" }).click();
    await inPanel(olga.page, "Rather at mine").waitFor();
    await phone.page.locator(".inbox-row").waitFor({ state: "detached" });
    await phone.page.keyboard.press("Escape");
  });

  await t.step("the list of threads marks what is new in it, and keeps up", async () => {
    const { page } = olga;
    await page.goto(`${one.url}${path}`);
    await settled(page);
    await page.getByRole("button", { name: "Threads" }).click();
    const row = page.locator(".thread-item", { hasText: "Where shall we meet" });
    await row.getByText("2 replies").waitFor();
    assert.equal(await row.locator(".dot, .badge").count(), 0, "all of it is read");
    await panelOf(beas.page).getByRole("textbox").fill("Is that fine, @olga?");
    await panelOf(beas.page).getByRole("textbox").press("Enter");
    await row.locator(".dot").waitFor(ACROSS);
    await row.locator(".badge", { hasText: "1" }).waitFor(ACROSS);
    await row.getByText("3 replies").waitFor(ACROSS);
    await row.click();
    await inPanel(page, "Is that fine").waitFor();
    await page.getByRole("button", { name: "Threads" }).click();
    await row.waitFor();
    await row.locator(".dot, .badge").first().waitFor({ state: "detached" });
    await page.keyboard.press("Escape");
  });

  await t.step("the quick switcher goes to it", async () => {
    await olga.page.goto(`${one.url}/home`);
    await settled(olga.page);
    await olga.page.keyboard.press("Control+k");
    await olga.page.getByRole("combobox").fill("friday");
    await olga.page.getByRole("option", { name: /Where shall we meet/ }).waitFor();
    await olga.page.keyboard.press("Enter");
    await inPanel(olga.page, "At the harbor").waitFor();
  });

  await t.step("the keys for the next row and the next unread one lead into it", async () => {
    const { page } = olga;
    await page.goto(`${one.url}${path}`);
    await settled(page);
    const rows = page.locator("nav [aria-current=page]");
    await page.keyboard.press("Alt+ArrowDown");
    await inPanel(page, "At the harbor").waitFor();
    await rows.filter({ hasText: "Where shall we meet" }).waitFor();
    await page.keyboard.press("Alt+ArrowUp");
    await panelOf(page).waitFor({ state: "detached" });
    await rows.filter({ hasText: "general" }).waitFor();
    await page.goto(`${one.url}/home`);
    await settled(page);
    await panelOf(beas.page).getByRole("textbox").fill("At eight then");
    await panelOf(beas.page).getByRole("textbox").press("Enter");
    await page.locator(".rail-item.unread").waitFor({ state: "attached", ...ACROSS });
    await page.keyboard.press("Alt+Shift+ArrowDown");
    await inPanel(page, "At eight then").waitFor(ACROSS);
  });

  await t.step("several messages of it are deleted at once, on both servers", async () => {
    const message = inPanel(olga.page, "At the harbor");
    await message.hover();
    await message.getByRole("button", { name: "More" }).click();
    await olga.page.getByRole("menuitem", { name: "Choose several" }).click();
    assert.equal(await olga.page.locator(".main .select-box").count(), 0, "of one timeline alone");
    await olga.page.locator(".main textarea[name=body]").waitFor();
    await inPanel(olga.page, "Rather at mine").getByRole("checkbox").click();
    await panelOf(olga.page).getByText("2 chosen").waitFor();
    await panelOf(olga.page).getByRole("button", { name: "Delete" }).click();
    await olga.page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    for (const { page } of [olga, beas]) {
      await inPanel(page, "Rather at mine").waitFor({ state: "detached", ...ACROSS });
      await inPanel(page, "At the harbor").waitFor({ state: "detached", ...ACROSS });
    }
  });

  await t.step("only where somebody may call everyone does it look like a call", async () => {
    await send(owner, "Hear this, @everyone, please", { thread_id: root.id });
    await panelOf(beas.page).getByRole("textbox").fill("And this, @everyone, too");
    await panelOf(beas.page).getByRole("textbox").press("Enter");
    for (const { page } of [olga, beas]) {
      await inPanel(page, "Hear this").locator(".pill", { hasText: "@everyone" }).waitFor(ACROSS);
      const other = page.locator(".thread-panel article:not(.pending)", { hasText: "And this" });
      await other.getByText("And this, @everyone, too").waitFor(ACROSS);
      assert.equal(await other.locator(".pill").count(), 0);
    }
  });

  await t.step("who may write in a locked thread sees that it is locked", async () => {
    const lock = panelOf(olga.page).getByTitle("Locked: only moderators write here");
    assert.equal(await lock.count(), 0);
    await panelOf(olga.page).getByRole("button", { name: "More about this thread" }).click();
    await olga.page.getByRole("menuitem", { name: "Lock" }).click();
    await lock.waitFor();
    await panelOf(olga.page).getByRole("textbox").waitFor();
    await panelOf(beas.page).getByText("it can be read, not written").waitFor(ACROSS);
  });
  for (const { faults } of [olga, phone, beas]) assert.deepEqual(faults, []);
});
