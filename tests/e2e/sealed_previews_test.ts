/** Links in encrypted messages: their senders' servers are asked where they want it, and nobody else. */
import assert from "node:assert/strict";
import { dmPath } from "../../ui/lib/format/paths.ts";
import { found } from "../e2ee/secrecy.ts";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { converse, devicesSeenBy, soon } from "../harness/e2ee_wire.ts";
import { type FederatedServer, startServers } from "../harness/federated.ts";
import { html, startPageServer } from "../harness/page_server.ts";
import { pageSteps } from "../harness/page_steps.ts";
import { dump } from "./canary.ts";
import { settled } from "./people.ts";
import { signIn } from "./scene.ts";
import { article, BEGIN_MS, say } from "./sealed_talk.ts";

const TITLE = `Leaves of ${crypto.randomUUID()}`;

Deno.test("a link in an encrypted message has a preview where its sender chose so, and no server keeps it", async (t) => {
  await using web = startPageServer({
    "/leaves": () => html(`<meta property="og:title" content="${TITLE}">`),
    "/roots": () => html(`<meta property="og:title" content="Roots">`),
  });
  await using federation = await startServers(2, {
    settings: { "previews.enabled": "true", "previews.test_origins": web.origin },
  });
  const [one, two] = federation.servers as [FederatedServer, FederatedServer];
  const [ann, bob] = [await one.register("ann"), await two.register("bob")];
  const roomId = await converse(ann, bob);
  const browser = await launchBrowser();
  await using desk = await openPerson(browser);
  await using phone = await openPerson(browser, { phone: true });
  const [atDesk, atPhone] = [desk.page, phone.page];
  const step = pageSteps(t, browser);
  const open = async () => {
    await atDesk.goto(one.url + dmPath(roomId));
    await settled(atDesk);
  };
  const leaves = `${web.origin}/leaves`;
  /** What the reader's browser asks for from now on. */
  const asked: string[] = [];

  await step("two people of two servers talk encrypted", async () => {
    await signIn(desk.context, one.url, "ann");
    await signIn(phone.context, two.url, "bob");
    await atPhone.goto(two.url + dmPath(roomId));
    await soon("a device of bob's", async () => (await devicesSeenBy(ann, bob.id)).length > 0);
    await open();
    await atDesk.locator(".main-head").getByRole("button", { name: "Not encrypted" }).click();
    await atDesk.getByRole("button", { name: "Encrypt from here on" }).click();
    for (const page of [atDesk, atPhone]) {
      await page.locator(".main-head .tag.accent").waitFor({ timeout: BEGIN_MS });
    }
    await atDesk.locator("dialog[open]").waitFor({ state: "detached" });
    await settled(atPhone);
  });

  await step("whoever chose nothing tells no server of a link", async () => {
    await say(atDesk, `Before it: ${leaves}`);
    await article(atPhone, "Before it").waitFor({ timeout: BEGIN_MS });
    await say(atPhone, `Back: ${web.origin}/roots`);
    await article(atDesk, "Back").waitFor();
    assert.deepEqual(web.asked, []);
    assert.equal(await atDesk.locator(".preview").count(), 0);
  });

  await step("it is switched on where it says what the server learns by it", async () => {
    await atDesk.goto(`${one.url}/settings/privacy`);
    await settled(atDesk);
    const box = atDesk.getByLabel("Send links with a preview");
    assert.equal(await box.isChecked(), false);
    await atDesk.getByText("your server is told the links in it and asks the pages").waitFor();
    await box.check();
    await atDesk.getByRole("button", { name: "Save" }).click();
    await atDesk.getByText("Saved.", { exact: true }).waitFor();
    await open();
  });

  await step(
    "the sender's server asks the page once; the reader's browser asks nobody",
    async () => {
      await article(atPhone, "Before it").waitFor();
      atPhone.on("request", (request) => asked.push(request.url()));
      await say(atDesk, `Now: ${leaves}`);
      for (const page of [atDesk, atPhone]) {
        const preview = article(page, "Now:").locator(".preview");
        await preview.getByRole("link", { name: TITLE }).waitFor({ timeout: BEGIN_MS });
        assert.equal(await preview.locator(".preview-site").innerText(), new URL(leaves).host);
        assert.equal(await preview.locator("img").count(), 0);
      }
      assert.deepEqual(web.asked.map(({ path }) => path), ["/leaves"]);
      assert.deepEqual(
        asked.filter((url) => url.startsWith(web.origin) || /previews/.test(url)),
        [],
      );
    },
  );

  await step("it is there after a reload, and goes by its author's word", async () => {
    await atPhone.reload();
    await settled(atPhone);
    await article(atPhone, "Now:").locator(".preview", { hasText: TITLE }).waitFor();
    await article(atDesk, "Now:").hover();
    await article(atDesk, "Now:").getByRole("button", { name: "More" }).click();
    await atDesk.getByRole("menuitem", { name: "Remove link previews" }).click();
    for (const page of [atDesk, atPhone]) {
      await article(page, "Now:").locator(".preview").waitFor({ state: "detached" });
    }
    assert.equal(web.asked.length, 1);
  });

  await step("neither server has a word of it", async () => {
    for (const server of [one, two]) {
      const rows = await dump(server.databaseUrl);
      assert.deepEqual(found(rows, [TITLE, leaves, roomId]), [roomId]);
    }
  });
  assert.deepEqual([...desk.faults, ...phone.faults], []);
  await browser.close();
});
