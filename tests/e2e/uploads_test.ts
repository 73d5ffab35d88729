import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { CDPSession, Page } from "playwright-core";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { png } from "../harness/pictures.ts";
import { startRunningServer } from "../harness/running_server.ts";
import { waitFor } from "../harness/wait_for.ts";
import { foundGuild } from "./people.ts";

const LIMIT_BYTES = 3_000_000;
const FILE_BYTES = 2_000_000;
/** So slow that a file is on its way for a while. */
const SLOW_BYTES_PER_SECOND = 50_000;

async function setSpeed(session: CDPSession, bytesPerSecond: number): Promise<void> {
  await session.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: bytesPerSecond,
  });
}

async function choose(page: Page, name: string, bytes: number): Promise<void> {
  await page.locator(".composer input[type=file]").setInputFiles({
    name,
    mimeType: "text/plain",
    buffer: Buffer.from("a line of text\n".repeat(Math.ceil(bytes / 15)).slice(0, bytes)),
  });
}

Deno.test("files on their way: progress, cancel, send", async (t) => {
  await using server = await startRunningServer({
    env: { OPENGUILD_MEDIA_MAX_UPLOAD: String(LIMIT_BYTES) },
  });
  const browser = await launchBrowser();
  await using ann = await openPerson(browser);
  const { page } = ann;
  await foundGuild(page, server.setupLink, "Workshop");
  const session = await ann.context.newCDPSession(page);
  await session.send("Network.enable");
  const bar = page.locator(".upload progress");
  const part = () => page.evaluate(`document.querySelector(".upload progress")?.value ?? 0`);
  const stored = () =>
    page.evaluate(
      `fetch("/client/v1/media/usage").then((r) => r.json()).then((u) => u.bytes)`,
    );

  await t.step("the bar moves, nothing can be sent before the end", async () => {
    await setSpeed(session, SLOW_BYTES_PER_SECOND);
    await choose(page, "slow.txt", FILE_BYTES);
    const seen = new Set<number>();
    await waitFor("the bar to move", async () => {
      const now = Number(await part());
      if (now > 0 && now < 1) seen.add(now);
      return seen.size >= 3;
    });
    assert.deepEqual([...seen], [...seen].sort((a, b) => a - b), "it never goes back");
    const send = page.getByRole("button", { name: "Send" });
    assert.equal(await send.getAttribute("aria-disabled"), "true");
    await page.locator("textarea[name=body]").press("Enter");
    assert.equal(await page.locator("article").count(), 0);
  });

  await t.step("a cancelled file is gone here and is not kept there", async () => {
    await page.getByRole("button", { name: "Remove slow.txt" }).click();
    await page.locator(".upload").waitFor({ state: "detached" });
    await setSpeed(session, -1);
    // The server hears of the end of a connection, not of the press.
    await waitFor("nothing of it to be kept", async () => await stored() === 0);
    assert.equal(await page.getByRole("alert").count(), 0, "to cancel is no error");
  });

  await t.step("one that was there whole is not kept there either", async () => {
    await choose(page, "unwanted.txt", 4000);
    await page.locator(".upload").getByRole("button", { name: "Spoiler" }).waitFor();
    assert.equal(await stored(), 4000);
    await page.getByRole("button", { name: "Remove unwanted.txt" }).click();
    await waitFor("nothing of it to be kept", async () => await stored() === 0);
  });

  await t.step("one that is there whole goes with the message", async () => {
    await choose(page, "whole.txt", 5000);
    await page.locator(".upload").getByRole("button", { name: "Spoiler" }).waitFor();
    assert.equal(await bar.count(), 0);
    await page.getByRole("button", { name: "Send" }).click();
    await page.locator("article:not(.pending)", { hasText: "whole.txt" }).waitFor();
    assert.equal(await stored(), 5000);
  });

  await t.step(
    "a description has room to be written, and a long name keeps its ending",
    async () => {
      await page.locator(".composer input[type=file]").setInputFiles(
        Array.from({ length: 5 }, (_, at) => ({
          name: `sunflower number ${at}, seen from the path after the rain.png`,
          mimeType: "image/png",
          buffer: Buffer.from(png(30, 20)),
        })),
      );
      const fields = page.getByLabel(/^Description of sunflower/);
      await fields.nth(4).waitFor();
      const [field, name] = [fields.first(), page.locator(".file-name").first()];
      const box = await field.boundingBox() ?? assert.fail();
      assert.ok(box.width > 140, `${box.width} px`);
      const ends = await name.evaluate((node) => {
        const end = node.lastElementChild?.getBoundingClientRect();
        const card = node.closest(".upload")?.getBoundingClientRect();
        return end && card && end.width > 0 && end.right < card.right;
      });
      assert.equal(ends, true);
      assert.equal(await name.locator("span").last().textContent(), "in.png");
      // One that fails comes into sight, however many stand before it.
      await choose(page, "no bytes.txt", 0);
      const failed = page.locator(".upload.failed").getByText("Nothing is in this file");
      await failed.waitFor();
      await waitFor("what failed to be seen", () =>
        failed.evaluate((node) => {
          const list = node.closest(".uploads")?.getBoundingClientRect();
          const own = node.getBoundingClientRect();
          return list !== undefined && own.top >= list.top && own.bottom <= list.bottom;
        }));
      for (
        const drop of await page.locator(".upload").getByRole("button", { name: /^Remove/ }).all()
      ) {
        await drop.page().locator(".upload button[aria-label^=Remove]").first().click();
      }
      await page.locator(".upload").waitFor({ state: "detached" });
    },
  );

  await t.step(
    "what is sent before its file is here goes with it, unless one writes on",
    async () => {
      const box = page.locator("textarea[name=body]");
      const due = page.getByText("Sent as soon as the files are here.");
      await setSpeed(session, SLOW_BYTES_PER_SECOND);
      await choose(page, "harvest.txt", 200_000);
      await bar.waitFor();
      await box.fill("The harvest");
      await box.press("Enter");
      await due.waitFor();
      await box.press("End");
      await box.pressSequentially(" of the week");
      await due.waitFor({ state: "detached" });
      await box.press("Enter");
      await due.waitFor();
      await setSpeed(session, -1);
      const message = page.locator("article:not(.pending)", { hasText: "The harvest of the week" });
      await message.getByText("harvest.txt").waitFor();
      assert.equal(await page.locator("article", { hasText: "The harvest" }).count(), 1);
      assert.equal(await box.inputValue(), "");
      await setSpeed(session, SLOW_BYTES_PER_SECOND);
      await choose(page, "second thoughts.txt", FILE_BYTES);
      await bar.waitFor();
      await box.fill("Wait for it");
      await box.press("Enter");
      await due.waitFor();
      await page.getByRole("button", { name: "Remove second thoughts.txt" }).click();
      await due.waitFor({ state: "detached" });
      assert.equal(await box.inputValue(), "Wait for it", "what it was to go with is gone");
      await box.fill("");
      await setSpeed(session, -1);
    },
  );

  await t.step("a file beyond the limit is refused before a byte is sent", async () => {
    let sent = 0;
    page.on("request", (request) => {
      if (request.url().includes("/media/upload")) sent++;
    });
    await choose(page, "large.txt", LIMIT_BYTES + 1);
    await page.locator(".upload.failed").getByText("Larger than this server takes").waitFor();
    assert.equal(sent, 0);
  });

  await t.step("what goes out leaves behind what did not arrive", async () => {
    await page.locator(".composer input[type=file]").setInputFiles({
      name: "empty.txt",
      mimeType: "text/plain",
      buffer: Buffer.alloc(0),
    });
    await page.locator(".upload.failed").getByText("Nothing is in this file").waitFor();
    const name = `${"a long name ".repeat(15)}.txt`;
    await choose(page, name, 3000);
    const card = page.locator(".upload", { hasText: "a long name" });
    await card.getByRole("button", { name: "Spoiler" }).waitFor();
    const drop = page.getByRole("button", { name: /^Remove a long name/ });
    const [box, button] = [await card.boundingBox(), await drop.boundingBox()];
    assert.ok(box && button && box.width <= 330, JSON.stringify(box));
    assert.ok(button.x + button.width <= box.x + box.width, JSON.stringify(button));
    await page.getByRole("button", { name: "Send" }).click();
    await page.locator("article:not(.pending)", { hasText: "a long name" }).waitFor();
    assert.equal(await page.locator(".upload.failed").count(), 2);
    for (const left of ["large.txt", "empty.txt"]) {
      await page.getByRole("button", { name: `Remove ${left}` }).click();
    }
    await page.locator(".upload").waitFor({ state: "detached" });
  });

  await t.step(
    "a search shows pictures small, how many more there are, and no spoiler",
    async () => {
      const files = (names: readonly string[]) =>
        names.map((name) => ({ name, mimeType: "image/png", buffer: Buffer.from(png(30, 20)) }));
      const choose = page.locator(".composer input[type=file]");
      await choose.setInputFiles(files(["dahlia.png", "aster.png"]));
      await page.getByLabel("Description of dahlia").fill("A red dahlia");
      await page.getByRole("button", { name: "Send" }).click();
      await page.locator("article:not(.pending) .gallery").waitFor();
      await choose.setInputFiles(files(["veiled dahlia.png"]));
      await page.locator(".upload").getByRole("button", { name: "Spoiler" }).click();
      await page.getByRole("button", { name: "Send" }).click();
      await page.locator("article:not(.pending) .veil").waitFor();
      await page.keyboard.press("Control+f");
      const words = page.getByRole("combobox", { name: "Words to look for" });
      await waitFor("both to be found", async () => {
        await words.fill("");
        await words.fill("dahlia");
        await page.getByText(/messages? found/).waitFor();
        return await page.locator("[data-hit]").count() === 2;
      });
      const [veiled, two] = [0, 1].map((at) => page.locator("[data-hit]").nth(at));
      await waitFor(
        "the picture",
        () =>
          two!.locator("img[alt='A red dahlia']").evaluate((image: HTMLImageElement) =>
            image.complete && image.naturalWidth > 0
          ),
      );
      await two!.getByText("+1").waitFor();
      assert.equal(await veiled!.locator(".found-picture img").count(), 0);
      await veiled!.getByText("Spoiler").waitFor({ state: "attached" });
    },
  );

  assert.deepEqual(ann.faults, []);
  await browser.close();
});
