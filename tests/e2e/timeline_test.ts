import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { png } from "../harness/pictures.ts";
import { startProcessServer } from "../harness/process_server.ts";
import { waitFor } from "../harness/wait_for.ts";
import { holds, say, settled } from "./people.ts";
import { makeScene, type Scene, signIn, upload } from "./scene.ts";

const row = (page: Page, text: string) => page.locator("article", { hasText: text });
const sent = (page: Page, text: string) => page.locator("article:not(.pending)", { hasText: text });

const HISTORY = 320;

/**
 * Puts a row in the middle of the window and keeps, in `drift`, how far it ever stood from there
 * when a picture of the page was made.
 */
const WATCH_DRIFT = (text: string): string =>
  `(() => {
  const article = [...document.querySelectorAll("article")]
    .find((each) => each.textContent.includes(${JSON.stringify(text)}));
  const id = article.dataset.row;
  article.scrollIntoView({ block: "center" });
  globalThis.drift = 0;
  globalThis.paints = 0;
  const first = article.getBoundingClientRect().top;
  const look = () => {
    const row = document.querySelector('[data-row="' + CSS.escape(id) + '"]');
    const top = row ? row.getBoundingClientRect().top : 1e6;
    drift = Math.max(drift, Math.abs(top - first));
    paints++;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})()`;

/** Waits until what happened before has been on the screen. */
async function painted(page: Page): Promise<void> {
  const before = Number(await page.evaluate("paints"));
  await waitFor("frames", async () => Number(await page.evaluate("paints")) > before + 2);
}

const PICTURES_LOADED = `[...document.querySelectorAll("[role=feed] img")]
  .filter((image) => image.getBoundingClientRect().top < innerHeight * 2 &&
    image.getBoundingClientRect().bottom > -innerHeight)
  .every((image) => image.complete && image.naturalWidth > 0)`;

/** What the channel holds, oldest first, as the server tells it. */
async function bodies(scene: Scene): Promise<string[]> {
  const query = new URLSearchParams({ channel_id: scene.general, limit: "100" });
  const path = `/rooms/${encodeURIComponent(scene.roomId)}/messages?${query}`;
  const page = await scene.ann.do("GET", path);
  return page.messages.map((message: { body: string }) => message.body);
}

