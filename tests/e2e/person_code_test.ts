/** Two people verify each other by a code that one shows and the other one's camera reads. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import decodeQR from "qr/decode.js";
import { dmPath } from "../../ui/lib/format/paths.ts";
import { findBarriers } from "../harness/axe.ts";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { codeVideo, launchCamera } from "../harness/fake_camera.ts";
import { pageSteps } from "../harness/page_steps.ts";
import { startProcessServer } from "../harness/process_server.ts";
import { tempFolder } from "../harness/temp_folder.ts";
import { say, settled } from "./people.ts";
import { makeScene, signIn } from "./scene.ts";
import { BEGIN_MS } from "./sealed_talk.ts";

/** Pixels of one square of the code. */
const SCALE = 4;

/** The text of the code that a page shows, as a camera sees it. */
async function shownCode(page: Page): Promise<string> {
  const svg = page.locator("dialog[open] .qr svg");
  const [path, box] = [
    await svg.locator("path").getAttribute("d") ?? "",
    await svg.getAttribute("viewBox") ?? "",
  ];
  const size = Number(box.split(" ")[2]) * SCALE;
  const data = new Uint8ClampedArray(size * size * 4).fill(255);
  for (const [, x, y] of path.matchAll(/M(\d+) (\d+)h1v1h-1z/g)) {
    for (let at = 0; at < SCALE * SCALE; at++) {
      const row = Number(y) * SCALE + Math.floor(at / SCALE);
      const pixel = (row * size + Number(x) * SCALE + at % SCALE) * 4;
      data.fill(0, pixel, pixel + 3);
    }
  }
  return decodeQR({ width: size, height: size, data });
}

/** Opens the card of whom a conversation is with. */
async function openCard(page: Page, name: string): Promise<void> {
  await page.locator(".main-head").getByRole("button", { name, exact: true }).click();
  await page.getByRole("button", { name: "Show my code" }).waitFor();
}

Deno.test("two people verify each other by one scan; no other code does it", async (t) => {
  await using server = await startProcessServer({});
  await using folder = await tempFolder();
  const scene = await makeScene(server);
  const talk = server.url + dmPath(scene.dmRoom);
  const browser = await launchBrowser();
  await using desk = await openPerson(browser);
  // What the camera sees is put before it later.
  await using camera = await launchCamera(folder.path, ["https://example.org/"]);
  await using phone = await openPerson(camera.browser, { phone: true });
  const [ann, bob] = [desk.page, phone.page];
  const step = pageSteps(t, browser);
  const see = (texts: readonly string[]) =>
    Deno.writeFile(`${folder.path}/codes.y4m`, codeVideo(texts));
  const noBarrier = async (page: Page) => assert.deepEqual(await findBarriers(page), []);

  await step("they talk encrypted", async () => {
    await signIn(desk.context, server.url, "ann");
    await signIn(phone.context, server.url, "bob");
    await ann.goto(talk);
    await settled(ann);
    await ann.locator(".main-head").getByRole("button", { name: "Not encrypted" }).click();
    await ann.getByRole("button", { name: "Begin as soon as possible" }).click();
    await bob.goto(talk);
    for (const page of [ann, bob]) {
      await page.locator(".main-head .tag.accent").waitFor({ timeout: BEGIN_MS });
    }
    await say(ann, "hello");
    await bob.locator("article", { hasText: "hello" }).waitFor({ timeout: BEGIN_MS });
  });

  let first = "";
  await step("a code that was put away, and one of somebody else, verify nobody", async () => {
    await openCard(ann, "bob");
    await ann.getByRole("button", { name: "Show my code" }).click();
    await ann.getByRole("img", { name: "QR code for bob" }).locator("path").waitFor();
    await noBarrier(ann);
    first = await shownCode(ann);
    assert.match(first, /^openguild-person:/);
    await ann.keyboard.press("Escape");
    // Bob's own code, in front of his own camera.
    await openCard(bob, "Ann");
    await bob.getByRole("button", { name: "Show my code" }).click();
    await bob.getByRole("img", { name: "QR code for Ann" }).locator("path").waitFor();
    const own = await shownCode(bob);
    await bob.keyboard.press("Escape");
    await see(["https://example.org/", own]);
    await bob.getByRole("button", { name: "Scan a code" }).click();
    await bob.getByText("Point the camera at the code on the screen of Ann").waitFor();
    await bob.getByText("This is no code that Ann shows for you").waitFor();
    await noBarrier(bob);
    await bob.keyboard.press("Escape");
  });

  await step("the code on ann's screen proves both to each other", async () => {
    await ann.getByRole("button", { name: "Show my code" }).click();
    await ann.getByRole("img", { name: "QR code for bob" }).locator("path").waitFor();
    const code = await shownCode(ann);
    assert.notEqual(code, first, "each is shown once");
    await see([code]);
    await bob.getByRole("button", { name: "Scan a code" }).click();
    await ann.getByText("Does the device that scanned the code show this number?").waitFor();
    const numbers = [ann, bob].map((page) => page.locator(".verify-one").innerText());
    const [shown, read] = await Promise.all(numbers);
    assert.match(shown ?? "", /^\d{4}$/);
    assert.equal(shown, read);
    await noBarrier(ann);
    await ann.getByRole("button", { name: "They are the same" }).click();
    await ann.getByText("bob is verified").waitFor();
    await bob.getByText("Ann is verified").waitFor();
    for (const page of [ann, bob]) {
      await page.getByRole("button", { name: "Done" }).click();
    }
    // There is no room for the words on a phone.
    await bob.locator(".main-head").getByText("Encrypted, verified").waitFor({ state: "attached" });
    await ann.goto(talk);
    await ann.locator(".main-head").getByText("Encrypted, verified").waitFor();
  });

  assert.deepEqual([desk.faults, phone.faults], [[], []]);
  await browser.close();
});
