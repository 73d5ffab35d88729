import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { startRunningServer } from "../harness/running_server.ts";
import { foundGuild, holds, settled } from "./people.ts";

/** Holds back every script that is asked for from now on, until it is let go. */
async function holdScripts(page: Page): Promise<() => void> {
  const gate = Promise.withResolvers<void>();
  await page.route("**/assets/*.js", async (route) => {
    await gate.promise;
    await route.continue();
  });
  return gate.resolve;
}

Deno.test("what is typed before a part of the page is there is not lost", async (t) => {
  await using server = await startRunningServer();
  const browser = await launchBrowser();
  await using ann = await openPerson(browser);
  const { page } = ann;
  await foundGuild(page, server.setupLink, "Garden");
  await settled(page);

  await t.step("in the search", async () => {
    const go = await holdScripts(page);
    await page.keyboard.press("Control+f");
    await page.keyboard.type("tulips");
    go();
    await page.locator(".search-panel input[role=combobox]").waitFor();
    await holds(page, "tulips", ".search-box input");
    await page.keyboard.type(" here");
    await holds(page, "tulips here", ".search-box input");
    await holds(page, "");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await page.locator(".search-panel").waitFor({ state: "detached" });
    await page.keyboard.press("Control+f");
    await holds(page, "", ".search-box input");
    await page.getByRole("button", { name: "Close the search" }).click();
  });

  await t.step("in the quick switcher", async () => {
    const go = await holdScripts(page);
    await page.keyboard.press("Control+k");
    await page.keyboard.type("gar");
    go();
    await page.getByRole("option", { name: /Garden/ }).first().waitFor();
    await holds(page, "gar", ".switcher input");
    await page.keyboard.type("d");
    await holds(page, "gard", ".switcher input");
    await page.keyboard.press("Escape");
  });

  assert.deepEqual(ann.faults, []);
  await browser.close();
});

Deno.test("a page whose build is gone offers to load the newer one", async () => {
  await using server = await startRunningServer();
  const browser = await launchBrowser();
  await using ann = await openPerson(browser);
  const { page } = ann;
  await foundGuild(page, server.setupLink, "Garden");
  await settled(page);
  await page.locator("textarea[name=body]").fill("A draft that lasts");
  // As a server of a newer build answers: its scripts have other names.
  await page.route("**/assets/*.js", (route) => route.fulfill({ status: 404 }));
  await page.route("**/build.txt", (route) => route.fulfill({ body: "newer" }));
  await page.keyboard.press("Control+/");
  const dialog = page.getByRole("dialog");
  await dialog.getByText("A new version is ready.").waitFor();
  await page.keyboard.press("Escape");
  const bar = page.locator(".connection.update");
  await bar.getByText("A new version is ready.").waitFor();
  await page.unroute("**/assets/*.js");
  await page.unroute("**/build.txt");
  await Promise.all([
    page.waitForEvent("load"),
    bar.getByRole("button", { name: "Reload" }).click(),
  ]);
  await settled(page);
  await holds(page, "A draft that lasts");
  await page.keyboard.press("Control+/");
  await page.getByRole("dialog", { name: /Keyboard/ }).waitFor();
  assert.deepEqual(ann.faults, []);
  await browser.close();
});
