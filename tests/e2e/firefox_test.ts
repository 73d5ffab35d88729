/** Somebody with Firefox and somebody with Chromium: chat, an encrypted conversation, a call. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import { dmPath, guildPath } from "../../ui/lib/format/paths.ts";
import { openPerson } from "../harness/browser.ts";
import { FIREFOX_TONE_HZ, launchFirefox, requireRouteOut } from "../harness/firefox.ts";
import { PASSWORD } from "../harness/homeserver.ts";
import { png } from "../harness/pictures.ts";
import { openLoudspeakers } from "../harness/loudspeakers.ts";
import { startProcessServer } from "../harness/process_server.ts";
import { launchTalker } from "../harness/talker.ts";
import { tempFolder } from "../harness/temp_folder.ts";
import { waitFor } from "../harness/wait_for.ts";
import { say, settled } from "./people.ts";
import { makeScene, signIn } from "./scene.ts";
import { join, leave, panel, prepareForTones, readCode } from "./voice/in_call.ts";
import { hears } from "./voice/listening.ts";

const CHROMIUM_TONE_HZ = 660;
const TONES = [FIREFOX_TONE_HZ, CHROMIUM_TONE_HZ];
/** Making a device and joining a group takes its time on a busy machine. */
const BEGIN_MS = 60_000;

const article = (page: Page, text: string) =>
  page.locator(".timeline:not([inert]) article:not(.pending)", { hasText: text }).first();

