/** The pages in German, and in a language that is no one's: from right to left, nothing forgotten. */
import assert from "node:assert/strict";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { startProcessServer } from "../harness/process_server.ts";
import { waitFor } from "../harness/wait_for.ts";
import { settled } from "./people.ts";
import { makeScene, type Scene, signIn } from "./scene.ts";
import { SCREENS, SCREENS_ENV } from "./screens.ts";
import { findUntranslated, wordsIn } from "./untranslated.ts";

/** What is called the same in every language. */
const NAMES = ["OpenGuild", "localhost", "English", "Deno", "UTC", "CODE", "role", "update"]
  .concat(["Ctrl", "Shift", "Alt", "Meta", "Esc", "Enter", "Tab", "Page", "Up", "Down", "Home"])
  .concat(["End", "Space", "Delete", "Backspace", "example", "org", "server", "KB", "MB", "GB"])
  // What a browser calls itself in the list of devices.
  .concat(["Chrome", "Linux"])
  // Guests of the picture in the settings of the look.
  .concat(["Mira", "Jonas"])
  // How Hebrew, too, tells the two halves of a day apart.
  .concat(["AM", "PM"]);

/** Words of everything in the scene that people wrote or named. */
async function wordsOf({ ann, guildId, roomId, general }: Scene): Promise<string[]> {
  const guild = `/guilds/${encodeURIComponent(guildId)}`;
  const told = await Promise.all([
    ann.do("GET", "/sync"),
    ann.do("GET", `${guild}/members`),
    ann.do("GET", `${guild}/bans`),
    ann.do("GET", `${guild}/templates`),
    ann.do("GET", `/rooms/${encodeURIComponent(roomId)}/messages?channel_id=${general}`),
    ann.do("GET", "/admin/users"),
  ]);
  return [...wordsIn(told), ...NAMES];
}

Deno.test("each page from right to left: mirrored, within the window, every word translated", async (t) => {
  await using server = await startProcessServer(SCREENS_ENV);
  const scene = await makeScene(server);
  const known = await wordsOf(scene);
  const browser = await launchBrowser();
  await using person = await openPerson(browser);
  await using stranger = await openPerson(browser);
  for (const { context } of [person, stranger]) {
    await context.addCookies([{ name: "og_lang", value: "ar-XB", url: server.url }]);
  }
  await signIn(person.context, server.url, "ann");
  for (const [file, screen] of Object.entries(SCREENS)) {
    await t.step(file, async () => {
      const { page } = screen.kind === "door" ? stranger : person;
      await page.setViewportSize({ width: 1280, height: 800 });
      await page.goto(server.url + screen.path(scene));
      if (await page.locator("og-island").count() > 0) await settled(page);
      assert.equal(await page.locator("html").getAttribute("dir"), "rtl");
      assert.deepEqual(await findUntranslated(page, known), []);
      for (const width of [1280, 390]) {
        await page.setViewportSize({ width, height: 844 });
        // What scripts draw follows the window a moment later.
        await waitFor(
          `the page to be within ${width} px`,
          async () =>
            Number(await page.evaluate("document.documentElement.scrollWidth - innerWidth")) <= 0,
          30_000,
        );
      }
    });
  }
  await t.step("the columns stand the other way round", async () => {
    const { page } = person;
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto(server.url + SCREENS["g/[guild]/[channel]/index.tsx"]?.path(scene));
    const left = async (selector: string) =>
      (await page.locator(selector).first().boundingBox())?.x ?? NaN;
    assert.ok(await left("#nav") > await left("#main"), "the channels stand on the right");
  });
  assert.deepEqual([...person.faults, ...stranger.faults], []);
  await browser.close();
});

Deno.test("German: chosen at the door without scripts, kept with the account, spoken in the app", async (t) => {
  await using server = await startProcessServer();
  const scene = await makeScene(server);
  const browser = await launchBrowser();
  const chat = server.url + SCREENS["g/[guild]/[channel]/index.tsx"]?.path(scene);

  await t.step("the browser's wish is heard", async () => {
    await using stranger = await openPerson(browser, { locale: "de-AT", scripts: false });
    await stranger.page.goto(`${server.url}/login`);
    await stranger.page.getByRole("button", { name: "Anmelden" }).waitFor();
    assert.equal(await stranger.page.locator("html").getAttribute("lang"), "de");
  });

  await t.step("a press at the door changes it, and leads back to the same page", async () => {
    await using stranger = await openPerson(browser, { scripts: false, phone: true });
    const { page } = stranger;
    await page.goto(`${server.url}/invite/${scene.inviteCode}`);
    await page.getByRole("button", { name: "Deutsch" }).click();
    await page.getByRole("link", { name: "Konto erstellen und beitreten" }).waitFor();
    assert.equal(new URL(page.url()).pathname, `/invite/${scene.inviteCode}`);
    await page.goto(`${server.url}/login`);
    await page.getByLabel("Benutzername").fill("bob");
    await page.getByLabel("Passwort").fill("not the password");
    await page.getByRole("button", { name: "Anmelden" }).click();
    await page.getByRole("alert").getByText("Benutzername oder Passwort stimmt nicht.").waitFor();
  });

  await t.step("what an account chose is spoken on its other devices, at once", async () => {
    await using first = await openPerson(browser, { scripts: false });
    await using second = await openPerson(browser);
    for (const { context } of [first, second]) await signIn(context, server.url, "bob");
    await second.page.goto(chat);
    await settled(second.page);
    await first.page.goto(`${server.url}/settings/language`);
    await first.page.getByRole("radio", { name: "Deutsch" }).check();
    await first.page.getByRole("button", { name: "Save" }).click();
    await first.page.getByText("Gespeichert.").first().waitFor();
    const { page } = second;
    await page.reload();
    await settled(page);
    assert.equal(await page.locator("html").getAttribute("lang"), "de");
    const box = page.getByRole("textbox", { name: "Nachricht an #general" });
    await box.fill("Servus");
    await box.press("Enter");
    await page.locator("article:not(.pending)", { hasText: "Servus" }).waitFor();
    // Parts that are fetched later speak it too, and so do dates.
    await page.keyboard.press("Control+k");
    await page.getByRole("dialog").getByPlaceholder("Kanal, Person, Gilde").waitFor();
    const day = await page.evaluate(
      (now) =>
        new Intl.DateTimeFormat("de", {
          month: "long",
          year: "numeric",
          timeZone: "Europe/Stockholm",
        })
          .format(now),
      Date.now(),
    );
    await page.keyboard.press("Escape");
    await page.locator(".timeline, main").getByText(day).first().waitFor();
    await page.locator(".composer").getByRole("button", { name: /emoji/i }).click();
    // A German word that no English one begins with.
    await page.locator(".emoji-picker input").fill("schmetterling");
    await page.locator(".emoji-picker").getByRole("button", { name: "butterfly" }).waitFor();
    await page.keyboard.press("Escape");
    assert.deepEqual(second.faults, []);
    // Its sessions end: the browser goes on in the language it heard last.
    await second.context.clearCookies({ name: "og_session" });
    await page.goto(`${server.url}/login`);
    await page.getByRole("heading", { name: "Anmelden" }).waitFor();
  });
  await browser.close();
});
