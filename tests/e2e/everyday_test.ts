/** Small things of every day: forms that say all at once, cards that close, words that go again. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { channelPath, guildPath } from "../../ui/lib/format/paths.ts";
import { findBarriers } from "../harness/axe.ts";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { PASSWORD } from "../harness/homeserver.ts";
import { startProcessServer } from "../harness/process_server.ts";
import { waitFor } from "../harness/wait_for.ts";
import { settled } from "./people.ts";
import { makeScene, signIn } from "./scene.ts";

/** The name of the field that has the focus. */
const focused = (page: Page) =>
  page.evaluate(() => document.activeElement?.getAttribute("name") ?? null);

Deno.test("forms, cards and words of every day", async (t) => {
  await using server = await startProcessServer({ OPENGUILD_NAME: "garden.test" });
  const scene = await makeScene(server);
  const browser = await launchBrowser();
  const register = `${server.url}/register?invite=${scene.inviteCode}`;
  const channel = channelPath(scene.guildId, {
    room_id: scene.roomId,
    id: scene.general,
    private: false,
  });

  for (const scripts of [true, false]) {
    const way = scripts ? "with scripts" : "without scripts";
    await t.step(`registration says all that is wrong at once, ${way}`, async () => {
      await using guest = await openPerson(browser, { scripts });
      const { page } = guest;
      await page.goto(register);
      if (scripts) await settled(page);
      await page.getByLabel("User name").fill("x!");
      await page.getByLabel("Password").fill("12345678");
      await page.locator("main form button[type=submit]").click();
      const faults = page.locator(".field-error");
      await faults.nth(1).waitFor();
      assert.deepEqual(await faults.count(), 2);
      for (const label of ["User name", "Password"]) {
        const field = page.getByLabel(label);
        assert.equal(await field.getAttribute("aria-invalid"), "true");
        const id = await field.getAttribute("aria-describedby");
        assert.ok((await page.locator(`#${id}`).innerText()).length > 20);
      }
      await waitFor(
        "the first of them to have the focus",
        async () => await focused(page) === "user_name" || undefined,
      );
      if (scripts) assert.deepEqual(await findBarriers(page), []);

      await page.getByLabel("User name").fill(scripts ? "rosa" : "paul");
      await page.getByLabel("Password").fill("12345678");
      await page.locator("main form button[type=submit]").click();
      await waitFor(
        "the only one to have the focus",
        async () => await focused(page) === "password" || undefined,
      );
      assert.equal(await faults.count(), 1);
      assert.equal(await page.getByLabel("User name").inputValue(), scripts ? "rosa" : "paul");
      await page.getByLabel("Password").fill(PASSWORD);
      await page.locator("main form button[type=submit]").click();
      await page.waitForURL((url) => !url.pathname.startsWith("/register"));
      assert.deepEqual(guest.faults, []);
    });
  }

  await t.step("what is typed as a password is shown for as long as one likes", async () => {
    await using guest = await openPerson(browser, { phone: true });
    const { page } = guest;
    await page.goto(`${server.url}/login`);
    await settled(page);
    const field = page.getByLabel("Password");
    await field.fill("half of i");
    const reveal = page.getByRole("button", { name: "Show what is typed" });
    await reveal.click();
    assert.equal(await field.getAttribute("type"), "text");
    assert.equal(await reveal.getAttribute("aria-pressed"), "true");
    assert.deepEqual(await findBarriers(page), []);
    await page.getByLabel("User name").fill("ann");
    await field.fill(PASSWORD);
    // It goes as a password: browsers keep what was typed in fields of text.
    const types: string[] = [];
    await page.exposeFunction("noteType", (type: string) => void types.push(type));
    await page.evaluate(() =>
      document.querySelector("main form")?.addEventListener("submit", () => {
        const name = "noteType";
        const note = (globalThis as unknown as Record<string, (type: string) => void>)[name];
        note?.(document.querySelector<HTMLInputElement>("#f-password")?.type ?? "");
      })
    );
    await page.locator("main form button[type=submit]").click();
    await page.waitForURL(/\/home$/);
    assert.deepEqual(types, ["password"]);
    await using plain = await openPerson(browser, { scripts: false });
    await plain.page.goto(`${server.url}/login`);
    assert.equal(await plain.page.getByLabel("Password").getAttribute("type"), "password");
    assert.equal(await plain.page.locator(".reveal").count(), 0);
  });

  await t.step("the first chat of a new browser is served with times of its own zone", async () => {
    await using guest = await openPerson(browser);
    const { page } = guest;
    await page.goto(`${server.url}/login?next=${encodeURIComponent(channel)}`);
    await page.getByLabel("User name").fill("ann");
    await page.getByLabel("Password").fill(PASSWORD);
    const { timeZone } = await page.evaluate(() => Intl.DateTimeFormat().resolvedOptions());
    const opened = page.waitForResponse((answer) =>
      answer.url() === server.url + channel && answer.request().resourceType() === "document"
    );
    await page.locator("main form button[type=submit]").click();
    assert.ok((await (await opened).text()).includes(JSON.stringify({ timeZone }).slice(1, -1)));
  });

  await t.step("whoever has travelled reads settings by the clocks around", async () => {
    await using guest = await openPerson(browser);
    await signIn(guest.context, server.url, "ann");
    const { page } = guest;
    await page.goto(server.url + channel);
    await settled(page);
    const since = (where: Page) => where.locator(".data-rows div", { hasText: "Account since" });
    const here = async () => {
      await page.goto(`${server.url}/settings/data`);
      return await since(page).innerText();
    };
    const told = await here();
    const away = { name: "og_tz", value: "Pacific%2FKiritimati", url: server.url };
    await guest.context.addCookies([away]);
    await page.goto(`${server.url}/settings/data`);
    await waitFor("the time of here", async () => await since(page).innerText() === told);
    assert.equal(await here(), told);
    await using plain = await openPerson(browser, { scripts: false });
    await signIn(plain.context, server.url, "ann");
    await plain.context.addCookies([away]);
    await plain.page.goto(`${server.url}/settings/data`);
    assert.notEqual(await since(plain.page).innerText(), told);
  });

  await t.step("a profile card is closed by a button, on a phone too", async () => {
    await using bob = await openPerson(browser, { phone: true });
    await signIn(bob.context, server.url, "bob");
    await bob.page.goto(server.url + channel);
    await settled(bob.page);
    await bob.page.locator("article .msg-avatar").first().click();
    const card = bob.page.getByRole("dialog", { name: "Ann" });
    await card.getByRole("button", { name: "Close" }).click();
    await card.waitFor({ state: "detached" });
    assert.deepEqual(bob.faults, []);
  });

  await t.step("that the server cannot be reached is said until it can be", async () => {
    await using ann = await openPerson(browser);
    await signIn(ann.context, server.url, "ann");
    const { page } = ann;
    await page.goto(server.url + channel);
    await settled(page);
    const row = page.locator("article", { hasText: "a spoiler" }).first();
    await row.hover();
    await row.getByRole("button", { name: "More", exact: true }).click();
    await ann.context.setOffline(true);
    await page.getByRole("menuitem", { name: "Pin" }).click();
    const word = page.locator(".toast", { hasText: "The server cannot be reached" });
    await word.waitFor();
    await ann.context.setOffline(false);
    await word.waitFor({ state: "detached" });
  });

  await t.step("forms ask for what is wanted, without scripts too", async () => {
    await using ann = await openPerson(browser, { phone: true, scripts: false });
    await signIn(ann.context, server.url, "ann");
    const { page } = ann;
    await page.goto(`${server.url}/settings/tokens`);
    const day = page.getByLabel("Day", { exact: true });
    assert.equal(await day.isVisible(), false);
    await page.getByLabel("It ends").selectOption("date");
    assert.equal(await day.isVisible(), true);
    await page.goto(`${server.url}/settings/notifications`);
    const zone = page.getByLabel("Time zone");
    assert.equal(await zone.isVisible(), false);
    await page.getByLabel("Be quiet at these times").check();
    assert.equal(await zone.isVisible(), true);
    await page.goto(`${server.url}${guildPath(scene.guildId)}/settings/welcome`);
    const rows = page.locator(".welcome-row:visible");
    assert.equal(await rows.count(), 1);
    await rows.first().locator("select").selectOption({ index: 1 });
    assert.equal(await rows.count(), 2);
  });

  await t.step(
    "a right click on a message opens its tools there, on a link the browser's",
    async () => {
      await using ann = await openPerson(browser);
      await signIn(ann.context, server.url, "ann");
      const { page } = ann;
      await page.goto(server.url + channel);
      await settled(page);
      const row = page.locator("article", { hasText: "Hello world" }).first();
      const at = await row.boundingBox() ?? assert.fail();
      const point = { x: at.x + 300, y: at.y + at.height - 4 };
      await page.mouse.move(point.x, point.y);
      await row.locator(".tools").waitFor();
      await page.mouse.click(point.x, point.y, { button: "right" });
      const menu = page.getByRole("menu", { name: "More" });
      await menu.getByRole("menuitem", { name: "Copy text" }).waitFor();
      await waitFor("the menu at the pointer", async () => {
        const { x, y, height } = await menu.boundingBox() ?? assert.fail();
        return Math.abs(x - point.x) < 2 && y <= point.y + 2 && y + height <= 800;
      });
      await page.keyboard.press("Escape");
      await menu.waitFor({ state: "detached" });
      const kept = await row.locator("a[href^='https://example.org']").evaluate((link) =>
        link.dispatchEvent(new MouseEvent("contextmenu", { bubbles: true, cancelable: true }))
      );
      assert.equal(kept, true);
      assert.equal(await menu.count(), 0);
      assert.deepEqual(ann.faults, []);
    },
  );

  await t.step("what was unpinned by mistake is pinned again where it stood", async () => {
    await using ann = await openPerson(browser);
    await signIn(ann.context, server.url, "ann");
    const { page } = ann;
    const open = async () => {
      await page.goto(server.url + channel);
      await settled(page);
      await page.locator(".main-head").getByRole("button", { name: "Pinned messages" }).click();
    };
    await open();
    const row = page.getByRole("dialog").getByRole("listitem").filter({ hasText: "Hello world" });
    await row.getByRole("button", { name: "Unpin" }).click();
    await row.getByRole("button", { name: "Pin", exact: true }).click();
    await row.getByRole("button", { name: "Unpin" }).waitFor();
    await open();
    await row.waitFor();
  });

  await t.step("a topic is read without its marks wherever it stands on a line", async () => {
    await using ann = await openPerson(browser);
    await signIn(ann.context, server.url, "ann");
    const { page } = ann;
    const topic = "Beds, seeds and weather. No trade.";
    await page.goto(server.url + channel);
    await settled(page);
    await page.locator("textarea[name=body]").pressSequentially("see #gen");
    await page.getByRole("option", { name: topic }).waitFor();
    await page.locator("textarea[name=body]").fill("");
    await page.keyboard.press("Control+f");
    await page.locator(".search-box input").fill("in:gen");
    await page.getByRole("option", { name: topic }).waitFor();
    const settings = `${server.url}${guildPath(scene.guildId)}/settings`;
    for (const path of ["/channels", `/view-as?role=everyone&channel=${scene.general}`]) {
      await page.goto(settings + path);
      await page.getByText(topic, { exact: true }).waitFor();
    }
    assert.deepEqual(ann.faults, []);
  });

  await t.step("a refused form comes back as it was filled in", async () => {
    for (const scripts of [false, true]) {
      await using ann = await openPerson(browser, { scripts });
      await signIn(ann.context, server.url, "ann");
      const { page } = ann;
      const settings = `${server.url}${guildPath(scene.guildId)}/settings`;
      await page.goto(`${settings}/emoji`);
      await page.getByLabel("Name", { exact: true }).fill("tea_pot");
      const text = { name: "tea.png", mimeType: "image/png", buffer: Buffer.from("no picture") };
      await page.getByLabel("Picture").setInputFiles(text);
      await page.getByRole("button", { name: "Add an emoji" }).click();
      await page.getByRole("alert").waitFor();
      assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "tea_pot");
      await page.goto(`${settings}/bans`);
      await page.getByText("Ban somebody").click();
      const reason = page.locator("details.card").getByLabel("Reason");
      await reason.fill("Spam");
      await page.getByLabel("Whom").fill("nobody");
      await page.getByRole("button", { name: "Ban", exact: true }).click();
      await page.getByRole("alert").waitFor();
      assert.equal(await reason.inputValue(), "Spam");
    }
  });

  await t.step("German pages call keys as German keyboards do", async () => {
    await using anna = await openPerson(browser, { locale: "de-DE" });
    await signIn(anna.context, server.url, "ann");
    await anna.page.goto(`${server.url}/settings/keyboard`);
    await settled(anna.page);
    const text = await anna.page.locator("main").innerText();
    assert.match(text, /Strg/);
    assert.doesNotMatch(text, /\b(?:Ctrl|Shift|Page)\b/);
  });
  await browser.close();
});
