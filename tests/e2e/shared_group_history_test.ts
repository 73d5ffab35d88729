/** A conversation of several whose owner gives somebody who comes later more than one batch of keys. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { limits } from "../../core/limits.ts";
import { dmPath, messagePath } from "../../ui/lib/format/paths.ts";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { DeviceClient } from "../harness/device_client.ts";
import { soon } from "../harness/e2ee_wire.ts";
import { makeGuild, startHomeserver } from "../harness/homeserver.ts";
import { pageSteps } from "../harness/page_steps.ts";
import { tempFolder } from "../harness/temp_folder.ts";
import { settled } from "./people.ts";
import { signIn } from "./scene.ts";
import { encryptHere } from "./sealed_talk.ts";

/** Making a device and joining a group takes its time where eight of these run at once. */
const BEGIN_MS = 120_000;
/** Of more than one batch. */
const SAID = limits.history.maxBatchKeys + 12;

const article = (page: Page, text: string) =>
  page.locator("article:not(.pending)", { hasText: text }).first();

Deno.test("who is added to a conversation of several reads the day before, of more than one batch", async (t) => {
  await using server = await startHomeserver();
  await using folder = await tempFolder();
  await using stack = new AsyncDisposableStack();
  const { owner: ann, members } = await makeGuild(server, ["ann", "bob", "cat", "dan"]);
  const [bob, cat, dan] = members;
  assert.ok(bob && cat && dan);
  const group = await ann.do("POST", "/group-dms", { user_ids: [bob.id, dan.id] });
  const roomId: string = group.room_id;
  const talker = stack.use(await DeviceClient.open(bob, { folder: join(folder.path, "bob") }));
  await talker.engine.setUp({ name: "bob" });
  const browser = await launchBrowser();
  stack.defer(() => browser.close());
  const desk = stack.use(await openPerson(browser));
  const phone = stack.use(await openPerson(browser, { phone: true }));
  await signIn(desk.context, server.url, "ann");
  await signIn(phone.context, server.url, "cat");
  const step = pageSteps(t, browser);
  const word = (n: number) => `heron number ${n}.`;
  let oldest = "";

  await step("its owner encrypts it before anything is said", async () => {
    await desk.page.goto(server.url + dmPath(roomId));
    await settled(desk.page);
    await encryptHere(desk.page);
    await soon(
      "bob to be in",
      async () => (await talker.engine.sync(roomId)).phase === "encrypted",
    );
    for (let n = 0; n < SAID; n++) {
      const { id } = await talker.send(roomId, word(n));
      oldest ||= id;
    }
    await article(desk.page, word(SAID - 1)).waitFor({ timeout: BEGIN_MS });
  });

  await step("who adds somebody chooses how much of before they are given", async () => {
    await desk.page.locator(".main-head").getByRole("button", { name: "More" }).click();
    await desk.page.getByRole("menuitem", { name: "Add people" }).click();
    const dialog = desk.page.locator("dialog[open]");
    await dialog.getByLabel("Whom?").fill("@cat");
    const past = dialog.getByLabel("Share what was said before");
    assert.equal(await past.inputValue(), "0");
    await past.selectOption({ label: "The last day" });
    await dialog.locator("button[type=submit]").click();
    await desk.page.getByText(/^cat (can read the last day now|gets it as soon as)/).waitFor();
  });

  await step("it is given once their first device has come in, and everybody is told", async () => {
    await phone.page.goto(server.url + dmPath(roomId));
    await settled(phone.page);
    for (const { page } of [desk, phone]) {
      await page.locator("article", { hasText: "shared 1 day with" }).first()
        .waitFor({ timeout: BEGIN_MS });
    }
  });

  await step("it reads the first word of all, and the last", async () => {
    await phone.page.goto(server.url + messagePath(dmPath(roomId), oldest));
    await settled(phone.page);
    await article(phone.page, word(0)).waitFor({ timeout: BEGIN_MS });
    await phone.page.goto(server.url + dmPath(roomId));
    await settled(phone.page);
    await article(phone.page, word(SAID - 1)).waitFor({ timeout: BEGIN_MS });
    assert.equal(await phone.page.getByText("Sent before this device joined.").count(), 0);
  });
  assert.deepEqual([...desk.faults, ...phone.faults], []);
});
