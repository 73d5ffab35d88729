import assert from "node:assert/strict";
import type { ServerName } from "../../core/ids/server_name.ts";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { PASSWORD } from "../harness/homeserver.ts";
import { atRest, engineOf, heard, letIn, say, startListeners } from "../harness/listeners.ts";
import type { RecordingPeer } from "../harness/recording_peer.ts";
import { waitFor } from "../harness/wait_for.ts";

Deno.test("an administrator on a phone sees which servers are reached, tests one and tries it again", async (t) => {
  await using listeners = await startListeners(["two.test", "three.test"]);
  const [two, three] = listeners.peers as [RecordingPeer, RecordingPeer];
  const browser = await launchBrowser();
  await using owner = await openPerson(browser, { phone: true });
  const { page } = owner;
  const at = `${listeners.server().url}/admin/federation`;
  await page.goto(`${listeners.server().url}/login`);
  await page.getByLabel("User name").fill("owner");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.locator("main form button[type=submit]").click();
  await page.waitForURL((url) => !url.pathname.startsWith("/login"));

  await t.step("before any other server is met it says so", async () => {
    await page.goto(at);
    await page.getByText("No other server has people in a room of this one yet.").waitFor();
  });

  await t.step("trouble stands first, with the reason and what waits", async () => {
    await letIn(listeners, "@bob:two.test");
    await letIn(listeners, "@cat:three.test");
    await say(listeners, "hello");
    await heard(two, "hello");
    await heard(three, "hello");
    await atRest(listeners);
    two.link.cut();
    await say(listeners, "are you there?");
    await heard(three, "are you there?");
    const failures = () => engineOf(listeners).find("two.test" as ServerName)?.health.failures ?? 0;
    await waitFor("a failure", () => failures() > 0);
    const rows = page.locator(".row-card");
    await waitFor("the page to know", async () => {
      await page.goto(at);
      return await page.getByText("1 is not reached").isVisible() &&
        /has everything/.test(await rows.nth(1).innerText());
    });
    assert.equal(await rows.count(), 2);
    assert.match(await rows.nth(0).innerText(), /two\.test[^]*1 shared room · 1 event waits/);
    assert.match(await rows.nth(0).innerText(), /cannot be reached/);
    assert.match(await rows.nth(1).innerText(), /three\.test[^]*Reached[^]*has everything/);
    const wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth");
    assert.equal(wide, false, "nothing is cut off at the side");
  });

  await t.step(
    "keys that rest on the word of others are told of, and what their server says",
    async () => {
      const { sql } = listeners.server().parts.database;
      await sql`
      insert into key_entries (server, key_id, key, valid_from, valid_until, first_seen_ts,
        word_of, word_ts)
      values ('two.test', 'made up', 'none', 1, 2, 1, '{six.test}', 1)`;
      await page.goto(at);
      await page.getByText(/rests on the word of six\.test until it answers/).waitFor();
      await sql`update key_entries set denied_ts = 2 where key_id = 'made up'`;
      await page.goto(at);
      await page.getByText(/does not confirm 1 key that six\.test gave as its own/).waitFor();
      await sql`delete from key_entries where key_id = 'made up'`;
      await page.goto(at);
    },
  );

  await t.step("a test says what came of it", async () => {
    await page.getByLabel("Test a server by its name").fill("three.test");
    await page.getByRole("button", { name: "Test", exact: true }).click();
    await page.getByText("three.test answered and takes requests of this server.").waitFor();
    await page.getByLabel("Test a server by its name").fill("two.test");
    await page.getByRole("button", { name: "Test", exact: true }).click();
    await page.getByText(/two\.test did not answer as it should: /).waitFor();
  });

  await t.step("try now sends what waits", async () => {
    await page.goto(at);
    const again = page.getByRole("button", { name: "Try two.test now" });
    await again.waitFor();
    // Only now: the server tries again by itself too, and then the button would not be there.
    two.link.heal();
    await again.click();
    await heard(two, "are you there?");
    await waitFor("the page to know", async () => {
      await page.goto(at);
      return await page.getByText("is not reached").count() === 0;
    });
  });

  await t.step("a paused server gets nothing until it is resumed, and then all", async () => {
    await page.getByRole("button", { name: "Pause three.test" }).click();
    await page.getByText(/^Paused .* Nothing is sent to it/).waitFor();
    await say(listeners, "not for three yet");
    await heard(two, "not for three yet");
    assert.ok(!three.bodies.includes("not for three yet"));
    await page.goto(`${listeners.server().url}/admin/audit?kind=federation`);
    await page.locator(".row-card", { hasText: "three.test" }).getByText("Server paused")
      .waitFor();
    await page.goto(at);
    await page.getByRole("button", { name: "Resume three.test" }).click();
    await heard(three, "not for three yet");
    await page.getByRole("button", { name: "Pause three.test" }).waitFor();
  });
  assert.deepEqual(owner.faults, []);
  await browser.close();
});
