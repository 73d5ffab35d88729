/** What people notice of a slow way, a server that dies and comes back, and a second device. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { channelPath } from "../../ui/lib/format/paths.ts";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { startProcessServer } from "../harness/process_server.ts";
import { waitFor } from "../harness/wait_for.ts";
import { say, settled } from "./people.ts";
import { makeScene, signIn } from "./scene.ts";

const GUILD = /^Riverside Garden Club/;

/** Bodies of the messages in the timeline that begin with a word, top to bottom. */
function bodies(page: Page, word: string): Promise<string[]> {
  return page.evaluate(
    (begin) =>
      [...document.querySelectorAll("article .md")].map((each) => each.textContent ?? "")
        .filter((text) => text.startsWith(begin)),
    word,
  );
}

Deno.test("two devices and a friend, through bad weather", async (t) => {
  await using server = await startProcessServer({ OPENGUILD_NAME: "garden.test" });
  const scene = await makeScene(server);
  const browser = await launchBrowser();
  await using desk = await openPerson(browser);
  await using phone = await openPerson(browser, { phone: true });
  await using bob = await openPerson(browser);
  await signIn(desk.context, server.url, "ann");
  await signIn(phone.context, server.url, "ann");
  await signIn(bob.context, server.url, "bob");
  const everybody = [desk.page, phone.page, bob.page];
  const channel = channelPath(scene.guildId, {
    room_id: scene.roomId,
    id: scene.general,
    private: false,
  });
  const open = async (page: Page, path: string) => {
    await page.goto(server.url + path);
    await settled(page);
  };
  const same = (word: string, wanted: readonly string[]) =>
    waitFor(`the same ${wanted.length} messages everywhere`, async () => {
      const seen = await Promise.all(everybody.map((page) => bodies(page, word)));
      return seen.every((list) => JSON.stringify(list) === JSON.stringify(wanted)) || undefined;
    });

  await t.step("what one device reads is read on the other", async () => {
    // Read once, so that only what follows counts; the thread, which counts in the guild too.
    await scene.ann.do("POST", `/rooms/${encodeURIComponent(scene.roomId)}/read`, {
      channel_id: scene.general,
      thread_id: scene.threadId,
      event_id: scene.threadMessageId,
    });
    const read = desk.page.waitForResponse((answer) => answer.url().endsWith("/read"));
    await open(desk.page, channel);
    await read;
    await desk.page.locator(`a[aria-label='Riverside Garden Club']`).waitFor();
    await open(desk.page, "/home");
    await open(phone.page, "/home");
    await open(bob.page, channel);
    await say(bob.page, "@ann come and look");
    for (const page of [desk.page, phone.page]) {
      await page.locator("a[aria-label='Riverside Garden Club, 1 mention']").waitFor({
        state: "attached",
      });
    }
    await desk.page.getByRole("link", { name: GUILD }).first().click();
    await desk.page.locator("article.mention", { hasText: "come and look" }).waitFor();
    for (const page of [desk.page, phone.page]) {
      await page.locator("a[aria-label='Riverside Garden Club']").waitFor({ state: "attached" });
    }
  });

  await t.step("over a slow way the own words stand at once, and come in order", async () => {
    await open(phone.page, channel);
    const way = Promise.withResolvers<void>();
    await desk.page.route("**/send", async (route) => {
      await way.promise;
      await route.continue();
    });
    const words = ["slow one", "slow two", "slow three"];
    for (const text of words) await say(desk.page, text);
    await waitFor("the own words", async () => (await bodies(desk.page, "slow")).length === 3);
    assert.deepEqual(await bodies(desk.page, "slow"), words);
    assert.equal(await desk.page.locator("article.pending").count(), 3);
    assert.deepEqual(await bodies(bob.page, "slow"), []);
    way.resolve();
    await same("slow", words);
    await waitFor(
      "no message on its way",
      async () => await desk.page.locator("article.pending").count() === 0,
    );
    await desk.page.unroute("**/send");
  });

  await t.step(
    "a server that dies is said, and what was written meanwhile goes out once",
    async () => {
      const seeds = { guild_id: scene.guildId, kind: "text", name: "seeds" };
      const { id: channel_id } = await scene.ann.do("POST", "/channels", seeds);
      await scene.ann.do("POST", `/rooms/${encodeURIComponent(scene.roomId)}/send`, {
        channel_id,
        body: "Sow in March",
      });
      await bob.page.getByRole("link", { name: /^seeds/ }).waitFor();
      await say(bob.page, "storm before");
      await same("storm", ["storm before"]);
      await server.kill();
      for (const page of everybody) await page.locator(".connection.lost").waitFor();
      assert.equal(await desk.page.locator(".connection.lost").getAttribute("role"), "status");
      await say(desk.page, "storm from the desk");
      await desk.page.locator("article", { hasText: "storm from the desk" }).waitFor();
      // A dialog whose script does not come has the keyboard all the same.
      await desk.page.keyboard.press("Control+k");
      const coming = desk.page.locator("dialog[open]", { hasText: "Connection lost" });
      await coming.waitFor();
      await desk.page.keyboard.type("seeds");
      await desk.page.keyboard.press("Escape");
      await coming.waitFor({ state: "detached" });
      await desk.page.locator("textarea[name=body]:focus").waitFor();
      assert.equal(await desk.page.locator("textarea[name=body]").inputValue(), "");
      await bob.page.getByRole("link", { name: /^seeds/ }).click();
      const notKept = bob.page.getByRole("heading", { name: "Not kept on this device" });
      await notKept.waitFor();
      // That there is no connection says the bar alone, and once.
      assert.equal(await bob.page.locator(".timeline-error").count(), 0);
      assert.equal(await bob.page.getByRole("button", { name: "Try again" }).count(), 1);
      const tried = desk.page.waitForEvent("websocket");
      await desk.page.locator(".connection.lost").getByRole("button").click();
      await tried;
      await server.start();
      for (const page of everybody) {
        await page.locator(".connection.lost").waitFor({ state: "detached", timeout: 120_000 });
      }
      await bob.page.locator("article", { hasText: "Sow in March" }).waitFor();
      assert.equal(await notKept.count(), 0);
      // A network that is back before the live connection was given up is enough.
      await bob.page.reload();
      await settled(bob.page);
      await bob.context.setOffline(true);
      await bob.page.getByRole("link", { name: /^general/ }).click();
      await notKept.waitFor();
      await bob.context.setOffline(false);
      await bob.page.locator("article", { hasText: "storm before" }).waitFor();
      await bob.page.getByRole("link", { name: /^general/ }).click();
      await same("storm", ["storm before", "storm from the desk"]);
      await say(bob.page, "storm after");
      await same("storm", ["storm before", "storm from the desk", "storm after"]);
      await waitFor(
        "no message on its way",
        async () => await desk.page.locator("article.pending").count() === 0,
      );
      const { messages } = await scene.ann.do(
        "GET",
        `/rooms/${encodeURIComponent(scene.roomId)}/messages?channel_id=${scene.general}`,
      );
      const stored = (messages as { body: string }[]).map(({ body }) => body);
      assert.equal(stored.filter((body) => body.startsWith("storm")).length, 3);
    },
  );

  const faults = [...desk.faults, ...phone.faults, ...bob.faults];
  // While the server is dead a socket cannot be opened; the browser writes that down itself.
  assert.deepEqual(faults.filter((fault) => !/WebSocket connection to/.test(fault)), []);
  await browser.close();
});
