import assert from "node:assert/strict";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { startRunningServer } from "../harness/running_server.ts";
import { fillRegistration, foundGuild, holds, say, settled } from "./people.ts";

Deno.test("a right click on a person opens what can be done with them", async (t) => {
  await using server = await startRunningServer();
  const browser = await launchBrowser();
  await using ann = await openPerson(browser);
  await using bob = await openPerson(browser);
  const { page } = ann;
  await foundGuild(page, server.setupLink, "Garden");
  const chat = page.url();
  await page.goto(chat.replace(/(\/g\/[^/]+)\/.*/, "$1/settings/invites"));
  await page.getByRole("button", { name: "New link" }).click();
  const link = await page.locator(".row-card .mono").textContent();
  await bob.page.goto(server.base + new URL(link ?? "").pathname);
  await bob.page.getByRole("link", { name: "Create an account and join" }).click();
  await fillRegistration(bob.page, "bob", "Bob");
  await say(bob.page, "Hello from Bob");
  await page.goto(chat);
  await settled(page);
  const menu = page.getByRole("menu", { name: "Options of Bob" });
  const item = (name: string) => menu.getByRole("menuitem", { name, exact: true });
  const row = page.locator(".members .member", { hasText: "Bob" });
  const name = page.locator("article", { hasText: "Hello from Bob" }).locator(".msg-name");

  await t.step("in the list: those who moderate find it there", async () => {
    await row.click({ button: "right" });
    await menu.waitFor();
    for (const each of ["Profile", "Mention", "Message", "Add friend", "Block", "Roles"]) {
      await item(each).waitFor();
    }
    await item("Time out").click();
    await page.getByRole("dialog", { name: /Bob/ }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
  });

  await t.step("a timeout is lifted where it was given, and called so", async () => {
    const box = bob.page.locator("textarea[name=body]");
    await row.click({ button: "right" });
    await item("Time out").click();
    await page.getByRole("dialog").getByRole("button", { name: "Time out" }).click();
    await box.waitFor({ state: "detached" });
    await row.getByText("Timed out").waitFor({ state: "attached" });
    await row.click({ button: "right" });
    await item("Lift the timeout").click();
    const dialog = page.getByRole("dialog", { name: "Lift the timeout of Bob?" });
    await dialog.getByRole("button", { name: "Lift the timeout" }).click();
    await page.getByText("The timeout of Bob was lifted.").waitFor();
    await box.waitFor();
  });

  await t.step("on the name over a message, which keeps its own menu", async () => {
    await name.click({ button: "right" });
    await item("Kick").waitFor();
    assert.equal(await page.getByRole("menu").count(), 1);
    await page.keyboard.press("Escape");
    await menu.waitFor({ state: "detached" });
    await page.locator("article .msg-name:focus", { hasText: "Bob" }).waitFor();
  });

  await t.step("a mention goes where the caret stands, and the box has the focus", async () => {
    await page.locator("textarea[name=body]").fill("Ask");
    await row.click({ button: "right" });
    await item("Mention").click();
    await holds(page, "Ask @bob ");
    await page.keyboard.type("about it");
    await holds(page, "Ask @bob about it");
  });

  await t.step("a friend is asked, and blocking is said and taken back", async () => {
    await row.click({ button: "right" });
    await item("Add friend").click();
    await page.getByText("Asked Bob.").waitFor();
    await row.click({ button: "right" });
    await item("Block").click();
    await page.getByText("Bob is blocked.").waitFor();
    await row.click({ button: "right" });
    await item("Unblock").click();
    await page.getByText("Bob is not blocked any more.").waitFor();
  });

  await t.step("in a call it leads to their volume, too", async () => {
    const inside = page.locator(".voice-people .voice-person", { hasText: "Bob" });
    await bob.page.locator(".side-row", { hasText: "Voice" }).first().click();
    await inside.click({ button: "right" });
    await item("Volume and more").click();
    await page.getByRole("dialog", { name: /Bob/ }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await bob.page.getByRole("button", { name: "Leave the call" }).click();
    await inside.waitFor({ state: "detached" });
  });

  await t.step("a part of a name and Enter mean who is shown for it", async () => {
    await page.goto(`${server.base}/home`);
    await settled(page);
    await page.getByRole("button", { name: "New conversation" }).first().click();
    await page.getByLabel("With whom?").pressSequentially("bo");
    await page.getByRole("dialog").getByRole("button", { name: /Bob/ }).waitFor();
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/dm\//);
    await page.getByRole("heading", { name: "Bob", exact: true }).first().waitFor();
  });

  await t.step("who has no rank over others is offered none of that", async () => {
    const other = bob.page.getByRole("menu", { name: "Options of Ann" });
    await bob.page.locator(".members .member", { hasText: "Ann" }).click({ button: "right" });
    await other.getByRole("menuitem", { name: "Message" }).waitFor();
    assert.equal(await other.getByRole("menuitem", { name: "Kick" }).count(), 0);
    await other.getByRole("menuitem", { name: "Message" }).click();
    await bob.page.waitForURL(/\/dm\//);
  });

  assert.deepEqual([...ann.faults, ...bob.faults], []);
  await browser.close();
});