Deno.test("Firefox and Chromium: chat, an encrypted conversation and a call", async (t) => {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await tempFolder());
  const loudspeakers = stack.use(await openLoudspeakers());
  // A trial announces by itself what Firefox on the same machine can send to.
  const server = stack.use(
    await startProcessServer({ OPENGUILD_VOICE_ENABLED: "yes", OPENGUILD_VOICE_PORT: "0" }),
  );
  const scene = await makeScene(server);
  const guild = server.url + guildPath(scene.guildId);
  const firefox = await launchFirefox(loudspeakers.env);
  stack.defer(() => firefox.close());
  const chromium = await launchTalker(folder.path, CHROMIUM_TONE_HZ);
  stack.defer(() => chromium.close());
  const ann = stack.use(await openPerson(firefox));
  const bob = stack.use(await openPerson(chromium));
  for (const { context } of [ann, bob]) await prepareForTones(context);
  /** What follows stands on it. */
  const step = async (name: string, walk: () => Promise<void>) =>
    assert.ok(await t.step(name, walk), name);

  await step("one logs in by the form", async () => {
    await ann.page.goto(`${server.url}/login`);
    await ann.page.getByLabel("User name").fill("ann");
    await ann.page.getByLabel("Password").fill(PASSWORD);
    await ann.page.getByRole("button", { name: "Log in", exact: true }).click();
    await ann.page.waitForURL((url) => !url.pathname.startsWith("/login"));
    await ann.page.goto(guild);
    await settled(ann.page);
    await signIn(bob.context, server.url, "bob");
    await bob.page.goto(guild);
    await settled(bob.page);
  });

  await step("both see what the other writes, edits, answers and sets under it", async () => {
    await say(ann.page, "From **Firefox**");
    await article(bob.page, "From Firefox").waitFor();
    await say(bob.page, "From Chromium");
    await article(ann.page, "From Chromium").waitFor();
    await ann.page.locator("textarea[name=body]").press("ArrowUp");
    await say(ann.page, "From Firefox, edited");
    await article(bob.page, "From Firefox, edited").locator(".msg-edited").waitFor();
    await article(ann.page, "From Chromium").hover();
    await article(ann.page, "From Chromium").getByRole("button", { name: "React with 👍" })
      .first().click();
    await article(bob.page, "From Chromium").locator(".reaction").waitFor();
    await article(ann.page, "From Chromium").hover();
    await article(ann.page, "From Chromium").getByRole("button", { name: "Reply" }).first().click();
    await say(ann.page, "An answer");
    await article(bob.page, "An answer").locator(".msg-reply").waitFor();
  });

  await step("a picture goes up with its description, and is seen at the other end", async () => {
    await ann.page.locator(".composer input[type=file]").setInputFiles({
      name: "bed.png",
      mimeType: "image/png",
      buffer: Buffer.from(png(24, 16)),
    });
    const card = ann.page.locator(".upload", { hasText: "bed.png" });
    await card.getByRole("button", { name: "Spoiler" }).waitFor();
    await say(ann.page, "A bed");
    const picture = article(bob.page, "A bed").locator("img.attached, .attachments img").first();
    await picture.waitFor();
    await waitFor(
      "the picture to have come",
      () => picture.evaluate((one: HTMLImageElement) => one.complete && one.naturalWidth > 0),
    );
  });

  await step("what is written while the server is away is sent once when it is back", async () => {
    await server.kill();
    await ann.page.locator(".connection.lost").waitFor();
    await say(ann.page, "Written meanwhile");
    await ann.page.locator("article.pending", { hasText: "Written meanwhile" }).waitFor();
    await server.start();
    await article(bob.page, "Written meanwhile").waitFor({ timeout: BEGIN_MS });
    await article(ann.page, "Written meanwhile").waitFor({ timeout: BEGIN_MS });
    assert.equal(
      await bob.page.locator("article", { hasText: "Written meanwhile" }).count(),
      1,
    );
  });

  await step("a conversation is encrypted, and read at both ends, after a reload too", async () => {
    for (const { page } of [ann, bob]) {
      await page.goto(server.url + dmPath(scene.dmRoom));
      await settled(page);
    }
    await ann.page.locator(".main-head").getByRole("button", { name: "Not encrypted" }).click();
    await ann.page.getByRole("button", { name: /Encrypt from here on|Begin as soon as possible/ })
      .click();
    await ann.page.locator("dialog[open]").waitFor({ state: "detached", timeout: BEGIN_MS });
    for (const { page } of [ann, bob]) {
      await page.locator(".divider.sealed").waitFor({ timeout: BEGIN_MS });
    }
    await say(ann.page, "Sealed in Firefox");
    await article(bob.page, "Sealed in Firefox").waitFor({ timeout: BEGIN_MS });
    await say(bob.page, "Sealed in Chromium");
    await article(ann.page, "Sealed in Chromium").waitFor({ timeout: BEGIN_MS });
    await ann.page.reload();
    await settled(ann.page);
    for (const text of ["Sealed in Firefox", "Sealed in Chromium"]) {
      await article(ann.page, text).waitFor({ timeout: BEGIN_MS });
    }
  });

  await requireRouteOut();
  await step("in a call each hears the other, and both have one code", async () => {
    for (const { page } of [ann, bob]) {
      await page.goto(guild);
      await settled(page);
      await join(page);
    }
    await hears(ann.page, [CHROMIUM_TONE_HZ], { of: TONES });
    await hears(bob.page, [FIREFOX_TONE_HZ], { of: TONES });
    await waitFor(
      "one code",
      async () => await readCode(ann.page) === await readCode(bob.page) || undefined,
    );
  });

  await step("who comes back into the call is heard again", async () => {
    for (const [one, other] of [[ann, bob], [bob, ann]] as const) {
      await leave(one.page);
      await panel(one.page).waitFor({ state: "detached" });
      await hears(other.page, [], { of: TONES });
      await join(one.page);
      await hears(ann.page, [CHROMIUM_TONE_HZ], { of: TONES });
      await hears(bob.page, [FIREFOX_TONE_HZ], { of: TONES });
    }
  });

  await step("a camera is seen at the other end, either way", async () => {
    for (const [one, other, name] of [[ann, bob, "Ann"], [bob, ann, "bob"]] as const) {
      await panel(one.page).getByRole("button", { name: "Turn the camera on" }).click();
      await other.page.getByRole("button", { name: `Watch the camera of ${name}` }).click();
      const video = other.page.getByRole("group", { name: `Camera of ${name}` }).locator("video");
      await video.waitFor();
      await waitFor(
        `the camera of ${name} to be seen`,
        () => video.evaluate((one: HTMLVideoElement) => one.videoWidth > 0 && one.currentTime > 0),
      );
      await panel(one.page).getByRole("button", { name: "Turn the camera off" }).click();
      await video.waitFor({ state: "detached" });
    }
  });

  // Firefox tells of a script that it was fetching for a page which was left meanwhile; both tell
  // of a server that is away.
  const faults = [...ann.faults, ...bob.faults].filter((fault) =>
    !/error loading dynamically imported module/.test(fault) &&
    !/can’t establish a connection to the server|ERR_CONNECTION_REFUSED/.test(fault)
  );
  assert.deepEqual(faults, []);
});
