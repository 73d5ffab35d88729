/** Somebody of another server comes into a private channel and is given what was said before. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import type { Message } from "../../core/api/message.ts";
import { guildPath } from "../../ui/lib/format/paths.ts";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { type FederatedServer, startServers } from "../harness/federated.ts";
import { PASSWORD, type Person } from "../harness/homeserver.ts";
import { pageSteps } from "../harness/page_steps.ts";
import { waitFor } from "../harness/wait_for.ts";
import { dumpDatabase, found } from "../e2ee/secrecy.ts";
import { settled } from "./people.ts";
import { article, BEGIN_MS, createEncryptedChannel, roomOf, say } from "./sealed_talk.ts";

const DAY_MS = 24 * 3_600_000;
const CLOSED = "Sent before this device joined.";

async function logIn(page: Page, url: string, userName: string): Promise<void> {
  await page.goto(`${url}/login`);
  await page.getByLabel("User name").fill(userName);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.locator("main form button[type=submit]").click();
  await page.waitForURL(/\/home$/);
  await settled(page);
}

Deno.test("a newcomer of another server reads the shared span of a private channel, and nothing before it", async (t) => {
  await using federation = await startServers(2);
  const [one, two] = federation.servers as [FederatedServer, FederatedServer];
  const [ann, bob] = [await one.register("ann"), await two.register("bob")];
  const guild = await ann.do("POST", "/guilds", { name: "Riverside Garden Club" });
  const { code } = await ann.do("POST", "/invites", { guild_id: guild.id });
  await bob.do("POST", "/join", { link: `${code}@one.test` });
  const browser = await launchBrowser();
  await using desk = await openPerson(browser);
  await using phone = await openPerson(browser, { phone: true });
  const [atDesk, atPhone] = [desk.page, phone.page];
  const step = pageSteps(t, browser);
  const [old, fresh] = ["old", "fresh"].map((word) => `${word} heron ${crypto.randomUUID()}`) as [
    string,
    string,
  ];
  let roomId = "";

  await step("ann has an encrypted channel in which something was said", async () => {
    await logIn(atDesk, one.url, "ann");
    await atDesk.goto(one.url + guildPath(guild.id));
    await settled(atDesk);
    await createEncryptedChannel(atDesk, "council");
    await say(atDesk, old);
    await say(atDesk, fresh);
    roomId = roomOf(atDesk);
  });

  await step("who is added is given nothing unless somebody chooses it", async () => {
    await logIn(atPhone, two.url, "bob");
    await atDesk.locator(".main-head").getByRole("button", { name: "More" }).click();
    await atDesk.getByText("People in this channel", { exact: true }).click();
    const dialog = atDesk.locator("dialog[open]");
    assert.equal(await dialog.getByLabel("Share what was said before").inputValue(), "0");
    await dialog.getByRole("button", { name: "Add bob" }).click();
    await atDesk.getByText("bob is in this channel").first().waitFor();
    await atDesk.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    await waitFor("bob to be let in", async () => {
      const { status } = await bob.try("POST", `/rooms/${roomId}/join`);
      return status === 200;
    });
    await waitFor("his server to have both", async () => {
      const { body } = await bob.try("GET", `/rooms/${roomId}/messages?limit=50`);
      return body.messages?.length >= 2;
    }, BEGIN_MS);
    await atPhone.goto(two.url + guildPath(guild.id, roomId));
    await settled(atPhone);
    await waitFor(
      "both to be closed",
      async () => await atPhone.getByText(CLOSED).count() === 2,
      BEGIN_MS,
    );
    await say(atDesk, "Welcome, bob");
    await article(atPhone, "Welcome, bob").waitFor({ timeout: BEGIN_MS });
    assert.equal(await atPhone.getByText(CLOSED).count(), 2);
  });

  await step("from his card a day is shared: it opens in place, for everybody to see", async () => {
    // The first word is two days old: as the server of the one who shares has it.
    const { sql } = one.parts.database;
    const [first] = await sql<{ event_id: string }[]>`
      select event_id from sealed_events where room_id = ${roomId} order by seq limit 1`;
    assert.ok(first);
    await sql`update events set origin_ts = origin_ts - ${2 * DAY_MS}
      where room_id = ${roomId} and event_id = ${first.event_id}`;
    await atDesk.locator(".members").getByText("bob", { exact: true }).first().click();
    const card = atDesk.locator("dialog[open]");
    await card.getByLabel("Share what was said before").selectOption({ label: "The last day" });
    await card.getByRole("button", { name: "Share", exact: true }).click();
    await atDesk.getByText(/^bob (can read the last day now|gets it as soon as)/).waitFor();
    await atDesk.keyboard.press("Escape");
    for (const page of [atDesk, atPhone]) {
      await page.locator("article", { hasText: "shared 1 day with" }).first()
        .waitFor({ timeout: BEGIN_MS });
    }
    await article(atPhone, fresh).waitFor({ timeout: BEGIN_MS });
    assert.equal(await atPhone.getByText(CLOSED).count(), 1);
    assert.equal(await atPhone.getByText(old).count(), 0);
  });

  await step("it stays after a reload, and no server has a word of it", async () => {
    await atPhone.reload();
    await settled(atPhone);
    await article(atPhone, fresh).waitFor({ timeout: BEGIN_MS });
    await atPhone.getByText(CLOSED).waitFor();
    for (const server of [one, two]) {
      assert.deepEqual(found(await dumpDatabase(server), [old, fresh, roomId]), [roomId]);
    }
  });

  await step("of who looks elsewhere it makes nothing unread", async () => {
    const [{ id: general }] = guild.channels;
    await atPhone.goto(two.url + guildPath(guild.id, general));
    await settled(atPhone);
    const row = atPhone.locator(".side-row", { hasText: "council" });
    await row.and(atPhone.locator(":not(.unread)")).first().waitFor({ state: "attached" });
    const lines = async (person: Person) => {
      const { messages } = await person.do("GET", `/rooms/${roomId}/messages?limit=50`);
      return (messages as Message[]).filter(({ sealed }) => sealed?.quiet === true).length;
    };
    const before = await lines(bob);
    await atDesk.locator(".members").getByText("bob", { exact: true }).first().click();
    const card = atDesk.locator("dialog[open]");
    await card.getByRole("button", { name: "Share", exact: true }).click();
    await waitFor("the line at bob's server", async () => await lines(bob) > before, BEGIN_MS);
    await atDesk.keyboard.press("Escape");
    // It came before this does.
    await ann.do("POST", `/rooms/${guild.id}/send`, { channel_id: general, body: "over here" });
    await article(atPhone, "over here").waitFor({ timeout: BEGIN_MS });
    assert.equal(await row.and(atPhone.locator(".unread")).count(), 0);
  });
  assert.deepEqual([desk.faults, phone.faults], [[], []]);
});
