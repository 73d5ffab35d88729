/** What was reported is shown with the place where it was said, in words. */
import assert from "node:assert/strict";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { makeGuild, type Person, startHomeserver } from "../harness/homeserver.ts";
import { settled } from "./people.ts";
import { signIn } from "./scene.ts";

async function sayReported(at: {
  readonly roomId: string;
  readonly channelId: string;
  readonly by: Person;
  readonly reporter: Person;
  readonly body: string;
}): Promise<void> {
  const { id } = await at.by.do("POST", `/rooms/${encodeURIComponent(at.roomId)}/send`, {
    channel_id: at.channelId,
    body: at.body,
  });
  await at.reporter.do("POST", `/rooms/${at.roomId}/messages/${id}/report`, { reason: "spam" });
}

Deno.test("a report names the guild and the channel, or says that it was a conversation", async () => {
  await using server = await startHomeserver();
  const { owner: ann, members: [bob, cat, dan], guildId, general } = await makeGuild(server, [
    "ann",
    "bob",
    "cat",
    "dan",
  ]);
  assert.ok(bob && cat && dan);
  const own = await bob.do("POST", "/guilds", { name: "Bob's own" });
  const { code } = await bob.do("POST", "/invites", { guild_id: own.id });
  await cat.do("POST", `/invites/${code}/accept`, {});
  const pair = await bob.do("POST", "/dms", { user_id: cat.id });
  const group = await bob.do("POST", "/group-dms", { user_ids: [cat.id, dan.id] });
  const places = [
    { roomId: guildId, channelId: general, body: "in the guild" },
    { roomId: own.id, channelId: own.channels[0].id, body: "in another guild" },
    { roomId: pair.room_id, channelId: "main", body: "to one" },
    { roomId: group.room_id, channelId: "main", body: "to two" },
  ];
  for (const place of places) await sayReported({ ...place, by: bob, reporter: cat });

  const browser = await launchBrowser();
  {
    await using desk = await openPerson(browser);
    await using phone = await openPerson(browser, { phone: true });
    for (const { context, page } of [desk, phone]) {
      await signIn(context, server.url, "ann");
      await page.goto(`${server.url}/admin/reports`);
    }
    const card = (text: string) => desk.page.locator("article", { hasText: text });
    const where = async (text: string) => await card(text).locator("header .muted").innerText();
    assert.match(await where("in another guild"), /#general in Bob's own/);
    assert.equal(await card("in another guild").getByRole("link", { name: /#general/ }).count(), 0);
    assert.match(await where("to one"), /in a direct conversation/);
    assert.match(await where("to two"), /in a conversation of several/);
    await card("in the guild").getByRole("link", { name: "#general in Test guild" }).click();
    await settled(desk.page);
    await desk.page.locator("article.msg.focus", { hasText: "in the guild" }).waitFor();
    assert.deepEqual([...desk.faults, ...phone.faults], []);
  }
  await browser.close();
  const { reports } = await ann.do("GET", "/admin/reports");
  assert.deepEqual(
    reports.map((each: { place: { readable?: boolean } }) => each.place.readable ?? null),
    [null, null, false, true],
  );
});
