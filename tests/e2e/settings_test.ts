import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { startRunningServer } from "../harness/running_server.ts";
import { fillRegistration, foundGuild, PASSWORD, settled } from "./people.ts";

Deno.test("settings: roles, channel permissions, members, registration", async (t) => {
  await using server = await startRunningServer();
  const browser = await launchBrowser();
  await using ann = await openPerson(browser);
  await using bob = await openPerson(browser);
  const { page } = ann;
  await foundGuild(page, server.setupLink, "Workshop");
  const channel = new URL(page.url()).pathname;
  const guild = channel.split("/").slice(0, 3).join("/");
  const settings = `${server.base}${guild}/settings`;
  await page.goto(`${settings}/welcome`);
  await settled(page);
  await page.getByLabel("A word of welcome").fill("Mind the saws.");
  await page.getByText("Welcome to Workshop").waitFor();
  await page.getByRole("button", { name: "Save" }).click();
  await page.waitForURL(/saved=1/);
  await page.goto(`${settings}/invites`);
  await page.getByRole("button", { name: "New link" }).click();
  const link = await page.locator(".row-card .mono").textContent();
  await bob.page.goto(server.base + new URL(link ?? "").pathname);
  await bob.page.getByRole("link", { name: "Create an account and join" }).click();
  await fillRegistration(bob.page, "bob", "Bob");
  await settled(bob.page);

  await t.step("who has just come is welcomed once", async () => {
    await bob.page.locator("dialog").getByText("Mind the saws.").waitFor();
    await bob.page.getByRole("button", { name: "Let's go" }).click();
    await bob.page.locator("dialog").waitFor({ state: "detached" });
    await bob.page.getByRole("button", { name: "Menu of Workshop" }).click();
    await bob.page.getByRole("menuitem", { name: "Welcome" }).click();
    await bob.page.locator("dialog").getByText("Mind the saws.").waitFor();
    await bob.page.keyboard.press("Escape");
  });

  await t.step("a role with a color and a right reaches its member at once", async () => {
    await page.goto(`${settings}/roles`);
    await page.getByLabel("Name of a new role").fill("Stewards");
    await page.getByRole("button", { name: "Create role" }).click();
    await page.getByRole("heading", { name: "Stewards" }).waitFor();
    await settled(page);
    await page.getByLabel("Colored names").check();
    await page.getByLabel("Show separately").check();
    await page.getByLabel("Manage channels").check();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved.").waitFor();
    assert.ok(await page.getByLabel("Manage channels").isChecked());
    await page.goto(`${settings}/members`);
    await page.getByRole("link", { name: "Bob" }).click();
    await settled(page);
    await page.getByLabel("Stewards").check();
    await page.getByRole("region", { name: "unsaved" }).getByRole("button", { name: "Save" })
      .click();
    await page.getByText("Saved.").waitFor();
    await bob.page.getByRole("heading", { name: "Stewards" }).waitFor();
    await page.goto(`${settings}/roles`);
    await page.locator(".row-card", { hasText: "Stewards" }).getByText("1 member").waitFor();
    await bob.page.getByRole("link", { name: "Settings of general" }).waitFor({
      state: "attached",
    });
  });

  await t.step("a channel hidden from everyone leaves the list of those who lost it", async () => {
    await page.goto(`${settings}/channels`);
    await page.getByLabel("Name").fill("back room");
    await page.getByRole("button", { name: "Create a channel" }).click();
    await bob.page.getByRole("link", { name: "back room", exact: true }).waitFor();
    await page.getByRole("link", { name: "back room" }).click();
    await page.getByRole("link", { name: "Permissions here" }).click();
    await settled(page);
    await page.getByLabel("View channel: Deny").check({ force: true });
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved.").waitFor();
    await bob.page.getByRole("link", { name: "back room", exact: true }).waitFor({
      state: "detached",
    });
  });

  await t.step("the audit log names who did what", async () => {
    await page.goto(`${settings}/audit`);
    await page.getByText("@Stewards").first().waitFor();
    await page.getByText("#back room").first().waitFor();
  });

  await t.step("what was typed into a form that is refused stands there again", async () => {
    await page.goto(`${settings}/me`);
    await settled(page);
    await page.getByLabel("Nickname").fill("Ann of the planes");
    await page.locator("input[type=file]").setInputFiles({
      name: "face.png",
      mimeType: "image/png",
      buffer: Buffer.from("no picture at all"),
    });
    const unsaved = page.getByRole("region", { name: "unsaved" });
    await unsaved.getByRole("button", { name: "Save" }).click();
    await page.getByRole("alert").waitFor();
    await unsaved.waitFor();
    assert.equal(await page.getByLabel("Nickname").inputValue(), "Ann of the planes");
    await unsaved.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved.").waitFor();
    assert.equal(await page.getByLabel("Nickname").inputValue(), "Ann of the planes");
    await page.getByLabel("Nickname").fill("");
    await unsaved.getByRole("button", { name: "Save" }).click();
    await page.getByText("Ann of the planes").waitFor({ state: "detached" });
  });

  await t.step("a mistyped name ends no account, and what goes with it stays chosen", async () => {
    await page.goto(`${server.base}/settings/account`);
    await settled(page);
    const erase = page.getByLabel("Erase everything I have sent, too");
    await erase.check();
    await page.locator("input[name=user_name]").fill("somebody");
    await page.getByRole("button", { name: "End the account for ever" }).click();
    await page.getByRole("alert").filter({ hasText: "exactly" }).waitFor();
    assert.ok(await erase.isChecked());
  });

  await t.step("quiet hours hold on every page at once, and the menu ends them", async () => {
    const { page } = bob;
    await page.goto(`${server.base}/settings/notifications`);
    await settled(page);
    assert.equal(await page.getByLabel("Time zone").inputValue(), "Europe/Stockholm");
    await page.getByLabel("Be quiet at these times").check();
    await page.getByLabel("From").fill("00:00");
    await page.getByLabel("Until", { exact: true }).fill("00:00");
    await page.getByRole("region", { name: "unsaved" }).getByRole("button", { name: "Save" })
      .click();
    await page.getByText(/^Quiet until /).waitFor();
    await page.goto(server.base + channel);
    await settled(page);
    const openMenu = () => page.getByRole("button", { name: "Status and settings" }).click();
    await openMenu();
    await page.getByRole("menuitem", { name: /^Quiet until .* End now$/ }).click();
    await openMenu();
    await page.getByRole("menuitem", { name: "Quiet until tomorrow" }).click();
    await openMenu();
    await page.getByRole("menuitem", { name: /^Quiet until .* End now$/ }).waitFor();
    await page.keyboard.press("Escape");
  });

  await t.step("a channel can be made by the one who was given the right", async () => {
    await bob.page.getByRole("button", { name: "Menu of Workshop" }).click();
    await bob.page.getByRole("menuitem", { name: "Create a channel" }).click();
    await bob.page.locator("dialog").getByLabel("Name").fill("tools");
    await bob.page.locator("dialog").getByRole("button", { name: "Create a channel" }).click();
    await bob.page.getByRole("heading", { name: "tools", exact: true }).waitFor();
  });

  await t.step("a kicked member is told and led away", async () => {
    await page.goto(server.base + channel);
    await settled(page);
    await page.locator(".side-row.member", { hasText: "Bob" }).click();
    await page.getByRole("button", { name: "Kick" }).click();
    await page.getByLabel("Reason").fill("test of the door");
    await page.locator("dialog").getByRole("button", { name: "Kick" }).click();
    await bob.page.getByText("You were removed from Workshop.").waitFor();
    await bob.page.waitForURL(/\/home$/);
  });

  await t.step("a ban with an end says until when, gets another one, and is lifted", async () => {
    await page.goto(`${settings}/bans`);
    await page.getByText("Ban somebody by name").click();
    await page.getByLabel("Whom").fill(`@bob@${new URL(server.base).host}`);
    assert.equal(await page.getByLabel("Until the beginning of").isVisible(), false);
    await page.getByLabel("How long").selectOption("1 day");
    await page.getByRole("button", { name: "Ban", exact: true }).click();
    await page.getByText(/^until /).waitFor();
    await page.getByRole("link", { name: /^Change the ban of/ }).click();
    await page.getByLabel("How long").selectOption("Until it is lifted");
    await page.getByRole("button", { name: "Save the ban" }).click();
    await page.getByText("until it is lifted", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Lift ban" }).click();
    await page.getByText("Nobody is banned.").waitFor();
  });

  await t.step("a guild is made from a template that is always there", async () => {
    await page.goto(`${server.base}/templates`);
    await page.getByRole("link", { name: /^Study group/ }).click();
    await page.getByLabel("Name of the guild").fill("Botany");
    await page.getByRole("button", { name: "Make the guild" }).click();
    await page.getByRole("link", { name: "materials", exact: true }).waitFor();
  });

  await t.step("opening registration asks for the password again", async () => {
    await page.goto(`${server.base}/admin`);
    await page.getByText("does not survive a crash").waitFor();
    await page.goto(`${server.base}/admin/settings`);
    await page.getByLabel("Who may create an account").selectOption("open");
    await page.getByRole("button", { name: "Save" }).click();
    const password = page.locator("input[name=confirm_password]");
    await password.or(page.getByText("Saved.", { exact: true })).waitFor();
    if (await password.isVisible()) {
      await password.fill("not the password");
      await page.getByRole("button", { name: "Go on" }).click();
      await page.getByRole("alert").waitFor();
      await password.fill(PASSWORD);
      await page.getByRole("button", { name: "Go on" }).click();
    }
    await page.getByText("Saved.", { exact: true }).waitFor();
    await using stranger = await openPerson(browser, { scripts: false });
    await stranger.page.goto(server.base);
    await stranger.page.getByRole("link", { name: "Create an account" }).waitFor();
  });

  await t.step("over plain HTTP from another host the page explains before the form", async () => {
    const answer = await fetch(`http://127.0.0.1:${server.port}/login`);
    assert.doesNotMatch(await answer.text(), /cannot sign you in/);
    const { text } = await plainRequest(server.port, "chat.example");
    assert.match(text, /cannot sign you in[\s\S]*<form/);
  });

  assert.deepEqual([...ann.faults, ...bob.faults], []);
  await browser.close();
});

/** A page as a browser on another machine would ask for it: the Host names no loopback. */
async function plainRequest(port: number, host: string): Promise<{ text: string }> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const request = `GET /login HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`;
  await connection.write(new TextEncoder().encode(request));
  return { text: await new Response(connection.readable).text() };
}
