import assert from "node:assert/strict";
import { Secret, TOTP } from "otpauth";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { startRunningServer } from "../harness/running_server.ts";
import { plugInAuthenticator } from "../harness/virtual_authenticator.ts";
import { waitFor } from "../harness/wait_for.ts";
import { createGuild, fillRegistration, PASSWORD, say, settled } from "./people.ts";

Deno.test("a stranger starts a server, founds a guild, invites a friend, and the two chat", async (t) => {
  await using server = await startRunningServer();
  const browser = await launchBrowser();
  await using ann = await openPerson(browser);
  await using bob = await openPerson(browser, { phone: true, dark: true });
  let inviteUrl = "";

  await t.step("the one-time link makes the first administrator", async () => {
    await ann.page.goto(server.setupLink);
    await fillRegistration(ann.page, "ann", "Ann");
    await ann.page.waitForURL(/\/home$/);
    await settled(ann.page);
  });

  await t.step("a guild starts with a channel to write in", async () => {
    await createGuild(ann.page, "Riverside Garden Club");
    await ann.page.getByRole("heading", { name: "general", exact: true }).waitFor();
    await say(ann.page, "Hello **world**");
    await ann.page.locator("article strong", { hasText: "world" }).waitFor();
  });

  await t.step("an invite link is one press away, and warns that it is local", async () => {
    await ann.page.getByRole("button", { name: "Invite people" }).click();
    await ann.page.getByText("names localhost").waitFor();
    const field = ann.page.getByLabel("Invite link");
    const link = await waitFor("the link", async () => {
      const value = await field.inputValue();
      return value.includes("/invite/") ? value : undefined;
    });
    inviteUrl = server.base + new URL(link).pathname;
    await ann.page.keyboard.press("Escape");
  });

  await t.step(
    "the friend sees the guild before an account, and is in within three steps",
    async () => {
      await bob.page.goto(inviteUrl);
      await bob.page.getByRole("heading", { name: "Riverside Garden Club" }).waitFor();
      await bob.page.getByText("1 member").waitFor();
      await bob.page.getByRole("link", { name: "Create an account and join" }).click();
      await fillRegistration(bob.page, "bob", "Bob");
      await bob.page.waitForURL(/\/g\//);
      await bob.page.locator("article strong", { hasText: "world" }).waitFor();
    },
  );

  await t.step("both see at once what the other writes", async () => {
    await settled(bob.page);
    await bob.page.locator("textarea[name=body]").fill("Hi <@ann:localhost>!");
    await bob.page.getByRole("button", { name: "Send" }).click();
    await ann.page.locator("article", { hasText: "Hi @Ann!" }).waitFor();
    await say(ann.page, "Welcome!");
    await bob.page.locator("article", { hasText: "Welcome!" }).waitFor();
  });

  await t.step("a thread under a message stays out of the channel", async () => {
    await ann.page.locator("article", { hasText: "Hi @Ann!" }).hover();
    await ann.page.getByRole("button", { name: "Begin a thread" }).click();
    const panel = ann.page.getByRole("complementary", { name: "Thread: Hi @Ann!" });
    await panel.getByRole("textbox").fill("How did you find us?");
    await panel.getByRole("textbox").press("Enter");
    await panel.locator("article", { hasText: "How did you find us?" }).waitFor();
    const onPhone = bob.page.locator(".thread-panel");
    await bob.page.locator("article").getByRole("link", { name: "1 reply" }).tap();
    await onPhone.locator("article", { hasText: "How did you find us?" }).waitFor();
    await onPhone.getByRole("textbox").fill("By the river");
    await onPhone.getByRole("button", { name: "Send" }).tap();
    await panel.locator("article", { hasText: "By the river" }).waitFor();
    await bob.page.goBack();
    await bob.page.locator(".main article", { hasText: "Welcome!" }).waitFor();
    await ann.page.locator(".main").getByRole("link", { name: "2 replies" }).waitFor();
    assert.equal(await ann.page.locator(".main article", { hasText: "By the river" }).count(), 0);
    await panel.getByRole("textbox").press("Escape");
    await panel.waitFor({ state: "hidden" });
    await ann.page.locator(".side").getByRole("link", { name: "Hi @Ann!" }).waitFor();
  });

  await t.step("a reload shows the same", async () => {
    await ann.page.reload();
    await ann.page.locator("article", { hasText: "Welcome!" }).waitFor();
    assert.equal(await ann.page.locator("article.pending").count(), 0);
  });

  await t.step("log out and in again leads back", async () => {
    await settled(ann.page);
    await ann.page.getByRole("button", { name: "Status and settings" }).click();
    await ann.page.getByRole("menuitem", { name: "Log out" }).click();
    await ann.page.waitForURL(/\/login/);
    await ann.page.getByLabel("User name").fill("ann");
    await ann.page.getByLabel("Password").fill(PASSWORD);
    await ann.page.getByRole("button", { name: "Log in", exact: true }).click();
    await ann.page.locator("article", { hasText: "Welcome!" }).waitFor();
  });

  await t.step(
    "an app guards the account, and a recovery code opens it without scripts",
    async () => {
      const { page } = ann;
      await page.goto(`${server.base}/settings/second-factor`);
      await page.getByLabel("Current password").fill(PASSWORD);
      await page.getByRole("button", { name: "Set up an app" }).click();
      await page.getByRole("img", { name: "QR code" }).waitFor();
      await page.getByLabel("Code", { exact: true }).fill("12345");
      await page.getByRole("button", { name: "Turn on" }).click();
      await page.getByText("This code is wrong").waitFor();
      const secret = await page.locator(".code-text").textContent() ?? "";
      const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate();
      await page.getByLabel("Code", { exact: true }).fill(code);
      await page.getByRole("button", { name: "Turn on" }).click();
      await page.getByRole("heading", { name: "Your recovery codes" }).waitFor();
      const codes = await page.locator(".code-list li").allTextContents();
      assert.equal(codes.length, 10);

      await using other = await openPerson(browser, { scripts: false });
      await other.page.goto(`${server.base}/login?next=/settings/second-factor`);
      await other.page.getByLabel("User name").fill("ann");
      await other.page.getByLabel("Password").fill(PASSWORD);
      await other.page.getByRole("button", { name: "Log in" }).click();
      await other.page.getByLabel("Code", { exact: true }).fill(code);
      await other.page.getByRole("button", { name: "Log in" }).click();
      await other.page.getByText("was used already").waitFor();
      await other.page.getByLabel("Code", { exact: true }).fill(codes[0] ?? "");
      await other.page.getByRole("button", { name: "Log in" }).click();
      await other.page.waitForURL((url) => !url.pathname.startsWith("/login"));
      await other.page.goto(`${server.base}/settings/second-factor`);
      await other.page.getByText("9 recovery codes are left.").waitFor();
    },
  );

  await t.step("a passkey takes the second step, and then opens the account alone", async () => {
    const { page } = ann;
    const key = await plugInAuthenticator(page);
    await page.goto(`${server.base}/settings/passkeys`);
    await settled(page);
    await page.getByLabel("Name").fill("Key ring");
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await page.getByText("Never used").waitFor();

    await ann.context.clearCookies();
    await key.touched(false);
    await page.goto(`${server.base}/login`);
    await page.getByLabel("User name").fill("ann");
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Log in", exact: true }).click();
    await page.getByRole("heading", { name: "Two-step login" }).waitFor();
    await settled(page);
    await key.touched(true);
    await page.getByRole("button", { name: "Use a passkey" }).click();
    await page.waitForURL((url) => !url.pathname.startsWith("/login"));

    // The browser offers it among the names it fills in: with this authenticator, at once.
    await ann.context.clearCookies();
    await page.goto(`${server.base}/login?next=/settings/passkeys`);
    await page.waitForURL((url) => !url.pathname.startsWith("/login"));
    await page.goto(`${server.base}/settings/passkeys`);
    await page.getByText(/^Last used/).waitFor();
  });

  assert.deepEqual([...ann.faults, ...bob.faults], []);
  await browser.close();
});
