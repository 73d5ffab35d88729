/** What somebody who is blocked says is one line, however much it is. */
import assert from "node:assert/strict";
import { channelPath } from "../../ui/lib/format/paths.ts";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { makeGuild, startHomeserver } from "../harness/homeserver.ts";
import { settled } from "./people.ts";
import { signIn } from "./scene.ts";

Deno.test("messages of blocked people that follow each other are one line, until they are asked for", async () => {
  await using server = await startHomeserver();
  const { owner: ann, members: [bob, cat], guildId, general } = await makeGuild(server, [
    "ann",
    "bob",
    "cat",
  ]);
  assert.ok(bob && cat);
  const say = (who: typeof bob, body: string) =>
    who.do("POST", `/rooms/${encodeURIComponent(guildId)}/send`, { channel_id: general, body });
  await ann.do("PUT", `/blocks/${encodeURIComponent(bob.id)}`);
  await say(cat, "before");
  for (const body of ["one", "two", "three"]) await say(bob, body);
  await say(cat, "between");
  await say(bob, "four");
  const browser = await launchBrowser();
  {
    await using desk = await openPerson(browser);
    await using phone = await openPerson(browser, { phone: true });
    for (const { context, page } of [desk, phone]) {
      await signIn(context, server.url, "ann");
      const place = { room_id: guildId, id: general, private: false };
      await page.goto(server.url + channelPath(guildId, place));
      await settled(page);
      await page.getByText("3 messages of people you have blocked").waitFor();
      await page.getByText("1 message of somebody you have blocked").waitFor();
      assert.equal(await page.getByText("two", { exact: true }).count(), 0);
    }
    const { page } = desk;
    // What is said while the line is looked at joins it.
    await say(bob, "five");
    await page.getByText("2 messages of people you have blocked").waitFor();
    const line = page.locator("article", { hasText: "3 messages of people" });
    await line.getByRole("button", { name: "Show" }).press("Enter");
    await page.locator("article.msg:focus", { hasText: "one" }).waitFor();
    for (const body of ["one", "two", "three"]) {
      await page.locator("article.msg").getByText(body, { exact: true }).waitFor();
    }
    await page.getByText("2 messages of people you have blocked").waitFor();
    await say(bob, "six");
    await page.getByText("3 messages of people you have blocked").waitFor();
    assert.deepEqual([...desk.faults, ...phone.faults], []);
  }
  await browser.close();
});
