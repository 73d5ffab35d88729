import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import { connect } from "../../server/postgres/connect.ts";
import { silentLog } from "../../server/system/log.ts";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { startProcessServer } from "../harness/process_server.ts";
import { plugInAuthenticator } from "../harness/virtual_authenticator.ts";
import { PASSWORD, settled } from "./people.ts";
import { makeScene, signIn } from "./scene.ts";
import { PASSWORD as SCENE_PASSWORD } from "../harness/homeserver.ts";
import { png } from "../harness/pictures.ts";

Deno.test("those who run the server, and people with their own account", async (t) => {
  await using server = await startProcessServer();
  const scene = await makeScene(server);
  const browser = await launchBrowser();
  await using ann = await openPerson(browser);
  await using bob = await openPerson(browser);
  await signIn(ann.context, server.url, "ann");
  await signIn(bob.context, server.url, "bob");
  const { page } = ann;
  const open = (path: string) => page.goto(server.url + path);

  await t.step("the overview leads everywhere, and the checks have run", async () => {
    await recordHours(server.databaseUrl, []);
    await open("/admin");
    await page.locator(".tile", { hasText: "Accounts" }).getByText("3", { exact: true }).waitFor();
    await page.getByText("Nothing was recorded in this span yet").waitFor();
    await page.getByRole("link", { name: "Week" }).click();
    await page.locator("a[aria-current=true]", { hasText: "Week" }).waitFor();
    await recordHours(server.databaseUrl, [3, 41, 7]);
    await page.reload();
    const chart = page.getByRole("img", { name: "sent: from 3 to 41." });
    await chart.scrollIntoViewIfNeeded();
    await chart.locator("canvas").waitFor();
    await chart.locator(".u-over").hover();
    await chart.locator(".u-legend").getByText(/^(3|41|7)$/).waitFor();
    await page.getByRole("link", { name: "Health" }).click();
    await page.locator(".finding", { hasText: "database" }).first().waitFor();
    await page.getByRole("button", { name: "Check again" }).click();
    await page.getByText("checked now").waitFor();
  });

  await t.step("accounts are found, suspended with a reason, and the log says so", async () => {
    await page.getByRole("link", { name: "Accounts" }).click();
    await page.getByLabel("Show", { exact: true }).selectOption("active");
    await page.getByLabel("Order").selectOption("name");
    await page.getByRole("search").getByRole("button").click();
    await page.getByText("3 accounts").waitFor();
    await page.getByRole("link", { name: /bob/ }).click();
    await page.getByRole("link", { name: "Riverside Garden Club" }).waitFor();
    const suspend = page.locator("form", {
      has: page.getByRole("button", { name: "Suspend" }),
    });
    await suspend.getByRole("textbox").fill("too many weeds");
    await suspend.getByRole("button").click();
    await confirmed(page);
    await page.getByText("“too many weeds”").waitFor();
    await page.getByRole("link", { name: "What administrators did with this account" }).click();
    await page.getByText("Account suspended").waitFor();
    await open(`/admin/users/${encodeURIComponent(scene.bob.id)}`);
    await page.getByRole("button", { name: "Lift suspension" }).click();
    await confirmed(page);
  });

  await t.step("a link to a new password is shown once, and stands in no address", async () => {
    await page.getByRole("button", { name: "Make a password link" }).click();
    await page.getByText(/\/reset\/[\w-]{20}/).waitFor();
    assert.doesNotMatch(page.url(), /reset/);
    await open(`/admin/users/${encodeURIComponent(scene.bob.id)}`);
    assert.equal(await page.getByText("/reset/").count(), 0);
  });

  await t.step("an account is not ended before its name was typed", async () => {
    await page.getByLabel("Type bob to be sure").fill("bib");
    await page.getByRole("button", { name: "End the account for ever" }).click();
    await page.getByRole("alert").getByText("Type “bob” exactly").waitFor();
  });

  await t.step("a guild: its figures, and an end only with its name", async () => {
    await page.getByRole("navigation").getByRole("link", { name: "Guilds" }).click();
    await page.getByLabel("Name or id").fill("GARDEN");
    await page.getByRole("search").getByRole("button").click();
    await page.getByRole("link", { name: "Riverside Garden Club" }).click();
    await page.locator(".tile", { hasText: "Members" }).getByText("2 of this server").waitFor();
    await page.getByLabel("Type Riverside Garden Club to be sure").fill("Riverside");
    await page.getByRole("button", { name: "End the guild for ever" }).click();
    await page.getByRole("alert").waitFor();
  });

  await t.step("files are counted before anything is deleted", async () => {
    await page.getByRole("navigation").getByRole("link", { name: "Files" }).click();
    await page.getByRole("link", { name: "Riverside Garden Club" }).waitFor();
    await page.getByRole("button", { name: "Count: Uploads that nothing uses" }).click();
    await confirmed(page);
    await page.getByText("0 files would be deleted").waitFor();
  });

  await t.step("a notice is set beside the configuration, and everybody reads it", async () => {
    await page.getByRole("link", { name: "Configuration" }).click();
    await page.getByText("set, and not shown").waitFor();
    await page.getByLabel("Notice", { exact: true }).fill("Back at <b>eight</b>.");
    await page.getByLabel("Name on the pages").fill("The Greenhouse");
    await page.getByRole("button", { name: "Save" }).click();
    await confirmed(page);
    await page.getByText("Saved.", { exact: true }).waitFor();
    await bob.page.goto(`${server.url}/settings/privacy`);
    await bob.page.getByText("Back at <b>eight</b>.").waitFor();
    assert.match(await bob.page.title(), /The Greenhouse$/);
    await bob.page.goto(`${server.url}/admin`);
    await bob.page.getByRole("heading", { level: 1 }).waitFor();
    assert.equal(await bob.page.getByText("Configuration").count(), 0);
  });

  await t.step("privacy is kept without scripts, and the server holds to it", async () => {
    await using plain = await openPerson(browser, { scripts: false, phone: true });
    await signIn(plain.context, server.url, "bob");
    await plain.page.goto(`${server.url}/settings/privacy`);
    await plain.page.getByRole("group", { name: "Who may begin a conversation with you" })
      .getByLabel("Nobody")
      .check();
    await plain.page.getByLabel("Whether I am there").uncheck();
    await plain.page.getByRole("button", { name: "Save" }).click();
    await plain.page.getByText("Saved.", { exact: true }).waitFor();
    await plain.page.goto(`${server.url}/settings/data`);
    await plain.page.getByText("Nobody", { exact: true }).waitFor();
    const preferences = await scene.bob.do("GET", "/account/preferences");
    assert.deepEqual([preferences.dms_from, preferences.share_presence], ["nobody", false]);
  });

  await t.step("a passkey shows who its owner is; administrators take a lost one off", async () => {
    await using lost = await openPerson(browser);
    await plugInAuthenticator(lost.page);
    for (const asked of [false, true]) {
      await lost.context.clearCookies();
      await signIn(lost.context, server.url, "bob");
      if (asked) await endConfirmation(server.databaseUrl, scene.bob.id);
      await lost.page.goto(`${server.url}/settings/passkeys`);
      await settled(lost.page);
      await lost.page.getByLabel("Name", { exact: true }).first().fill("Old phone");
      await lost.page.getByRole("button", { name: "Add a passkey" }).click();
      if (!asked) await lost.page.getByText("Never used").waitFor();
    }
    await lost.page.getByRole("button", { name: "Use a passkey" }).click();
    await lost.page.getByText("Thank you.").waitFor();
    await open(`/admin/users/${encodeURIComponent(scene.bob.id)}`);
    await page.locator(".tile", { hasText: "Two-step login" }).getByText("1 passkey").waitFor();
    await page.getByRole("button", { name: "Take app, recovery codes and passkeys off" }).click();
    await confirmed(page);
    await page.locator(".tile", { hasText: "Two-step login" }).getByText("no passkeys").waitFor();
    assert.deepEqual(lost.faults, []);
  });

  await t.step("a profile is seen before it is saved; a picture becomes a square", async () => {
    await bob.page.goto(`${server.url}/settings/profile`);
    const card = bob.page.getByRole("complementary", { name: "How others see you" });
    await bob.page.locator("html[data-ready=true]").waitFor({ state: "attached" });
    await bob.page.getByLabel("Display name").fill("Bob the Gardener");
    await card.getByText("Bob the Gardener").waitFor();
    await bob.page.getByLabel("Picture").setInputFiles({
      name: "wide.png",
      mimeType: "image/png",
      buffer: Buffer.from(png(240, 120)),
    });
    await card.locator("img[src^='blob:']").waitFor();
    await bob.page.getByRole("slider", { name: "Zoom" }).fill("2");
    await bob.page.getByRole("button", { name: "Save" }).click();
    await bob.page.getByText("Saved.", { exact: true }).waitFor();
    await card.locator("img[src*='/client/v1/media/']").waitFor();
    const { user } = await scene.bob.do("GET", "/account");
    assert.equal(user.display_name, "Bob the Gardener");
    const path = user.avatar.replace("mxc://", "/client/v1/media/");
    const size = await bob.page.evaluate(async (url) => {
      const picture = await createImageBitmap(await (await fetch(url)).blob());
      return [picture.width, picture.height];
    }, path);
    assert.equal(size[0], size[1], "what is sent is a square");
  });

  await t.step("a password is rated while it is typed, as the server will judge it", async () => {
    await bob.page.goto(`${server.url}/settings/password`);
    await bob.page.locator("html[data-ready=true]").waitFor({ state: "attached" });
    const field = bob.page.getByLabel("New password");
    await field.pressSequentially("password1");
    await bob.page.getByText("Too easily guessed").waitFor();
    await field.fill(PASSWORD);
    await bob.page.getByText("Very good").waitFor();
  });

  await t.step("a mention notifies whoever looks elsewhere, once allowed and chosen", async () => {
    await ann.context.grantPermissions(["notifications"]);
    await open("/settings/notifications");
    await page.getByText("The browser lets this server notify you.").waitFor();
    await page.getByLabel("Show a notification").check();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved.", { exact: true }).waitFor();
    await page.addInitScript(watchNotifications);
    // What comes while the page still asks what was chosen is told of once it knows.
    const known = Promise.withResolvers<void>();
    await page.route("**/account/preferences", async (route) => {
      await known.promise;
      await route.continue();
    });
    const asked = page.waitForRequest("**/account/preferences");
    const socket = page.waitForEvent("websocket");
    await open("/home");
    const heard = (await socket).waitForEvent(
      "framereceived",
      ({ payload }) => `${payload}`.includes("Look, "),
    );
    await asked;
    await settled(page);
    await scene.bob.do("POST", `/rooms/${encodeURIComponent(scene.roomId)}/send`, {
      channel_id: scene.general,
      body: "nothing for anybody",
    });
    await scene.bob.do("POST", `/rooms/${encodeURIComponent(scene.roomId)}/send`, {
      channel_id: scene.general,
      body: `Look, <${scene.ann.id}>!`,
    });
    await heard;
    known.resolve();
    await page.waitForFunction(() => document.documentElement.dataset["notified"] !== undefined);
    const said = await page.evaluate(() => document.documentElement.dataset["notified"]);
    assert.match(said ?? "", /^Bob the Gardener in #general, Riverside Garden Club: Look, @Ann!$/);
  });

  assert.deepEqual([...ann.faults, ...bob.faults], []);
  await browser.close();
});

/** In the page: it is looked away from, and notifications are written down instead of shown. */
function watchNotifications() {
  document.hasFocus = () => false;
  class Told {
    static readonly permission = "granted";
    onclick: (() => void) | null = null;
    constructor(title: string, options: { readonly body: string }) {
      const { dataset } = document.documentElement;
      dataset["notified"] = [dataset["notified"], `${title}: ${options.body}`].filter(Boolean)
        .join("\n");
    }
    close() {}
  }
  Object.assign(globalThis, { Notification: Told });
}

/**
 * Hours before now with so many messages each, the last of them an hour ago, and no others: an hour
 * may have ended since the server started.
 */
async function recordHours(databaseUrl: string, messages: readonly number[]) {
  const sql = connect({ url: databaseUrl, poolSize: 1, log: silentLog });
  const hourMs = 3_600_000;
  const now = Math.floor(Date.now() / hourMs) * hourMs;
  await sql`delete from hourly_figures`;
  for (const [at, count] of messages.entries()) {
    await sql`
      insert into hourly_figures (ts, messages, requests, failures, sockets, memory_bytes,
        waiting, commits, commit_sum_ms, commit_max_ms, accounts, active, database_bytes,
        media_bytes)
      values (${now - (messages.length - at) * hourMs}, ${count}, 1, 0, 1, 1, 0, 0, 0, 0, 3, 3,
        1, 1)`;
  }
  await sql.end();
}

/** Lets the last proof of who somebody is be too old, in sessions that the server has not seen. */
async function endConfirmation(databaseUrl: string, userId: string) {
  const sql = connect({ url: databaseUrl, poolSize: 1, log: silentLog });
  await sql`update sessions set confirmed_until = 0 where user_id = ${userId}`;
  await sql.end();
}

/** Enters the password where the page asks for it. */
async function confirmed(page: Page) {
  const password = page.locator("input[name=confirm_password]");
  const done = page.getByText("Saved.", { exact: true }).or(page.getByText("would be deleted"))
    .or(page.getByText("were deleted"));
  await password.or(done).first().waitFor();
  if (!await password.isVisible()) return;
  await password.fill(SCENE_PASSWORD);
  await page.getByRole("button", { name: "Go on" }).click();
  await done.first().waitFor();
}