Deno.test("the timeline: kept until sent, read without a jump", async (t) => {
  await using server = await startProcessServer();
  const scene = await makeScene(server);
  const browser = await launchBrowser();
  await using ann = await openPerson(browser);
  await signIn(ann.context, server.url, "ann");
  const { page } = ann;
  const channel = `${server.url}/g/${scene.guildId.slice(1)}/${scene.general}`;
  const open = async (target: Page) => {
    await target.goto(channel);
    await settled(target);
  };
  await open(page);

  await t.step("an answer that is lost on the way: the message is there once", async () => {
    let tries = 0;
    await page.route("**/send", async (route) => {
      tries++;
      await route.fetch();
      await route.abort();
    }, { times: 1 });
    await say(page, "once only");
    await sent(page, "once only").waitFor();
    assert.equal(tries, 1);
    assert.equal(await row(page, "once only").count(), 1);
  });

  const second = await ann.context.newPage();
  await open(second);

  await t.step("written while the server is dead, in two tabs, and the tabs closed", async () => {
    await server.kill();
    await page.getByText("Connection lost").waitFor();
    await say(page, "first while away");
    await say(page, "second while away");
    await row(page, "first while away").getByText("Will be sent when connected").waitFor();
    await row(second, "second while away").waitFor();
    await say(second, "third while away");
    await row(page, "third while away").waitFor();
    await page.locator("textarea[name=body]").fill("half a thought");
    await page.goto("about:blank");
    await second.goto("about:blank");
  });

  await t.step("with the server back all of it arrives, once and in order", async () => {
    await server.start();
    await Promise.all([open(page), open(second)]);
    await sent(page, "third while away").waitFor();
    await sent(second, "third while away").waitFor();
    await waitFor("nothing to wait", async () => await row(page, "Will be sent").count() === 0);
    const away = (await bodies(scene)).filter((body) => /once only|while away/.test(body));
    assert.deepEqual(away, [
      "once only",
      "first while away",
      "second while away",
      "third while away",
    ]);
    const shown = await page.locator("article", { hasText: "while away" }).allTextContents();
    assert.deepEqual(shown.map((text) => /(first|second|third) while/.exec(text)?.[0]), [
      "first while",
      "second while",
      "third while",
    ]);
    await holds(page, "half a thought");
    await page.locator("textarea[name=body]").fill("");
    await second.close();
  });

  await t.step(
    "a refused message says why; edit takes it back, delete throws it away",
    async () => {
      await page.locator(".composer input[type=file]").setInputFiles({
        name: "notes.txt",
        mimeType: "text/plain",
        buffer: Buffer.from("a line"),
      });
      await page.locator(".upload").getByRole("button", { name: "Spoiler" }).waitFor();
      await page.evaluate(`(async () => {
      const draft = Object.entries(localStorage).find(([key]) => key.startsWith("og-draft:"))[1];
      const [, , media, id] = JSON.parse(draft).files[0].media.uri.split("/");
      const path = "/client/v1/media/" + media + "/" + id;
      const answer = await fetch(path, { method: "DELETE" });
      if (!answer.ok) throw new Error(await answer.text());
    })()`);
      await say(page, "with a file that is gone");
      const failed = page.locator("article.failed");
      await failed.getByRole("alert").waitFor();
      await failed.getByRole("button", { name: "Edit" }).click();
      await failed.waitFor({ state: "detached" });
      const box = page.locator("textarea[name=body]");
      await holds(page, "with a file that is gone");
      await page.getByRole("button", { name: "Remove notes.txt" }).click();
      await box.fill("");
    },
  );

  await t.step("files: there whole after a reload, or said to be cut off", async () => {
    await page.locator(".composer input[type=file]").setInputFiles({
      name: "whole.txt",
      mimeType: "text/plain",
      buffer: Buffer.from("a line"),
    });
    await page.locator(".upload").getByRole("button", { name: "Spoiler" }).waitFor();
    await page.route("**/media/upload*", () => undefined);
    await page.locator(".composer input[type=file]").setInputFiles({
      name: "cut.txt",
      mimeType: "text/plain",
      buffer: Buffer.from("another line"),
    });
    await page.locator(".upload progress").waitFor();
    await page.reload();
    await settled(page);
    await page.locator(".upload", { hasText: "cut.txt" }).getByText("Cut off").waitFor();
    await page.getByRole("button", { name: "Remove cut.txt" }).click();
    await page.getByRole("button", { name: "Send" }).click();
    await sent(page, "whole.txt").waitFor();
    await page.unrouteAll();
  });

  await t.step("commands are carried out or refused in the box, never posted", async () => {
    const box = page.locator("textarea[name=body]");
    await box.pressSequentially("/slo");
    await page.getByRole("option", { name: /^\/slowmode/ }).waitFor();
    await box.press("Enter");
    await holds(page, "/slowmode ");
    await box.pressSequentially("often");
    await box.press("Enter");
    await page.locator(".composer-problem", { hasText: "is no duration" }).waitFor();
    await box.fill("/slowmode 1h");
    await box.press("Enter");
    await page.getByText("Slow mode is on: one message every 1 hour.").waitFor();
    await say(page, "/frobnicate");
    await page.getByText("There is no command /frobnicate").waitFor();
    await say(page, "//frobnicate is no command");
    await sent(page, "/frobnicate is no command").waitFor();
    await say(page, "/shrug so it goes");
    await sent(page, "so it goes ¯\\_(ツ)_/¯").waitFor();
    const said = await bodies(scene);
    assert.equal(said.filter((body) => /^\/(slow|frobnicate$)/.test(body)).length, 0);
  });

  await t.step("slow mode counts down for who is slowed", async () => {
    await using bob = await openPerson(browser, { phone: true });
    await signIn(bob.context, server.url, "bob");
    await open(bob.page);
    // He has said something less than an hour ago.
    await bob.page.getByText("you can write again in").waitFor();
    const send = bob.page.getByRole("button", { name: "Send" });
    await bob.page.locator("textarea[name=body]").fill("too soon");
    assert.equal(await send.getAttribute("aria-disabled"), "true");
    await say(page, "/slowmode off");
    await bob.page.getByText("you can write again in").waitFor({ state: "detached" });
    await send.tap();
    await sent(page, "too soon").waitFor();
    assert.deepEqual(bob.faults, []);
  });

  await t.step("code has colors without a character lost, and is copied whole", async () => {
    const code = 'const a = "<b>"; // ok';
    const preview = page.getByRole("button", { name: "Preview" });
    await preview.waitFor({ state: "detached" });
    await page.locator("textarea[name=body]").fill("```ts\n" + code + "\n```");
    await preview.click();
    await page.locator(".composer-preview .tok-keyword", { hasText: "const" }).waitFor();
    await page.locator("textarea[name=body]").press("Enter");
    const block = sent(page, code).locator(".md-code");
    await block.locator(".tok-string", { hasText: '"<b>"' }).waitFor();
    assert.equal(await block.locator("code").textContent(), code);
    await block.getByRole("button", { name: "Copy" }).click();
    await waitFor(
      "the whole code to be copied",
      async () => await page.evaluate("navigator.clipboard.readText()") === code,
    );
  });

  await t.step("until a picture is here its place shows about what it will be", async () => {
    const uri = await upload(scene.ann, "halves.png", png(320, 200));
    const wait = Promise.withResolvers<void>();
    await page.route("**/thumbnail?*", async (route) => {
      await wait.promise;
      await route.continue();
    });
    const path = `/rooms/${encodeURIComponent(scene.roomId)}/send`;
    const media = [{ uri, alt: "Halves" }];
    await scene.ann.do("POST", path, { channel_id: scene.general, media });
    const place = page.locator(".attachment-picture", { has: page.getByAltText("Halves") });
    const middle = (side: number) =>
      place.locator("canvas").evaluate((canvas: HTMLCanvasElement, side) => {
        const at = Math.floor(canvas.width * side);
        const pixel = canvas.getContext("2d")?.getImageData(at, canvas.height >> 1, 1, 1).data;
        const [red = 0, , blue = 0] = pixel ?? [];
        return red > blue + 60 ? "red" : blue > red + 60 ? "blue" : "neither";
      }, side);
    await waitFor("the colors", async () => await middle(0.25) === "red");
    assert.equal(await middle(0.75), "blue");
    wait.resolve();
    await place.locator("canvas").waitFor({ state: "detached" });
    await page.unroute("**/thumbnail?*");
  });

  await t.step("pictures of a message: one after the other, larger, by keyboard", async () => {
    const media = [];
    for (const name of ["one", "two", "three"]) {
      const uri = await upload(scene.ann, `${name}.png`, png(300, 200));
      media.push({ uri, alt: `Picture ${name}` });
    }
    const path = `/rooms/${encodeURIComponent(scene.roomId)}/send`;
    await scene.ann.do("POST", path, { channel_id: scene.general, body: "Three", media });
    await page.getByRole("button", { name: "Open Picture two" }).click();
    const shown = page.locator("dialog img");
    const alt = () => shown.getAttribute("alt");
    await shown.waitFor();
    assert.equal(await alt(), "Picture two");
    await page.keyboard.press("ArrowRight");
    await page.getByText("3 of 3").waitFor();
    await page.keyboard.press("ArrowRight");
    await page.getByText("1 of 3").waitFor();
    assert.equal(await alt(), "Picture one");
    await page.keyboard.press("+");
    await page.locator(".picture-frame.zoomed").waitFor();
    await page.keyboard.press("Escape");
    await shown.waitFor({ state: "detached" });
  });

  await t.step("nothing moves while older pages, pictures and new messages come", async () => {
    const picture = await upload(scene.bob, "tall.png", png(200, 300));
    const path = `/rooms/${encodeURIComponent(scene.roomId)}/send`;
    // The page is loaded anew afterwards: till then nobody need draw all of it one by one.
    await page.goto("about:blank");
    for (let i = 1; i <= HISTORY; i++) {
      await scene.bob.do("POST", path, {
        channel_id: scene.general,
        body: `number ${i}.${i % 7 === 0 ? "\n\n- with\n- a list" : ""}`,
        ...(i % 9 === 0 ? { media: [{ uri: picture, alt: "Tall" }] } : {}),
      });
    }
    // Pictures come late, when their rows have long been drawn.
    let free = () => {};
    const held = new Promise<void>((resolve) => free = resolve);
    await page.route("**/thumbnail*", async (route) => {
      await held;
      await route.continue();
    });
    await open(page);
    await row(page, `number ${HISTORY}.`).waitFor();
    await page.evaluate(WATCH_DRIFT(`number ${HISTORY - 42}.`));
    await row(page, `number ${HISTORY - 90}.`).waitFor({ state: "attached" });
    await painted(page);
    free();
    await waitFor("the pictures", () => page.evaluate(PICTURES_LOADED));
    await painted(page);
    await scene.bob.do("POST", path, { channel_id: scene.general, body: "and one more" });
    await row(page, "and one more").waitFor({ state: "attached" });
    await painted(page);
    assert.ok(Number(await page.evaluate("drift")) <= 1, `${await page.evaluate("drift")} px`);
    await page.unrouteAll();
  });

  await t.step("no more than 300 rows, however far one reads", async () => {
    const rows = () => page.locator("[role=feed] > article").count();
    await waitFor("the first message", async () => {
      await page.evaluate(`document.querySelector(".timeline-scroll").scrollTop = -1e7`);
      assert.ok(await rows() <= 300);
      return await row(page, "Hello world").count() > 0;
    });
    await page.getByRole("button", { name: /jump to present/i }).click();
    await waitFor("the present", () => row(page, "and one more").isVisible());
  });

  await t.step("a feed: one way in by Tab, messages by PageUp, each with its place", async () => {
    const feed = page.getByRole("feed", { name: "Messages" });
    await page.mouse.move(2, 2);
    await waitFor(
      "one way in",
      async () => await feed.locator("> article[tabindex='0']").count() === 1,
    );
    await feed.locator("> article[tabindex='0']").focus();
    await page.keyboard.press("PageUp");
    const place = (which: string) =>
      page.evaluate(`document.activeElement.${which}.getAttribute("aria-posinset")`);
    const [here, next] = [await place("firstChild.parentNode"), await place("nextElementSibling")];
    assert.equal(Number(next), Number(here) + 1);
    const log = page.getByRole("log");
    await scene.bob.do("POST", `/rooms/${encodeURIComponent(scene.roomId)}/send`, {
      channel_id: scene.general,
      body: "heard by **all**",
    });
    await log.getByText("bob: heard by all").waitFor({ state: "attached" });
  });

  // The browser says itself that nobody answered while the server was dead.
  assert.deepEqual(ann.faults.filter((fault) => !/ERR_CONNECTION_REFUSED/.test(fault)), []);
  await browser.close();
});
