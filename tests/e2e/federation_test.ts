import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { startServers } from "../harness/federated.ts";
import { PASSWORD as API_PASSWORD } from "../harness/homeserver.ts";
import { waitFor } from "../harness/wait_for.ts";
import { createGuild, say, settled } from "./people.ts";
import { PATIENT } from "./sealed_talk.ts";

/** Signs in somebody who registered through the API. */
async function logIn(page: Page, url: string, userName: string): Promise<void> {
  await page.goto(`${url}/login`);
  await page.getByLabel("User name").fill(userName);
  await page.getByLabel("Password").fill(API_PASSWORD);
  await page.locator("main form button[type=submit]").click();
  await page.waitForURL(/\/home$/);
  await settled(page);
}

/** Opens a request on another device, where it waits for its answer. */
async function openRequest(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await settled(page);
  await page.getByRole("button", { name: "Accept", exact: true }).waitFor();
}

Deno.test("people of two servers meet in a guild, by browser alone", async (t) => {
  await using federation = await startServers(2);
  const [one, two] = federation.servers;
  assert(one !== undefined && two !== undefined);
  await one.register("ann");
  await two.register("bob");
  const browser = await launchBrowser();
  await using ann = await openPerson(browser);
  await using bob = await openPerson(browser, { phone: true });
  await using annPhone = await openPerson(browser, { phone: true });
  // A conversation that is accepted is encrypted by itself, whenever the other one has a device.
  await ann.context.addInitScript(PATIENT);
  let link = "";

  await t.step("ann founds a guild and makes a link", async () => {
    await logIn(ann.page, one.url, "ann");
    await createGuild(ann.page, "Riverside Garden Club");
    await say(ann.page, "Who brings the seeds?");
    await ann.page.getByRole("button", { name: "Invite people" }).click();
    const field = ann.page.getByLabel("Invite link");
    await ann.page.waitForFunction(() =>
      document.querySelector<HTMLInputElement>("#invite-url")?.value.includes("/invite/")
    );
    // Another host name of this machine: browsers keep cookies by host, not by port.
    const { port } = new URL(one.url);
    link = `http://localhost:${port}${new URL(await field.inputValue()).pathname}`;
    await ann.page.keyboard.press("Escape");
  });

  await t.step("the link's page leads bob home, where he sees the guild", async () => {
    await logIn(bob.page, two.url, "bob");
    await bob.page.goto(link);
    await bob.page.getByText("I am at home on another server").click();
    await bob.page.getByLabel("Address of your server").fill(two.url);
    await bob.page.getByRole("button", { name: "Join with my server" }).click();
    await bob.page.getByRole("link", { name: /^Go on at/ }).click();
    await bob.page.getByRole("heading", { name: "Riverside Garden Club" }).waitFor();
    await bob.page.locator(".invite-card").getByText("one.test", { exact: true }).waitFor();
  });

  await t.step("one press later he reads what was said and answers", async () => {
    await bob.page.getByRole("button", { name: "Join Riverside Garden Club" }).click();
    await bob.page.waitForURL(/\/g\/[^/]+\/[^/]+$/);
    await settled(bob.page);
    await bob.page.locator("article", { hasText: "Who brings the seeds?" }).waitFor();
    await bob.page.locator("textarea[name=body]:enabled").waitFor();
    // On a phone Enter begins a new line.
    await bob.page.locator("textarea[name=body]").fill("I do, @ann@one.test");
    await bob.page.getByRole("button", { name: "Send" }).click();
    const answer = ann.page.locator("article", { hasText: "I do" });
    await answer.waitFor();
    await answer.getByText("two.test", { exact: true }).waitFor();
    await answer.locator(".pill.call", { hasText: "@ann" }).waitFor();
  });

  await t.step("reactions and edits cross", async () => {
    const message = bob.page.locator("article", { hasText: "Who brings the seeds?" });
    await message.focus();
    await bob.page.keyboard.press("+");
    await ann.page.locator("article", { hasText: "Who brings the seeds?" })
      .getByRole("button", { name: /👍/ }).first().waitFor();
    await ann.page.locator("textarea[name=body]").focus();
    await ann.page.keyboard.press("ArrowUp");
    await waitFor(
      "the message in the box",
      async () => (await ann.page.locator("textarea[name=body]").inputValue()).includes("seeds"),
    );
    await ann.page.locator("textarea[name=body]").fill("Who brings the **tools**?");
    await ann.page.keyboard.press("Enter");
    await bob.page.locator("article strong", { hasText: "tools" }).waitFor();
  });

  await t.step("a message says which servers have it", async () => {
    await say(ann.page, "Then Saturday at ten");
    const message = ann.page.locator("article", { hasText: "Then Saturday" });
    await bob.page.locator("article", { hasText: "Then Saturday" }).waitFor();
    await message.hover();
    await message.getByRole("button", { name: "More" }).click();
    await ann.page.getByRole("menuitem", { name: "Where it has arrived" }).click();
    const dialog = ann.page.getByRole("dialog");
    const row = dialog.locator(".where-row", { hasText: "two.test" });
    await waitFor("the other server's word", async () => {
      if (await row.getByText("has it").isVisible()) return true;
      await dialog.getByRole("button", { name: "Look again" }).click();
      return undefined;
    });
    await ann.page.keyboard.press("Escape");
  });

  await t.step("a server that was cut off catches up by itself", async () => {
    federation.cut(0, 1);
    await say(ann.page, "Said while you were away");
    await ann.page.locator("article", { hasText: "Said while you were away" }).waitFor();
    federation.heal(0, 1);
    await bob.page.locator("article", { hasText: "Said while you were away" })
      .waitFor({ timeout: 120_000 });
  });

  await t.step("bob writes to ann alone, and she lets him", async () => {
    await bob.page.goto(`${two.url}/home`);
    await settled(bob.page);
    await bob.page.getByRole("button", { name: "New conversation" }).first().click();
    await bob.page.getByLabel("With whom?").fill("@ann@one.test");
    await bob.page.getByRole("button", { name: "Open conversation" }).click();
    await bob.page.waitForURL(/\/dm\//);
    await logIn(annPhone.page, one.url, "ann");
    await ann.page.goto(`${one.url}/home`);
    await ann.page.locator("a.dm", { hasText: "bob" }).click();
    await ann.page.waitForURL(/\/dm\//);
    await openRequest(annPhone.page, ann.page.url());
    await ann.page.getByRole("button", { name: "Accept", exact: true }).click();
  });

  await t.step("what she accepted becomes the conversation where it stood open", async () => {
    await ann.page.locator(".main-head").getByText("Encrypted", { exact: true }).waitFor();
    await say(ann.page, "Come in");
    await bob.page.locator("article", { hasText: "Come in" }).waitFor();
    // The phone is hers, but nobody has let its device in: it says so, and where to go.
    const locked = annPhone.page.locator("article", { hasText: "is not set up to read" });
    await locked.waitFor();
    await annPhone.page.getByRole("link", { name: "Get your messages" }).waitFor();
    await bob.page.locator("textarea[name=body]").fill("Thank you");
    await bob.page.getByRole("button", { name: "Send" }).click();
    await ann.page.locator("article", { hasText: "Thank you" }).waitFor();
  });

  await t.step("each sees what the other has read", async () => {
    await say(ann.page, "Only for you");
    const said = ann.page.locator("article", { hasText: "Only for you" });
    await bob.page.locator("article", { hasText: "Only for you" }).waitFor();
    await said.getByText("Seen", { exact: true }).waitFor();
  });

  await t.step("a conversation that ann closes is back when bob writes", async () => {
    const row = ann.page.locator("a.side-row.dm", { hasText: "bob" });
    await row.click({ button: "right" });
    await ann.page.getByRole("menuitem", { name: "Close conversation" }).click();
    await row.waitFor({ state: "detached" });
    await bob.page.locator("textarea[name=body]").fill("One thing more");
    await bob.page.getByRole("button", { name: "Send" }).click();
    await row.click();
    await ann.page.locator("article", { hasText: "One thing more" }).waitFor();
  });

  await t.step("who has left is asked back, and nothing written meanwhile is lost", async () => {
    const row = ann.page.locator("a.side-row.dm", { hasText: "bob" });
    await row.click({ button: "right" });
    await ann.page.getByRole("menuitem", { name: "Leave conversation" }).click();
    await ann.page.getByRole("dialog").getByRole("button", { name: "Leave conversation" }).click();
    await row.waitFor({ state: "detached" });
    await bob.page.getByText("ann has left this conversation").waitFor();
    await bob.page.locator("textarea[name=body]").fill("Come back");
    await bob.page.getByRole("button", { name: "Send" }).click();
    await bob.page.getByRole("button", { name: "Ask them back" }).click();
    await row.click();
    await ann.page.getByRole("button", { name: "Accept", exact: true }).click();
    await ann.page.locator("article", { hasText: "Come back" }).waitFor();
    await bob.page.getByText("ann has left this conversation").waitFor({ state: "detached" });
  });

  await t.step("a request is turned down where it is shown, and does not come again", async () => {
    const row = ann.page.locator("a.side-row.dm", { hasText: "bob" });
    await row.click({ button: "right" });
    await ann.page.getByRole("menuitem", { name: "Leave conversation" }).click();
    await ann.page.getByRole("dialog").getByRole("button", { name: "Leave conversation" }).click();
    await row.waitFor({ state: "detached" });
    await bob.page.getByRole("button", { name: "Ask them back" }).click();
    await row.click();
    await ann.page.waitForURL(/\/dm\//);
    await openRequest(annPhone.page, ann.page.url());
    await ann.page.getByRole("button", { name: "Decline", exact: true }).click();
    await row.waitFor({ state: "detached" });
    await annPhone.page.getByText("The request of bob was answered elsewhere").waitFor();
    await annPhone.page.waitForURL(/\/home$/);
    await ann.page.reload();
    await settled(ann.page);
    assert.equal(await row.count(), 0);
  });

  await t.step("nothing went wrong in any page", () => {
    assert.deepEqual([...ann.faults, ...annPhone.faults, ...bob.faults], []);
  });
  await browser.close();
});
