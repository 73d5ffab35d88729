/**
 * Encryption as a person meets it: recovery after the first encrypted message, a new device by
 * emoji, a removed one, a lost phone, and a friend who is verified and changes identity.
 */
import assert from "node:assert/strict";
import type { CDPSession, Page } from "playwright-core";
import { findBarriers } from "../harness/axe.ts";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { type ProcessServer, startProcessServer } from "../harness/process_server.ts";
import { launchCamera } from "../harness/fake_camera.ts";
import { PASSWORD, type Person } from "../harness/homeserver.ts";
import { pageSteps } from "../harness/page_steps.ts";
import { tempFolder } from "../harness/temp_folder.ts";
import { waitFor } from "../harness/wait_for.ts";
import { say, settled } from "./people.ts";
import { choosePassphrase, proveRecoveryKey, readRecoveryKey } from "./recovery.ts";
import { signIn } from "./scene.ts";
import { logInAnew } from "./sealed_talk.ts";

const PHRASE = "moss grows on the north side";
/** Said before the other one had a device. */
const OPEN = "Who has the key?";
/** Told before anybody but the first devices was there. */
const FIRST = "The key is under the blue pot";
const WHILE_AWAY = "The pot has moved to the shed";

interface Pair {
  readonly ann: Person;
  readonly bob: Person;
  readonly room: string;
}

/** Two people with a conversation; ann began it. */
async function makePair(server: ProcessServer): Promise<Pair> {
  const ann = await server.register("ann");
  const guild = await ann.do("POST", "/guilds", { name: "Garden" });
  const invite = await ann.do("POST", "/invites", { guild_id: guild.id });
  const bob = await server.register("bob", invite.code);
  await bob.do("POST", `/invites/${invite.code}/accept`, {});
  await ann.do("PATCH", "/account", { display_name: "Ann" });
  await bob.do("PATCH", "/account", { display_name: "Bob" });
  const dm = await ann.do("POST", "/dms", { user_id: bob.id });
  await bob.do("POST", `/rooms/${encodeURIComponent(dm.room_id)}/join`, {});
  return { ann, bob, room: dm.room_id };
}

const reads = (page: Page, text: string) =>
  page.locator("article:not(.pending)", { hasText: text }).first().waitFor();

/** The seven names that a dialog shows. */
async function seven(page: Page): Promise<string[]> {
  const list = page.getByRole("list", { name: "Seven pictures" });
  await list.waitFor();
  return await list.getByRole("listitem").allInnerTexts();
}

/** Of how many messages the backup has the keys. */
async function keysSaved(page: Page): Promise<number> {
  const line = page.getByText(/Last saved .* the keys of \d+ message/);
  const [, count = ""] = /keys of (\d+) message/.exec(await line.innerText()) ?? [];
  return Number(count);
}

/** Nobody is kept out of the dialog that is open, or of the page. */
async function noBarrier(page: Page): Promise<void> {
  const inDialog = await page.locator("dialog[open]").count() > 0;
  assert.deepEqual(await findBarriers(page, inDialog ? { inside: "dialog[open]" } : {}), []);
}

/** Both sides look, see the same, and say so. */
async function compare(one: Page, other: Page): Promise<void> {
  const [here, there] = await Promise.all([seven(one), seven(other)]);
  assert.equal(here.length, 7);
  assert.deepEqual(here, there);
  await noBarrier(other);
  for (const page of [one, other]) {
    await page.getByRole("button", { name: "They are the same" }).click();
  }
}

/** A security key with a PRF, whose owner is always there; it stays in the page's window. */
async function plugIn(page: Page): Promise<CDPSession> {
  const window = await page.context().newCDPSession(page);
  await window.send("WebAuthn.enable");
  await window.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      ctap2Version: "ctap2_1",
      transport: "usb",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      hasPrf: true,
      automaticPresenceSimulation: true,
    },
  });
  return window;
}

/** All that the browser keeps of the pages goes, as on another computer. */
async function forget(window: CDPSession, page: Page): Promise<void> {
  const { origin } = new URL(page.url());
  await page.goto("about:blank");
  await window.send("Storage.clearDataForOrigin", { origin, storageTypes: "all" });
}

