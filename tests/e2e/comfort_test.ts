/** The client for people without a mouse, with other colors, large type, no motion, or by ear. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import { channelPath, guildPath } from "../../ui/lib/format/paths.ts";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { sample } from "../harness/pictures.ts";
import { startProcessServer } from "../harness/process_server.ts";
import { waitFor } from "../harness/wait_for.ts";
import { assertAriaTree } from "./aria_tree.ts";
import {
  frameCount,
  hiddenFocus,
  movements,
  reachable,
  sideways,
  watchMovement,
} from "./comfort.ts";
import { OVERLAYS, POPOVERS } from "./overlays.ts";
import { say, settled, tabTo } from "./people.ts";
import { makeScene, signIn, upload } from "./scene.ts";

/** As wide and high as 1280 by 800 at 200 % zoom, and as a small phone or 400 %. */
const SMALL = [{ width: 640, height: 400 }, { width: 320, height: 568 }] as const;

const path = (page: Page) => new URL(page.url()).pathname;
const focusedText = (page: Page) =>
  page.evaluate<string>("document.activeElement?.textContent?.trim() ?? ''");

Deno.test("comfort: keyboard, forced colors, zoom, less motion, screen reader, Back", async (t) => {
  await using server = await startProcessServer({ OPENGUILD_NAME: "garden.test" });
  const scene = await makeScene(server);
  const browser = await launchBrowser();
  await using ann = await openPerson(browser);
  await using bob = await openPerson(browser);
  await using phone = await openPerson(browser, { phone: true });
  await signIn(ann.context, server.url, "ann");
  await signIn(phone.context, server.url, "ann");
  await signIn(bob.context, server.url, "bob");
  const { page } = ann;
  const channel = channelPath(scene.guildId, {
    room_id: scene.roomId,
    id: scene.general,
    private: false,
  });
  const settings = `${guildPath(scene.guildId)}/settings`;
  const permissions = `${settings}/channels/${scene.general}/permissions`;
  const open = async (where: Page, to: string) => {
    await where.goto(server.url + to);
    await settled(where);
  };

  await t.step("what a screen reader is told of the main screens is what was agreed", async () => {
    await open(page, channel);
    await page.locator(".side-row.member", { hasText: "Ann" }).getByText("Online").waitFor({
      state: "attached",
    });
    await assertAriaTree(page, "chat");
    await open(page, "/home");
    await assertAriaTree(page, "home");
    await open(page, `${settings}/roles`);
    await assertAriaTree(page, "guild_roles");
  });

  await t.step("a role is changed with the keyboard only, and a member sees it", async () => {
    const { keyboard } = page;
    await open(bob.page, channel);
    await bob.page.locator(".members").getByText("Stewards").waitFor();
    await open(page, channel);
    await tabTo(page, "button[aria-label^='Menu of']");
    await keyboard.press("Enter");
    await page.getByRole("menu").waitFor();
    for (let row = 0; row < 10 && await focusedText(page) !== "Guild settings"; row++) {
      await keyboard.press("ArrowDown");
    }
    await keyboard.press("Enter");
    await page.waitForURL(/\/settings/);
    await settled(page);
    await tabTo(page, "a[href$='/settings/roles']");
    await keyboard.press("Enter");
    await page.waitForURL(/\/roles$/);
    await settled(page);
    await tabTo(page, `a[href$='/roles/${scene.roleId}']`);
    await keyboard.press("Enter");
    await page.waitForURL(/\/roles\/[^/]+$/);
    await settled(page);
    await tabTo(page, "#f-name");
    await keyboard.press("Control+a");
    await keyboard.type("Wardens");
    await tabTo(page, "#right-MANAGE_CHANNELS");
    await keyboard.press("Space");
    await page.getByRole("region", { name: "unsaved" }).waitFor();
    await tabTo(page, ".button.primary:not(:disabled)");
    await keyboard.press("Enter");
    await page.getByText("Saved.").waitFor();
    await bob.page.locator(".members").getByText("Wardens").waitFor();
    await bob.page.getByRole("button", { name: /^Menu of/ }).click();
    await bob.page.getByRole("menuitem", { name: "Create a channel" }).waitFor();
    await bob.page.keyboard.press("Escape");
  });

  await t.step(
    "in forced colors the focus shows everywhere, states by more than color",
    async () => {
      await page.emulateMedia({ forcedColors: "active" });
      for (const to of [channel, "/home", `${settings}/roles/${scene.roleId}`, permissions]) {
        await open(page, to);
        const { stops, hidden } = await hiddenFocus(page);
        assert.ok(stops > 8, `${to}: only ${stops} stops`);
        assert.deepEqual(hidden, [], to);
      }
      await scene.ann.do("POST", "/channels", {
        guild_id: scene.guildId,
        kind: "text",
        name: "weather",
      });
      await open(page, channel);
      const there = (await scene.ann.do("GET", `/guilds/${scene.guildId}`)).channels
        .find((each: { name: string }) => each.name === "weather").id;
      await scene.bob.do("POST", `/rooms/${encodeURIComponent(scene.roomId)}/send`, {
        channel_id: there,
        body: "It rains",
      });
      await page.locator(".side-row.unread", { hasText: "weather" }).waitFor();
      const told = await page.evaluate(`(() => {
      const { outlineStyle } = getComputedStyle(document.querySelector(".side-row.here"));
      const mark = getComputedStyle(document.querySelector(".side-row.unread"), "::before");
      const ground = getComputedStyle(document.body).backgroundColor;
      return {
        here: outlineStyle,
        current: document.querySelector(".side-row.here").getAttribute("aria-current"),
        unread: parseFloat(mark.inlineSize) > 0 && mark.backgroundColor !== ground,
      };
    })()`);
      assert.deepEqual(told, { here: "solid", current: "page", unread: true });
      await page.emulateMedia({ forcedColors: "none" });
    },
  );

  await t.step(
    "at 200 % zoom and on 320 px nothing is lost and nothing scrolls sideways",
    async () => {
      for (const size of SMALL) {
        await page.setViewportSize(size);
        for (const to of [channel, "/home", permissions]) {
          await open(page, to);
          assert.deepEqual(await sideways(page), [], `${to} at ${size.width}`);
          if (to !== channel) continue;
          await page.locator("textarea[name=body]").fill("Several lines\nof what\nis said");
          for (const part of ["textarea[name=body]", ".composer .send"]) {
            await waitFor(`${part} in sight at ${size.width}`, () => reachable(page, part));
          }
          await page.locator("textarea[name=body]").fill("");
        }
      }
      await page.setViewportSize({ width: 1280, height: 800 });
    },
  );

  await t.step("who wants less motion sees none, and pictures stand still", async () => {
    const uri = await upload(scene.bob, "waves.gif", sample("gif"));
    await scene.bob.do("POST", `/rooms/${encodeURIComponent(scene.roomId)}/send`, {
      channel_id: scene.general,
      media: [{ uri, alt: "Waves" }],
    });
    await open(page, channel);
    await page.locator("article img[alt='Waves']").waitFor();
    assert.equal(await frameCount(page, "article img[alt='Waves']"), 1);
    const walk = async (where: Page) => {
      await open(where, channel);
      await watchMovement(where);
      await OVERLAYS["keys"]?.(where);
      await where.locator("dialog[open]").waitFor();
      await where.keyboard.press("Escape");
      await where.locator("dialog[open]").waitFor({ state: "detached" });
      await POPOVERS["menu of the guild"]?.(where);
      await where.getByRole("menu").waitFor();
      await where.keyboard.press("Escape");
      return await movements(where);
    };
    assert.deepEqual(await walk(page), []);
    await open(phone.page, channel);
    await watchMovement(phone.page);
    await phone.page.getByRole("link", { name: "Guilds and channels" }).click();
    await phone.page.locator(".app.show-nav").waitFor();
    assert.deepEqual(await movements(phone.page), []);
    // Without the wish there is motion: what was looked for can be seen.
    await page.emulateMedia({ reducedMotion: "no-preference" });
    assert.notDeepEqual(await walk(page), []);
    await page.emulateMedia({ reducedMotion: "reduce" });
  });

  await t.step("what arrives is said once, beside the feed; what fails is an alert", async () => {
    await open(page, channel);
    const feed = page.getByRole("feed");
    await page.evaluate(`(() => {
      globalThis.said = [];
      new MutationObserver((changes) => {
        for (const change of changes) {
          for (const node of change.addedNodes) said.push(node.textContent);
          if (change.type === "characterData") said.push(change.target.textContent);
        }
      }).observe(document.querySelector("[role=log]"), {
        childList: true, characterData: true, subtree: true,
      });
    })()`);
    await say(bob.page, "Who waters today?");
    await feed.getByText("Who waters today?").waitFor();
    await say(bob.page, "And tomorrow?");
    const said = () => page.evaluate<string[]>("said");
    await waitFor("both to be said", async () => (await said()).length >= 2 || undefined);
    assert.deepEqual(await said(), ["bob: Who waters today?", "bob: And tomorrow?"]);
    assert.equal(await feed.evaluate((each) => each.closest("[aria-live]")), null);
    assert.equal(await page.locator("[role=feed] [role=log], [role=log] [role=feed]").count(), 0);

    await page.route("**/send", (route) =>
      route.fulfill({
        status: 403,
        contentType: "application/json",
        body: JSON.stringify({ error: { code: "forbidden", message: "Not now." } }),
      }));
    await say(page, "Nobody hears this");
    await page.getByRole("alert").filter({ hasText: "Not now." }).waitFor();
    await page.unroute("**/send");
    await page.locator(".msg.failed").getByRole("button", { name: "Delete" }).click();

    await page.locator(".composer input[type=file]").setInputFiles({
      name: "waves.gif",
      mimeType: "image/gif",
      buffer: Buffer.from(sample("gif")),
    });
    await page.getByRole("status").filter({ hasText: /ready/i }).waitFor({ state: "attached" });
    // What it says when the server is gone is looked at in rough_weather_test.ts.
    assert.equal(await page.locator(".connection").getAttribute("role"), "status");
  });

  await t.step("on a phone Back closes what lies over the page before it leaves", async () => {
    const { page: small } = phone;
    await open(small, "/home");
    await open(small, channel);
    const at = path(small);
    const list = small.getByRole("link", { name: "Guilds and channels" });
    const nothingOpen = async () => {
      await small.locator(".app.show-main").waitFor();
      await small.locator("dialog[open]").waitFor({ state: "detached" });
      assert.equal(path(small), at);
    };
    await list.click();
    await small.locator(".app.show-nav").waitFor();
    await small.getByRole("button", { name: "Invite people" }).click();
    await small.locator("dialog[open]").waitFor();
    await small.waitForFunction("history.state?.over === 2");
    await small.goBack();
    await small.locator("dialog[open]").waitFor({ state: "detached" });
    await small.locator(".app.show-nav").waitFor();
    await small.goBack();
    await nothingOpen();
    // Closed otherwise, nothing is left for Back to do.
    await list.click();
    await small.locator(".app.show-nav").waitFor();
    await small.keyboard.press("Escape");
    await nothingOpen();
    await small.waitForFunction("!history.state?.over");
    await list.click();
    await small.locator(".app.show-nav").waitFor();
    await small.locator(".side-row", { hasText: "weather" }).click();
    await small.locator(".app.show-main").waitFor();
    assert.notEqual(path(small), at);
    await small.goBack();
    await nothingOpen();
    await small.goBack();
    await small.waitForURL(/\/home$/);
  });

  assert.deepEqual([...ann.faults, ...bob.faults, ...phone.faults], []);
  await browser.close();
});
