/**
 * Somebody with WebKit, the engine of Safari, and somebody with Chromium. Of encryption only that its
 * engine runs: WebKit of Debian refuses one in a few hundred keys, of which a conversation has dozens.
 */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { dmPath, guildPath } from "../../ui/lib/format/paths.ts";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { PASSWORD } from "../harness/homeserver.ts";
import { png } from "../harness/pictures.ts";
import { startProcessServer } from "../harness/process_server.ts";
import { tempFolder } from "../harness/temp_folder.ts";
import { waitFor } from "../harness/wait_for.ts";
import { button, KEY, launchWebKit, type WebKitPage } from "../harness/webkit.ts";
import { say, settled } from "./people.ts";
import { makeScene, signIn } from "./scene.ts";

/** Making a device and joining a group takes its time on a busy machine. */
const BEGIN_MS = 60_000;
const READY = "html[data-ready=true]";
const BOX = "textarea[name=body]";

const article = (page: Page, text: string) =>
  page.locator(".timeline:not([inert]) article:not(.pending)", { hasText: text }).first();

/** What `navigator.locks.query()` tells. */
interface Locks {
  readonly held?: readonly { readonly name: string }[];
  readonly pending?: readonly { readonly name: string }[];
}

const row = (text: string) =>
  `//*[contains(@class,"timeline") and not(@inert)]` +
  `//article[not(contains(@class,"pending")) and contains(.,"${text}")]`;

async function write(page: WebKitPage, text: string): Promise<void> {
  await page.see(READY);
  await page.type(BOX, text);
  await page.type(BOX, KEY.enter);
}

Deno.test("WebKit and Chromium: chat, a picture, the server away, pages that are kept, settings", async (t) => {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await tempFolder());
  const server = stack.use(await startProcessServer());
  const scene = await makeScene(server);
  const guild = server.url + guildPath(scene.guildId);
  const { page: ann } = stack.use(await launchWebKit());
  const bob = stack.use(await openPerson(await launchBrowser()));
  /** What follows stands on it. */
  const step = async (name: string, walk: () => Promise<void>) =>
    assert.ok(await t.step(name, walk), name);
  const faults: string[] = [];
  const leaveFor = async (url: string) => {
    faults.push(...await ann.faults());
    await ann.goto(url);
    await ann.see(READY);
  };

  await step("one logs in by the form", async () => {
    await ann.goto(`${server.url}/login`);
    await ann.type("input[name=user_name]", "ann");
    await ann.type("input[name=password]", PASSWORD);
    await ann.click(button("Log in"));
    await waitFor("the first page", async () => !(await ann.path()).startsWith("/login"));
    await leaveFor(guild);
    await signIn(bob.context, server.url, "bob");
    await bob.page.goto(guild);
    await settled(bob.page);
  });

  await step("both see what the other writes, edits and answers", async () => {
    await write(ann, "From **WebKit**");
    await article(bob.page, "From WebKit").waitFor();
    await say(bob.page, "From Chromium");
    await ann.see(row("From Chromium"));
    await ann.type(BOX, KEY.up);
    await waitFor(
      "the text to edit",
      () => ann.run(`return document.querySelector("${BOX}").value === "From **WebKit**"`),
    );
    await ann.type(BOX, ` edited${KEY.enter}`);
    await article(bob.page, "From WebKit edited").locator(".msg-edited").waitFor();
    await ann.hover(row("From Chromium"));
    await ann.click(button("React with 👍", row("From Chromium")));
    await article(bob.page, "From Chromium").locator(".reaction").waitFor();
    await ann.hover(row("From Chromium"));
    await ann.click(button("Reply", row("From Chromium")));
    await write(ann, "An answer");
    await article(bob.page, "An answer").locator(".msg-reply").waitFor();
  });

  await step("a picture goes up, and is seen at the other end", async () => {
    const path = `${folder.path}/bed.png`;
    await Deno.writeFile(path, png(24, 16));
    await ann.type(".composer input[type=file]", path);
    await ann.see(button("Spoiler", `//*[contains(@class,"upload")]`));
    await write(ann, "A bed");
    const picture = article(bob.page, "A bed").locator(".attachments img, img.attached").first();
    await picture.waitFor();
    await waitFor(
      "the picture to have come",
      () => picture.evaluate((one: HTMLImageElement) => one.complete && one.naturalWidth > 0),
    );
    const shown = `${row("A bed")}//img[contains(@src,"media")]`;
    await ann.see(shown);
  });

  await step("what is written while the server is away is sent once when it is back", async () => {
    await server.kill();
    await ann.see(".connection.lost");
    await write(ann, "Written meanwhile");
    await ann.see(`//article[contains(@class,"pending") and contains(.,"Written meanwhile")]`);
    await server.start();
    await article(bob.page, "Written meanwhile").waitFor({ timeout: BEGIN_MS });
    await ann.see(row("Written meanwhile"));
    assert.equal(await bob.page.locator("article", { hasText: "Written meanwhile" }).count(), 1);
  });

  await step(
    "the engine of the encryption runs in the page at hand, and in one alone",
    async () => {
      const runs = () =>
        waitFor("the engine to run here, once", async () => {
          await ann.run("navigator.locks.query().then((found) => window.locksSeen = found)");
          const { held = [], pending = [] } = await ann.run<Locks>("return window.locksSeen ?? {}");
          const names = held.map(({ name }) => name);
          return pending.length === 0 &&
            ["tab", "engine"].every((part) =>
              names.filter((name) => name === `og-e2ee ${part} ${scene.ann.id}`).length === 1
            );
        });
      await bob.page.goto(server.url + dmPath(scene.dmRoom));
      await leaveFor(server.url + dmPath(scene.dmRoom));
      await ann.see(`//*[contains(@class,"main-head")]//button[contains(.,"Not encrypted")]`);
      await runs();
      await leaveFor(`${server.url}/settings/encryption`);
      await runs();
      // WebKit has kept it, and gives it back as it was.
      await ann.back();
      await ann.see(row("Just us"));
      await runs();
      await say(bob.page, "To a page that came back");
      await ann.see(row("To a page that came back"));
    },
  );

  await step("settings are kept", async () => {
    await leaveFor(`${server.url}/settings/profile`);
    await ann.type("input[name=display_name]", " of the garden");
    await ann.click(button("Save"));
    await waitFor("the new name", async () => {
      const { user } = await scene.ann.do("GET", "/account");
      return user.display_name.endsWith("of the garden");
    });
  });

  faults.push(...await ann.faults(), ...bob.faults);
  assert.deepEqual(faults.filter((fault) => !/ERR_CONNECTION_REFUSED/.test(fault)), []);
});
