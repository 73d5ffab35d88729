import assert from "node:assert/strict";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { startRunningServer } from "../harness/running_server.ts";
import { createGuild, fillRegistration, settled } from "./people.ts";

Deno.test("a guild is run from its settings, much of it by keyboard", async (t) => {
  await using server = await startRunningServer();
  const browser = await launchBrowser();
  await using ann = await openPerson(browser);
  const { page } = ann;
  await page.goto(server.setupLink);
  await fillRegistration(page, "ann", "Ann");
  await settled(page);
  await createGuild(page, "Garden");
  const chat = new URL(page.url()).pathname;
  const settings = `${chat.split("/").slice(0, 3).join("/")}/settings`;
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
      assert.equal(await page.getByLabel("Name of the guild").inputValue(), "Garden");
      await bar.waitFor({ state: "hidden" });
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

  await t.step("Escape leads back into the chat", async () => {
    await open("/overview");
    await page.keyboard.press("Escape");
    await page.locator("textarea[name=body]").waitFor();
  });

  assert.deepEqual(ann.faults, []);
  await browser.close();
});
