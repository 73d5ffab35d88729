import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { freePort } from "../../scripts/lib/free_port.ts";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { CLIENT, startOidcProvider } from "../harness/oidc_provider.ts";
import { startRunningServer } from "../harness/running_server.ts";
import { waitFor } from "../harness/wait_for.ts";
import { createGuild, fillRegistration, PASSWORD, say, settled } from "./people.ts";

Deno.test("without scripts: accept an invite, read, send, change settings, log in", async (t) => {
  const providerPort = freePort();
  await using server = await startRunningServer({
    env: {
      OPENGUILD_OIDC_PROVIDERS: `club=http://localhost:${providerPort}`,
      OPENGUILD_OIDC_CLIENTS: `club=${CLIENT.clientId}`,
      OPENGUILD_OIDC_CLIENT_SECRETS: `club=${CLIENT.clientSecret}`,
      OPENGUILD_OIDC_LABELS: "club=The Office",
      OPENGUILD_OIDC_PRIVATE: "club",
    },
  });
  await using _ = await startOidcProvider(`${server.base}/oidc/club/callback`, providerPort);
  const browser = await launchBrowser();
  await using ann = await openPerson(browser);
  await using bob = await openPerson(browser, { scripts: false, phone: true });
  const { page } = bob;

  await ann.page.goto(server.setupLink);
  await fillRegistration(ann.page, "ann", "Ann");
  await settled(ann.page);
  await createGuild(ann.page, "Night Readers");
  await say(ann.page, "Chapter **one** tonight");
  await ann.page.locator("article:not(.pending) strong", { hasText: "one" }).waitFor();
  const guildPath = new URL(ann.page.url()).pathname.split("/").slice(0, 3).join("/");
  await ann.page.goto(`${server.base}${guildPath}/settings/invites`);
  await ann.page.getByRole("button", { name: "New link" }).click();
  const link = await ann.page.locator(".row-card .mono").textContent();

  await t.step("an invite makes an account and leads into the channel", async () => {
    await page.goto(server.base + new URL(link ?? "").pathname);
    await page.getByRole("link", { name: "Create an account and join" }).click();
    await fillRegistration(page, "bob", "Bob");
    await page.locator("article strong", { hasText: "one" }).waitFor();
  });

  await t.step("a poll can be read", async () => {
    const [, , room, channel_id] = new URL(page.url()).pathname.split("/");
    const poll = { channel_id, question: "Who brings cake?", options: ["Ann", "Bob"] };
    const status = await ann.page.evaluate(
      async ({ path, poll }) => {
        const headers = { "content-type": "application/json" };
        const body = JSON.stringify(poll);
        return (await fetch(path, { method: "POST", headers, body })).status;
      },
      { path: `/client/v1/rooms/${encodeURIComponent(`!${room}`)}/polls`, poll },
    );
    assert.equal(status, 200);
    await page.reload();
    assert.deepEqual((await page.locator(".poll").innerText()).split(/\s*\n\s*/), [
      "Who brings cake?",
      "Ann",
      "0",
      "Bob",
      "0",
      "No votes yet",
    ]);
  });

  await t.step("the newest message is in view and a plain form sends", async () => {
    const message = page.locator("article", { hasText: "Chapter one tonight" });
    assert.ok(await message.isVisible());
    await page.locator("textarea[name=body]").fill("I will be there, @ann");
    await page.getByRole("button", { name: "Send" }).click();
    await page.locator("article", { hasText: "I will be there, @Ann" }).waitFor();
  });

  await t.step("the search is a page with a plain form", async () => {
    const channel = page.url();
    await page.getByRole("button", { name: "Search messages" }).click();
    await page.getByLabel("Words to look for").fill("chapt from:ann");
    const mark = page.locator("mark", { hasText: "Chapter" });
    // The index follows the log a moment later.
    await waitFor("the message to be found", async () => {
      await page.getByRole("button", { name: "Search", exact: true }).click();
      return await mark.count() === 1;
    });
    await mark.click();
    await page.locator("article", { hasText: "Chapter one tonight" }).waitFor();
    assert.ok(page.url().startsWith(channel));
    await page.goto(channel);
  });

  await t.step("profile and theme are plain forms", async () => {
    await page.goto(`${server.base}/settings/profile`);
    const status = page.getByLabel("Status", { exact: true });
    await status.fill("reading");
    await page.getByLabel("Clear the status").selectOption({ label: "In 4 hours" });
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved.").waitFor();
    assert.equal(await status.inputValue(), "reading");
    const kept = page.getByLabel("Clear the status").locator("option:checked");
    assert.match(await kept.innerText(), /^in [34] hours$/);
    await page.goto(`${server.base}/settings/appearance`);
    await page.getByLabel("Dark", { exact: true }).check({ force: true });
    await page.getByLabel("Compact").check();
    await page.getByLabel("Use it on this device").check();
    await page.getByLabel("CSS", { exact: true }).fill(
      ".settings-title { outline: 3px solid red; }",
    );
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved.").waitFor();
    assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
    assert.equal(await page.locator("html").getAttribute("data-density"), "compact");
    const outline = () =>
      page.evaluate("getComputedStyle(document.querySelector('.settings-title')).outlineStyle");
    assert.equal(await outline(), "solid");
    await page.goto(`${server.base}/settings/appearance?safe`);
    assert.equal(await outline(), "none");
    assert.ok(await page.getByLabel("Use it on this device").isChecked());
  });

  await t.step("an invite into one's own guild says so, and leads there", async () => {
    await page.goto(server.base + new URL(link ?? "").pathname);
    await page.getByText("You are a member already.").waitFor();
    assert.equal(await page.getByRole("button", { name: /^Join/ }).count(), 0);
    await page.getByRole("link", { name: /^Open / }).click();
    await page.locator("article").first().waitFor();
  });

  await t.step("a wrong password is refused with a reason, the right one leads back", async () => {
    await page.goto(`${server.base}/settings/account`);
    await page.getByRole("button", { name: "Log out" }).click();
    await page.getByLabel("User name").fill("bob");
    await page.getByLabel("Password").fill("not the password");
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByRole("alert").waitFor();
    assert.equal(await page.getByLabel("User name").inputValue(), "bob");
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Log in" }).click();
    await page.locator("article", { hasText: "I will be there" }).waitFor();
  });

  await t.step(
    "another service's login is linked in the settings, and opens the account",
    async () => {
      await page.goto(`${server.base}/settings/logins`);
      await page.getByRole("button", { name: "Link The Office" }).click();
      await page.getByRole("link", { name: "Go on" }).click();
      await passProvider(page, "robert");
      await page.getByRole("button", { name: "Link The Office" }).click();
      await page.getByText("robert of the office").waitFor();
      await bob.context.clearCookies();
      await page.goto(`${server.base}/login?next=/settings/logins`);
      await page.getByRole("link", { name: "Log in with The Office" }).click();
      await passProvider(page, "robert");
      await page.waitForURL((url) => url.origin === server.base && !/^\/oidc/.test(url.pathname));
      await page.goto(`${server.base}/settings/logins`);
      await page.getByText(/Last used/).waitFor();
    },
  );

  await t.step(
    "who is new there makes an account with an invitation, without a password",
    async () => {
      await using eve = await openPerson(browser, { scripts: false });
      await eve.page.goto(
        `${server.base}/register?invite=${new URL(link ?? "").pathname.slice(8)}`,
      );
      await eve.page.getByRole("link", { name: "Log in with The Office" }).click();
      await passProvider(eve.page, "eve");
      assert.equal(await eve.page.getByLabel("User name").inputValue(), "eve");
      await eve.page.locator("main form button[type=submit]").click();
      await eve.page.locator("article strong", { hasText: "one" }).waitFor();
      await eve.page.goto(`${server.base}/settings/logins`);
      await eve.page.getByRole("button", { name: "Unlink The Office" }).click();
      await eve.page.getByText("Nothing else opens this account").waitFor();
    },
  );

  await t.step("what is not there says so", async () => {
    const answer = await page.goto(`${server.base}/g/nowhere/nothing`);
    assert.equal(answer?.status(), 404);
    await page.getByRole("heading", { name: "Nothing here" }).waitFor();
  });

  assert.deepEqual(bob.faults, []);
  await browser.close();
});

/** Signs in at the provider's own pages, and lets it say who that was. */
async function passProvider(page: Page, login: string): Promise<void> {
  await page.locator("input[name=login]").fill(login);
  await page.locator("input[name=password]").fill("any");
  await page.getByRole("button", { name: "Sign-in" }).click();
  await page.getByRole("button", { name: "Continue" }).click();
}