async function confirmed(page: Page): Promise<void> {
  const password = page.locator("input[name=confirm_password]");
  const saved = page.getByText("Saved.", { exact: true });
  await password.or(saved).first().waitFor();
  if (!await password.isVisible()) return;
  await password.fill(PASSWORD);
  await page.getByRole("button", { name: "Go on" }).click();
  await saved.waitFor();
}

Deno.test("recovery, new devices, a lost phone and a verified friend", async (t) => {
  await using server = await startProcessServer();
  const pair = await makePair(server);
  // Passkeys belong to a name, never to an address.
  const url = server.url.replace("127.0.0.1", "localhost");
  const talk = `${url}/dm/${encodeURIComponent(pair.room)}`;
  const browser = await launchBrowser();
  await using laptop = await openPerson(browser);
  await using bob = await openPerson(browser);
  await signIn(laptop.context, url, "ann");
  await signIn(bob.context, url, "bob");
  let recoveryKey = "";
  let savedKeys = 0;
  const walk = pageSteps(t, browser);

  await walk("a conversation is encrypted by itself as soon as both have a device", async () => {
    const { page } = laptop;
    await page.goto(talk);
    await settled(page);
    await say(page, OPEN);
    await reads(page, OPEN);
    await page.locator(".main-head").getByRole("button", { name: "Not encrypted" }).waitFor();
    await bob.page.goto(talk);
    await reads(bob.page, OPEN);
    await waitFor("a device of Bob's", async () => {
      const { users } = await pair.ann.do("POST", "/identities", { users: [pair.bob.id] });
      return users[0].devices.length > 0 || undefined;
    });
    // The page had heard that there was none; one that opens asks.
    await page.reload();
    await settled(page);
    await say(page, "Are you there?");
    await page.locator(".main-head").getByText("Encrypted", { exact: true }).waitFor();
    await reads(bob.page, "Are you there?");
    await page.locator(".divider.sealed", { hasText: "What stands above is not" }).waitFor();
  });

  await walk(
    "after the first encrypted message recovery is asked for, and may wait",
    async () => {
      const prompt = laptop.page.getByRole("note", { name: "Recovery" });
      await say(laptop.page, FIRST);
      await reads(bob.page, FIRST);
      await prompt.waitFor();
      await prompt.getByRole("link", { name: "Set up recovery" }).click();
    },
  );

  await walk("a key that is shown once and typed in part, then a passphrase", async () => {
    const { page } = laptop;
    await page.getByRole("button", { name: "Set up recovery" }).click();
    const groups = await readRecoveryKey(page);
    recoveryKey = groups.join(" ");
    await noBarrier(page);
    await page.getByRole("button", { name: "Next" }).click();
    const asked = page.getByRole("dialog").getByRole("textbox");
    await asked.first().waitFor();
    await asked.nth(0).fill("nope");
    await asked.nth(1).fill("nope");
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByText(/That is not group/).first().waitFor();
    await proveRecoveryKey(page, groups);
    await choosePassphrase(page, PHRASE);
    savedKeys = await keysSaved(page);
  });

  const securityKey = await plugIn(laptop.page);
  await walk("a passkey is one more way, as an extra that can be taken off again", async () => {
    const { page } = laptop;
    const row = page.locator(".row-card", { hasText: "Passkey" });
    const make = async (act: string) => {
      await row.getByRole("button", { name: act }).click();
      await page.getByText("It is an extra").waitFor();
      await noBarrier(page);
      await page.getByRole("button", { name: "Make a passkey" }).click();
      await page.getByText("The passkey opens your messages now.").waitFor();
      await page.getByRole("button", { name: "Done" }).click();
      await row.getByText("set up, as an extra").waitFor();
    };
    await make("Add a passkey");
    await row.getByRole("button", { name: "Remove passkey" }).click();
    await row.getByText("not set up").waitFor();
    await make("Add a passkey");
  });

  await using phone = await openPerson(browser, { phone: true });
  await walk("a phone gets its messages by comparing with the laptop", async () => {
    await logInAnew(phone.page, url, "ann");
    await phone.page.getByRole("button", { name: "Compare emoji" }).waitFor();
    await noBarrier(phone.page);
    await phone.page.getByRole("button", { name: "Compare emoji" }).click();
    await laptop.page.getByText("Accept only if you are signing in there yourself").waitFor();
    await laptop.page.getByRole("button", { name: "Compare", exact: true }).click();
    await compare(laptop.page, phone.page);
    await laptop.page.getByText("The device is verified").waitFor();
    await phone.page.getByRole("button", { name: "Done" }).click();
    await phone.page.getByText("Your messages are here").waitFor();
    await phone.page.goto(talk);
    await reads(phone.page, FIRST);
  });

  await walk("a friend is verified in their card, and the conversation says so", async () => {
    await phone.page.close();
    await laptop.page.goto(talk);
    await settled(laptop.page);
    await bob.page.locator(".main-head").getByRole("button", { name: "Ann" }).click();
    await bob.page.getByRole("button", { name: "Verify", exact: true }).click();
    await laptop.page.getByText("Bob wants to verify you").waitFor();
    await laptop.page.getByRole("button", { name: "Compare", exact: true }).click();
    await compare(bob.page, laptop.page);
    await bob.page.getByText("Ann is verified").waitFor();
    await bob.page.getByRole("button", { name: "Done" }).click();
    await laptop.page.getByRole("button", { name: "Done" }).click();
    await bob.page.locator(".main-head").getByText("Encrypted, verified").waitFor();
  });

  await walk("the phone is lost: removed from the laptop, it gets nothing more", async () => {
    const { page } = laptop;
    await page.goto(`${url}/settings/sessions`);
    const row = page.locator(".device-row", { hasNotText: "This device" })
      .filter({ hasText: "Verified" });
    await row.waitFor();
    await row.getByText("Remove", { exact: true }).click();
    await row.getByRole("button", { name: "Yes, remove it" }).click();
    await confirmed(page);
    await row.waitFor({ state: "detached" });
    const answer = await phone.context.request.get(`${url}/client/v1/account`);
    assert.equal(answer.status(), 401);
    await say(bob.page, WHILE_AWAY);
    await page.goto(talk);
    await reads(page, WHILE_AWAY);
    // The key of what was said last is in the backup before this one is lost, too.
    await page.goto(`${url}/settings/encryption`);
    await page.getByText(`the keys of ${savedKeys + 1} messages`).waitFor();
  });

  await walk("another computer has everything by the passkey on a security key", async () => {
    const { page } = laptop;
    await forget(securityKey, page);
    await logInAnew(page, url, "ann");
    await page.getByRole("button", { name: "Use passkey" }).click();
    await page.getByText("Your messages are here").waitFor();
    await page.goto(talk);
    await reads(page, FIRST);
    await reads(page, WHILE_AWAY);
  });

  await walk("a tablet has everything by the code that the laptop shows", async () => {
    await using tablet = await openPerson(browser);
    await logInAnew(tablet.page, url, "ann");
    await laptop.page.goto(`${url}/settings/encryption`);
    await laptop.page.getByRole("button", { name: "Show a code" }).click();
    await laptop.page.locator(".qr path").waitFor();
    // The picture lies open: nothing stands in front of it.
    assert.equal(await laptop.page.locator("dialog[open]").count(), 1);
    const code = await laptop.page.locator(".code-text").innerText();
    await tablet.page.getByRole("button", { name: "Scan or type a code" }).click();
    const field = tablet.page.getByLabel("Code of the other device");
    await noBarrier(tablet.page);
    await field.fill(code.replace(/.$/, (last) => last === "A" ? "B" : "A"));
    await tablet.page.getByRole("button", { name: "Use this code" }).click();
    await tablet.page.getByText("This is no code for your account").waitFor();
    await field.fill(code);
    await tablet.page.getByRole("button", { name: "Use this code" }).click();
    const number = tablet.page.locator("dialog[open] .verify-one");
    await laptop.page.getByText("Does the device that scanned the code show this").waitFor();
    assert.equal(
      await laptop.page.locator("dialog[open] .verify-one").innerText(),
      await number.innerText(),
    );
    assert.equal(await laptop.page.locator("dialog[open]").count(), 1);
    await laptop.page.getByRole("button", { name: "They are the same" }).click();
    await laptop.page.getByText("The device is verified").waitFor();
    await tablet.page.getByText("The device is verified").waitFor();
    await tablet.page.getByRole("button", { name: "Done" }).click();
    await tablet.page.getByText("Your messages are here").waitFor();
    await tablet.page.goto(talk);
    await reads(tablet.page, WHILE_AWAY);
    assert.deepEqual(tablet.faults, []);
  });

  await walk("another one reads it by its camera, after a code that is none of ours", async () => {
    await using folder = await tempFolder();
    await laptop.page.goto(`${url}/settings/encryption`);
    await laptop.page.getByRole("button", { name: "Show a code" }).click();
    await laptop.page.locator(".qr path").waitFor();
    const code = await laptop.page.locator(".code-text").innerText();
    await using camera = await launchCamera(folder.path, ["https://example.org/", code]);
    await using reader = await openPerson(camera.browser, { phone: true });
    await logInAnew(reader.page, url, "ann");
    await reader.page.getByRole("button", { name: "Scan or type a code" }).click();
    await reader.page.getByText("Point the camera at the code").waitFor();
    await reader.page.getByText("This is no code for your account").waitFor();
    await laptop.page.getByText("Does the device that scanned the code show this").waitFor();
    await laptop.page.getByRole("button", { name: "They are the same" }).click();
    await reader.page.getByText("The device is verified").waitFor();
    await reader.page.getByRole("button", { name: "Done" }).click();
    await reader.page.getByText("Your messages are here").waitFor();
    await reader.page.goto(talk);
    await reads(reader.page, WHILE_AWAY);
    assert.deepEqual(reader.faults, []);
  });

  await walk("every device is lost: the recovery key brings all of it back", async () => {
    await laptop.context.close();
    await using next = await openPerson(browser);
    await logInAnew(next.page, url, "ann");
    const field = next.page.getByLabel("Recovery key", { exact: true });
    const wrong = recoveryKey.replace(/^\S+/, "1111");
    await field.fill(wrong);
    const send = next.page.locator("form", { has: field })
      .getByRole("button", { name: "Get messages" });
    await send.click();
    await next.page.getByText("Look at group 1").or(next.page.getByText("twelve groups")).waitFor();
    await field.fill(recoveryKey);
    await send.click();
    await next.page.getByText("Your messages are here").waitFor();
    await next.page.goto(talk);
    await reads(next.page, FIRST);
    await reads(next.page, WHILE_AWAY);
    assert.deepEqual(next.faults, []);
  });

  await walk("a reset is plain about its costs, and loud for who had verified", async () => {
    await using last = await openPerson(browser);
    await logInAnew(last.page, url, "ann");
    await last.page.getByRole("link", { name: "Encryption" }).click();
    await last.page.getByRole("button", { name: "Reset encryption" }).click();
    await last.page.getByText("can be read by nobody again").waitFor();
    await noBarrier(last.page);
    await last.page.getByLabel("Type ann to be sure").fill("ann");
    await last.page.getByLabel("Your password").fill(PASSWORD);
    await last.page.getByRole("button", { name: "Reset for good" }).click();
    await last.page.getByText("You have a new identity.").waitFor();
    await bob.page.getByText("Ann has a new identity", { exact: true }).waitFor();
    await bob.page.getByRole("button", { name: "Accept new identity" }).click();
    // Nothing of it is left, not the calm line of whoever had not verified either.
    await bob.page.getByText("Ann has a new identity").waitFor({ state: "detached" });
    await bob.page.getByRole("button", { name: "Accept new identity" })
      .waitFor({ state: "detached" });
    await say(bob.page, "Is that you?");
    await last.page.goto(talk);
    await reads(last.page, "Is that you?");
    await bob.page.reload();
    await reads(bob.page, "Is that you?");
    await bob.page.locator(".main-head .tag.accent").waitFor();
    assert.equal(await bob.page.getByText("Ann has a new identity").count(), 0);
    assert.deepEqual(last.faults, []);
  });

  assert.deepEqual([...bob.faults, ...laptop.faults, ...phone.faults], []);
  await browser.close();
});
