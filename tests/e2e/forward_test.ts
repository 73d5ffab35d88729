/** A message is passed on from its menu: into channels and encrypted conversations, and out of them. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import { channelPath, dmPath } from "../../ui/lib/format/paths.ts";
import { found } from "../e2ee/secrecy.ts";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { converse, devicesSeenBy, soon } from "../harness/e2ee_wire.ts";
import { type FederatedServer, startServers } from "../harness/federated.ts";
import { pageSteps } from "../harness/page_steps.ts";
import { dump } from "./canary.ts";
import { settled } from "./people.ts";
import { signIn, upload } from "./scene.ts";
import { article, BEGIN_MS, say } from "./sealed_talk.ts";

const FILE = "seeds.txt";
const FILE_TEXT = `sown ${crypto.randomUUID()}`;
const SECRET = `leaf ${crypto.randomUUID()}`;
const SECRET_FILE = `roots ${crypto.randomUUID()}`;

async function openForward(page: Page, text: string) {
  await article(page, text).click({ button: "right", position: { x: 300, y: 8 } });
  await page.getByRole("menuitem", { name: "Forward", exact: true }).click();
  const dialog = page.locator("dialog[open]");
  await dialog.getByRole("heading", { name: "Forward message" }).waitFor();
  return dialog;
}

Deno.test("a message is forwarded into channels and an encrypted conversation, and out of it", async (t) => {
  await using federation = await startServers(2);
  const [one, two] = federation.servers as [FederatedServer, FederatedServer];
  const ann = await one.register("ann");
  const bob = await two.register("bob");
  const guild = await ann.do("POST", "/guilds", { name: "Garden" });
  const general = guild.channels.find((each: { name: string }) => each.name === "general");
  const news = await ann.do("POST", "/channels", {
    guild_id: guild.id,
    kind: "text",
    name: "news",
  });
  const { code } = await ann.do("POST", "/invites", { guild_id: guild.id });
  const carl = await one.register("carl", code);
  await carl.do("POST", `/invites/${code}/accept`, {});
  await carl.do("POST", `/rooms/${encodeURIComponent(guild.id)}/send`, {
    channel_id: general.id,
    body: `What we sow, <${ann.id}>`,
    media: [{
      uri: await upload(carl, FILE, new TextEncoder().encode(FILE_TEXT)),
      alt: "The list",
    }],
  });
  const roomId = await converse(ann, bob);
  const browser = await launchBrowser();
  await using desk = await openPerson(browser);
  await using phone = await openPerson(browser, { phone: true });
  await using plain = await openPerson(browser, { scripts: false });
  const [atDesk, atPhone] = [desk.page, phone.page];
  const step = pageSteps(t, browser);

  await step("two people of two servers talk encrypted", async () => {
    await signIn(desk.context, one.url, "ann");
    await signIn(plain.context, one.url, "carl");
    await signIn(phone.context, two.url, "bob");
    await atPhone.goto(two.url + dmPath(roomId));
    await soon("a device of bob's", async () => (await devicesSeenBy(ann, bob.id)).length > 0);
    await atDesk.goto(one.url + dmPath(roomId));
    await settled(atDesk);
    await atDesk.locator(".main-head").getByRole("button", { name: "Not encrypted" }).click();
    await atDesk.getByRole("button", { name: "Encrypt from here on" }).click();
    for (const page of [atDesk, atPhone]) {
      await page.locator(".main-head .tag.accent").waitFor({ timeout: BEGIN_MS });
    }
    await atDesk.locator("dialog[open]").waitFor({ state: "detached" });
    await settled(atPhone);
  });

  await step("one message goes to a channel and to the conversation, with a comment", async () => {
    await atDesk.goto(one.url + channelPath(guild.id, general));
    await settled(atDesk);
    const dialog = await openForward(atDesk, "What we sow");
    await dialog.getByText(`1 file: ${FILE}`).waitFor();
    const search = dialog.getByRole("searchbox", { name: "Where to" });
    await search.fill("news");
    await search.press("Enter");
    await search.fill("bob");
    await dialog.getByRole("checkbox", { name: /bob/ }).check();
    assert.equal(await dialog.getByRole("checkbox", { name: /news/ }).isChecked(), true);
    await dialog.getByLabel("Comment").fill("Look at this");
    await dialog.getByRole("button", { name: "Send to 2" }).click();
    await dialog.getByRole("link", { name: "Go to bob" }).waitFor({ timeout: BEGIN_MS });
    await dialog.getByRole("link", { name: "Go to news" }).click();
    await atDesk.locator(".main-head h1", { hasText: "news" }).waitFor();
    await dialog.waitFor({ state: "detached" });
    const copy = article(atDesk, "What we sow");
    await copy.getByText("Forwarded").waitFor();
    await copy.getByText(FILE).waitFor();
    await article(atDesk, "Look at this").waitFor();
    await copy.getByRole("link", { name: "Go to the original" }).click();
    await atDesk.locator("article.msg.focus", { hasText: "What we sow" }).waitFor();
    await atDesk.locator(".main-head h1", { hasText: "general" }).waitFor();
  });

  await step(
    "the other one of the conversation reads it, files too, and not where from",
    async () => {
      const copy = article(atPhone, "What we sow");
      await copy.getByText("Forwarded").waitFor({ timeout: BEGIN_MS });
      assert.equal(await copy.getByRole("link", { name: "Go to the original" }).count(), 0);
      await article(atPhone, "Look at this").waitFor({ timeout: BEGIN_MS });
      const saved = atPhone.waitForEvent("download");
      await copy.getByRole("button", { name: new RegExp(FILE) }).click();
      const stream = await (await saved).createReadStream();
      const parts: Uint8Array[] = [];
      for await (const part of stream) parts.push(part);
      assert.equal(Buffer.concat(parts).toString(), FILE_TEXT);
      // Bob's server carries it and learns nothing of the guild it is from.
      const rows = await dump(two.databaseUrl);
      assert.deepEqual(found(rows, [FILE_TEXT, FILE, "What we sow", guild.id, roomId]), [roomId]);
    },
  );

  await step(
    "what was said encrypted is passed on where it can be read, file and all",
    async () => {
      await atPhone.locator(".composer input[type=file]").setInputFiles({
        name: "roots.txt",
        mimeType: "text/plain",
        buffer: Buffer.from(SECRET_FILE),
      });
      await atPhone.locator(".upload").waitFor();
      await say(atPhone, SECRET);
      await atDesk.goto(one.url + dmPath(roomId));
      await settled(atDesk);
      await article(atDesk, SECRET).waitFor({ timeout: BEGIN_MS });
      const dialog = await openForward(atDesk, SECRET);
      await dialog.getByRole("checkbox", { name: /general/ }).check();
      await dialog.getByRole("button", { name: "Send", exact: true }).click();
      await dialog.getByRole("link", { name: "Go to general" }).click();
      const copy = article(atDesk, SECRET);
      await copy.getByText("Forwarded").waitFor();
      assert.equal(await copy.getByRole("link", { name: "Go to the original" }).count(), 0);
      const { messages } = await carl.do(
        "GET",
        `/rooms/${encodeURIComponent(guild.id)}/messages?channel_id=${general.id}`,
      );
      const shown = messages.find((each: { body: string }) => each.body === SECRET);
      assert.deepEqual(shown.forwarded, {});
      const [file] = shown.media;
      const response = await fetch(
        `${one.url}/client/v1/media/${file.uri.slice("mxc://".length)}`,
        { headers: { authorization: `Bearer ${carl.token}` } },
      );
      assert.equal(await response.text(), SECRET_FILE);
    },
  );

  await step("without scripts it says that it is forwarded", async () => {
    await plain.page.goto(one.url + channelPath(guild.id, general));
    await article(plain.page, SECRET).getByText("Forwarded").waitFor();
  });

  await step("a place that refuses says so, and the rest has arrived", async () => {
    await atDesk.goto(one.url + channelPath(guild.id, general));
    await settled(atDesk);
    const dialog = await openForward(atDesk, "What we sow");
    await dialog.getByRole("checkbox", { name: /news/ }).check();
    await dialog.getByRole("checkbox", { name: /general/ }).check();
    await ann.do("DELETE", `/rooms/${encodeURIComponent(guild.id)}/channels/${news.id}`);
    await dialog.getByRole("button", { name: "Send to 2" }).click();
    await dialog.getByRole("link", { name: "Go to general" }).waitFor();
    const refused = dialog.locator("li", { hasText: "news" });
    await refused.locator(".field-error").waitFor();
    await refused.getByRole("button", { name: "Try again" }).waitFor();
  });
  assert.deepEqual([...desk.faults, ...phone.faults], []);
  await browser.close();
});
