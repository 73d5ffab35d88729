import assert from "node:assert/strict";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { startRunningServer } from "../harness/running_server.ts";
import { fillRegistration, foundGuild, settled } from "./people.ts";

Deno.test("a guild is run from its settings, much of it by keyboard", async (t) => {
  await using server = await startRunningServer();
  const browser = await launchBrowser();
  await using ann = await openPerson(browser);
  await using bob = await openPerson(browser);
  const { page } = ann;
  await foundGuild(page, server.setupLink, "Garden");
  const chat = new URL(page.url()).pathname;
  const settings = `${chat.split("/").slice(0, 3).join("/")}/settings`;
  await page.goto(`${server.base}${settings}/invites`);
  await page.getByRole("button", { name: "New link" }).click();
  const link = await page.locator(".row-card .mono").textContent();
  await bob.page.goto(server.base + new URL(link ?? "").pathname);
  await bob.page.getByRole("link", { name: "Create an account and join" }).click();
  await fillRegistration(bob.page, "bob", "Bob");
  await settled(bob.page);
  const open = async (path: string) => {
    await page.goto(server.base + settings + path);
    await settled(page);
  };

  await t.step("any setting is found by words, and the address leads to its field", async () => {
    await open("");
    await page.getByRole("combobox", { name: "Find a setting" }).focus();
    await page.keyboard.type("before came");
    await page.getByRole("option", { name: "Who may read what was said" }).waitFor();
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/overview#f-history$/);
    await page.locator("#f-history:focus").waitFor();
  });

  await t.step(
    "what was changed is saved or taken back from the bar, never lost unasked",
    async () => {
      await open("/overview");
      const bar = page.getByRole("region", { name: "You have unsaved changes" });
      await page.getByLabel("Name of the guild").fill("Riverside Garden");
      await bar.getByRole("button", { name: "Reset" }).click();
      await bar.waitFor({ state: "hidden" });
      assert.equal(await page.getByLabel("Name of the guild").inputValue(), "Garden");
      await page.getByLabel("Name of the guild").fill("Riverside Garden");
      await page.getByRole("link", { name: "Members" }).click();
      await page.getByRole("button", { name: "Stay here" }).click();
      assert.match(page.url(), /\/overview$/);
      await page.getByLabel("Name of the guild").focus();
      await page.keyboard.press("Escape");
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Stay here" }).click();
      await bar.getByRole("button", { name: "Save" }).click();
      await page.getByText("Saved.").waitFor();
      await page.getByRole("navigation", { name: "Riverside Garden" }).waitFor();
    },
  );

  await t.step("the log names what was changed of a channel, and nothing else", async () => {
    await open("/channels");
    await page.getByRole("link", { name: /general/ }).last().click();
    await page.getByLabel(/Slow mode/).selectOption({ index: 2 });
    await page.getByRole("button", { name: "Save" }).first().click();
    await page.getByText("Saved.").waitFor();
    await open("/audit");
    const entry = page.locator("li", { hasText: "changed #general" });
    await entry.getByText("Slow mode, seconds").waitFor();
    assert.equal(await entry.getByText(/For adults|Archived/).count(), 0);
    assert.equal(await page.locator("li", { hasText: "the permissions of #general" }).count(), 0);
  });

  await t.step("a webhook's address is shown once, and what it writes is marked", async () => {
    await open("/webhooks");
    await page.getByLabel("Name", { exact: true }).fill("Builds");
    await page.getByRole("button", { name: "Make the webhook" }).click();
    const address = await page.locator(".row-card .mono").first().textContent() ?? "";
    const posted = await fetch(server.base + new URL(address).pathname, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ content: "It builds.", display_name: "Nightly" }),
    });
    assert.equal(posted.status, 200, await posted.text());
    await page.getByRole("link", { name: "Done" }).click();
    await page.getByText("Last used").waitFor();
    assert.equal(await page.getByText("ogw_").count(), 0);
    await page.goto(server.base + chat);
    const message = page.locator("article", { hasText: "It builds." });
    await message.getByText("Nightly").waitFor();
    await message.locator(".tag", { hasText: "Webhook" }).waitFor();
    const people = page.getByRole("complementary", { name: "Members" });
    await people.locator(".member", { hasText: "Bob" }).waitFor();
    assert.equal(await people.locator(".member", { hasText: "Builds" }).count(), 0);
    await people.locator(".side-head").getByText("2", { exact: true }).waitFor();
  });

  await t.step("an access token is shown once, works for a program, and ends", async () => {
    await page.goto(`${server.base}/settings/tokens`);
    await page.getByLabel("What it is for").fill("Backup");
    await page.getByRole("button", { name: "Make the token" }).click();
    const token = await page.locator("main .code-text").textContent() ?? "";
    const ask = async () => {
      const headers = { authorization: `Bearer ${token}` };
      const answer = await fetch(`${server.base}/client/v1/guilds`, { headers });
      await answer.body?.cancel();
      return answer.status;
    };
    assert.equal(await ask(), 200);
    await page.getByRole("link", { name: "I have kept it" }).click();
    const row = page.locator(".row-card", { hasText: "Backup" });
    await row.getByText("Last used").waitFor();
    await row.getByText("Revoke", { exact: true }).click();
    await row.getByRole("button", { name: "Revoke this token" }).click();
    await page.getByText("No tokens yet.").waitFor();
    assert.equal(await ask(), 401);
  });

  await t.step("on a phone the list is a page of its own", async () => {
    await using phone = await openPerson(browser, { phone: true });
    await phone.context.addCookies(await ann.context.cookies());
    await phone.page.goto(server.base + settings);
    await phone.page.getByRole("link", { name: "Overview" }).click();
    await phone.page.getByRole("heading", { name: "Overview" }).waitFor();
    await phone.page.getByRole("link", { name: "Members" }).waitFor({ state: "hidden" });
    await phone.page.getByRole("link", { name: "Riverside Garden" }).click();
    await phone.page.getByRole("link", { name: "Members" }).waitFor();
    assert.deepEqual(phone.faults, []);
  });

  await t.step("a role is made, ordered by keyboard, and given to several at once", async () => {
    for (const name of ["Gardeners", "Guests"]) {
      await open("/roles");
      await page.getByLabel("Name of a new role").fill(name);
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name }).waitFor();
    }
    await open("/roles");
    await page.getByRole("button", { name: "Move Guests up" }).focus();
    await page.keyboard.press("Enter");
    await page.getByText("Saved.").waitFor();
    const names = await page.locator(".rows .row-link .strong").allTextContents();
    assert.deepEqual(names, ["Guests", "Gardeners", "Everyone"]);
    await page.locator("[id^=up-]:focus, [id^=down-]:focus").waitFor();
    await settled(page);
    await page.locator("li", { hasText: "Guests" }).dragTo(
      page.locator("li", { hasText: "Gardeners" }),
      { targetPosition: { x: 40, y: 50 } },
    );
    await page.locator("li:first-child", { hasText: "Gardeners" }).waitFor();
    await page.getByRole("link", { name: "Gardeners" }).click();
    await settled(page);
    await page.getByLabel("Find members to give it to").fill("b");
    await page.keyboard.press("Enter");
    await page.getByLabel("Choose Bob").check();
    await page.getByRole("button", { name: "Give the role" }).click();
    await page.getByRole("heading", { name: "1 member" }).waitFor();
  });

  await t.step(
    "a right is denied by keyboard; who loses it is said before it is saved",
    async () => {
      await open("/channels");
      await page.getByRole("link", { name: "general" }).click();
      await page.getByRole("link", { name: "Permissions here" }).click();
      await settled(page);
      await page.getByLabel("Another role").selectOption("Gardeners");
      await page.getByRole("button", { name: "Show", exact: true }).click();
      await page.getByRole("heading", { name: "For Gardeners" }).waitFor();
      await settled(page);
      await page.getByRole("radio", { name: "Send: As the roles say" }).focus();
      await page.keyboard.press("ArrowLeft");
      const diff = page.getByRole("region", { name: "What this changes" });
      await diff.getByText("Gardeners: “Send” becomes denied in general.").waitFor();
      await diff.getByText("1 member is affected.").waitFor();
      await diff.getByText("1 member loses it (bob)").waitFor();
      await page.getByRole("region", { name: "unsaved" }).getByRole("button", { name: "Save" })
        .click();
      await page.getByText("Saved.").waitFor();
      assert.ok(await page.getByRole("radio", { name: "Send: Deny" }).isChecked());
    },
  );

  await t.step("the guild is seen as the role, only to look at, and left again", async () => {
    await page.getByRole("link", { name: "View as", exact: true }).click();
    await page.getByText("You see this as Gardeners").waitFor();
    await page.getByRole("navigation", { name: "Channels" }).getByRole("link", { name: "general" })
      .click();
    await page.getByRole("listitem").filter({ hasText: /^May not:Send$/ }).waitFor();
    await page.getByRole("listitem").filter({ hasText: /^May:Read history$/ }).waitFor();
    await page.getByRole("link", { name: "Stop" }).click();
    await page.getByRole("heading", { name: "Roles" }).waitFor();
  });

  await t.step(
    "why somebody may not is answered with the rule, its maker and a way to it",
    async () => {
      await open("/members");
      await page.getByRole("link", { name: "Bob" }).click();
      await page.getByRole("link", { name: "Why can Bob do this?" }).click();
      await page.getByLabel("Where").selectOption("general");
      await page.getByLabel("Right", { exact: true }).selectOption("Send");
      await page.getByRole("button", { name: "Explain" }).press("Enter");
      await page.getByRole("heading", { name: "Bob may not: Send (general)" }).waitFor();
      await page.locator(".answer > p", {
        hasText: "The channel’s entry for Gardeners denies “Send”.",
      })
        .waitFor();
      await page.getByText(/Set by @ann@localhost on /).waitFor();
      await page.getByRole("link", { name: "Change it" }).click();
      await page.getByRole("heading", { name: "For Gardeners" }).waitFor();
      assert.match(page.url(), /#right-SEND$/);
    },
  );

  await t.step("the audit log tells what became what, and is searched", async () => {
    await open("/audit");
    await page.getByLabel("Action").selectOption("channel.permissions");
    await page.getByRole("button", { name: "Filter" }).click();
    await page.waitForURL(/action=channel\.permissions/);
    const entry = page.locator(".row-card.audit");
    await entry.getByText("changed the permissions of #general").waitFor();
    assert.equal(await entry.count(), 1);
    assert.equal(
      (await entry.locator(".changes").innerText()).replaceAll("\n", " "),
      "@Gardeners · Send: As the roles say → Deny",
    );
  });

  await t.step("Escape leads back into the chat", async () => {
    await open("/overview");
    await page.keyboard.press("Escape");
    await page.locator("textarea[name=body]").waitFor();
  });

  assert.deepEqual(ann.faults, []);
  await browser.close();
});
