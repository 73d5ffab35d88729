/** The installed app: without a server, across a new version, and after the session has ended. */
import assert from "node:assert/strict";
import { channelPath, dmPath } from "../../ui/lib/format/paths.ts";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { startPushService } from "../harness/push_service.ts";
import {
  changeSubscription,
  countNotes,
  deliver,
  pressNote,
  ringAndEnd,
  shownNote,
  subscribeAt,
  workerNote,
} from "./push.ts";
import { buildNewer } from "../harness/newer_build.ts";
import { type ProcessServer, startProcessServer } from "../harness/process_server.ts";
import { waitFor } from "../harness/wait_for.ts";
import { keeps, keptIn, workerReady } from "./kept.ts";
import { holds, settled } from "./people.ts";
import { signIn } from "./scene.ts";

/** One more than is kept, and more than a page holds. */
const SAID = 101;
const ERRAND = "Bring the spade along";
const SECRET = "The key lies under the blue pot";

async function makeTalk(server: ProcessServer) {
  const ann = await server.register("ann");
  const guild = await ann.do("POST", "/guilds", { name: "Riverside Garden Club" });
  const invite = await ann.do("POST", "/invites", { guild_id: guild.id });
  const bob = await server.register("bob", invite.code);
  const general = guild.channels.find((each: { name: string }) => each.name === "general").id;
  for (let i = 1; i <= SAID; i++) {
    await ann.do("POST", `/rooms/${encodeURIComponent(guild.id)}/send`, {
      channel_id: general,
      body: `Seed number ${i}.`,
    });
  }
  const dm = await ann.do("POST", "/dms", { user_id: bob.id });
  await bob.do("POST", `/rooms/${encodeURIComponent(dm.room_id)}/join`, {});
  await bob.do("POST", `/rooms/${encodeURIComponent(dm.room_id)}/send`, { body: SECRET });
  return {
    ann,
    bob,
    dmRoom: dm.room_id as string,
    roomId: guild.id as string,
    general: general as string,
    channel: channelPath(guild.id, { room_id: guild.id, id: general, private: false }),
    conversation: dmPath(dm.room_id),
  };
}

Deno.test("the app starts and reads without a server, takes a new version with a draft, and forgets at logout", async (t) => {
  // Outlives the server that runs from it.
  await using versions = new AsyncDisposableStack();
  await using service = await startPushService();
  await using server = await startProcessServer({ OPENGUILD_PUSH_TEST_SERVICES: service.origin });
  const talk = await makeTalk(server);
  const browser = await launchBrowser();
  await using person = await openPerson(browser, { worker: true });
  const { page, context } = person;
  const said = (n: number) => page.getByText(`Seed number ${n}.`, { exact: true });
  const bar = page.locator(".connection.lost");
  const draft = page.locator("textarea[name=body]");
  await signIn(context, server.url, "ann");

  await t.step("what is read is kept, conversations too", async () => {
    await page.goto(server.url + talk.channel);
    await settled(page);
    await keeps(page, [100]);
    await page.goto(server.url + talk.conversation);
    await page.getByText(SECRET).waitFor();
    await keeps(page, [1, 100]);
    await workerReady(page);
  });

  await t.step("a page that the worker did not take over as it began is taken over", async () => {
    const session = await page.context().newCDPSession(page);
    // Asked for past the cache, a page comes without its worker, as one that came before it did.
    await session.send("Page.reload", { ignoreCache: true });
    await page.waitForLoadState();
    await settled(page);
    await workerReady(page);
  });

  await t.step("told while no tab looks: what the server says to this device alone", async () => {
    const { origin } = new URL(server.url);
    await context.grantPermissions(["notifications"], { origin });
    await subscribeAt(context, service);
    await page.goto(`${server.url}/settings/notifications`);
    await page.getByRole("button", { name: "Tell this device" }).click();
    await page.getByText("This device is told from now on.").waitFor();
    const devices = page.getByRole("list", { name: "Devices that are told" });
    await devices.getByText("this one").waitFor();
    await page.getByRole("button", { name: "Send a trial" }).click();
    await page.getByText("The trial is on its way.").waitFor();
    await deliver(page, origin, await service.open(await service.until(1)));
    await shownNote(page, "It works");
    // No page of the server is open.
    await page.goto("about:blank");
    await talk.bob.do("POST", `/rooms/${encodeURIComponent(talk.dmRoom)}/send`, { body: ERRAND });
    const seen = await service.until(2);
    assert.ok(!new TextDecoder("latin1").decode(seen.wire).includes("spade"));
    const opened = await service.open(seen);
    assert.ok(!opened.includes("spade"));
    await deliver(page, origin, opened);
    const note = await workerNote(context, "bob");
    assert.equal(note.body, ERRAND);
    assert.equal(note.tag, JSON.parse(opened).event_id);
    await page.goto(server.url + talk.channel);
    await settled(page);
    await ringAndEnd(page, { origin, roomId: talk.dmRoom });
    await changeSubscription(context, service);
    await pressNote(context, "bob");
    await page.getByText(ERRAND).waitFor();
    await workerReady(page);
  });

  await t.step("of twenty calls that come at once each has its notice", async () => {
    const { origin } = new URL(server.url);
    await page.goto("about:blank");
    const calls = Array.from({ length: 20 }, (_, i) => ({ v: 1, kind: "call", room_id: `!${i}` }));
    await Promise.all(calls.map((call) => deliver(page, origin, JSON.stringify(call))));
    await waitFor(
      "the worker to have shown all",
      async () => await countNotes(context, "Somebody is calling") === calls.length,
    );
    await page.goto(server.url + talk.conversation);
    await settled(page);
  });

  await t.step("without a server the app starts, says so, and shows the last hundred", async () => {
    await server.kill();
    await page.goto(server.url);
    await page.getByText(SECRET).waitFor();
    await bar.getByText("No connection.").waitFor();
    await page.goto(server.url + talk.channel);
    await said(SAID).waitFor();
    await said(2).waitFor({ state: "attached" });
    assert.equal(await said(1).count(), 0);
    await page.goto(`${server.url}/settings/profile`);
    await page.getByText("This page comes from the server").waitFor();
    await page.getByRole("link", { name: "Read what is kept here" }).click();
    await page.waitForURL("**/home");
    await page.goto(server.url + talk.channel);
    await draft.fill("A draft that lasts");
  });

  await t.step("when the server is back everything is as it is there", async () => {
    await server.start();
    await talk.ann.do("POST", `/rooms/${encodeURIComponent(talk.roomId)}/send`, {
      channel_id: talk.general,
      body: "Seed number 102.",
    });
    await bar.waitFor({ state: "detached" });
    await said(102).waitFor();
    await page.locator(".members").getByText("ann", { exact: true }).waitFor();
    await holds(page, "A draft that lasts");
  });

  await t.step("a new version is offered; taking it loses no draft", async () => {
    await page.goto(server.url + talk.channel);
    await settled(page);
    const newer = versions.use(
      await buildNewer(
        "ui/lib/i18n/en.ts",
        (source) =>
          source.replace('"settings.sessions": "Devices"', '"settings.sessions": "Gadgets"'),
      ),
    );
    await server.kill();
    await bar.waitFor();
    await server.start(newer.command);
    await bar.waitFor({ state: "detached" });
    const offer = page.locator(".connection.update");
    await offer.getByText("A new version is ready.").waitFor();
    // A part that this tab never used: the new server does not have it, the worker still does.
    await page.keyboard.press("Control+k");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    const build = () => page.locator("meta[name=og-build]").getAttribute("content");
    const before = await build();
    await offer.getByRole("button", { name: "Reload" }).click();
    await page.waitForFunction(
      (old) => document.querySelector("meta[name=og-build]")?.getAttribute("content") !== old,
      before,
    );
    await settled(page);
    await holds(page, "A draft that lasts");
    // The new worker takes over by itself: nothing more is asked.
    await waitFor(
      "the new worker to take over",
      () =>
        page.evaluate(async () =>
          (await navigator.serviceWorker.getRegistration())?.waiting === null
        ),
    );
    await offer.waitFor({ state: "detached" });
    await waitFor(
      "the caches of the old version to go",
      () => page.evaluate(async () => (await globalThis.caches.keys()).length === 2),
    );
    await page.goto(`${server.url}/settings/profile`);
    await page.getByText("Gadgets").waitFor();
  });

  const drafts = () =>
    page.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith("og-draft")));
  await t.step("logging out in the chat takes drafts along", async () => {
    await page.goto(server.url + talk.channel);
    await settled(page);
    await page.getByRole("textbox", { name: "Message" }).fill("Not for the next at this desk");
    await waitFor("the draft to be kept", async () => (await drafts()).length > 0);
    await page.getByRole("button", { name: "Status and settings" }).click();
    await page.getByRole("menuitem", { name: "Log out" }).click();
    await page.waitForURL("**/login");
    assert.deepEqual(await drafts(), []);
    await keeps(page, []);
    await signIn(context, server.url, "ann");
  });

  await t.step("logging out leaves nothing to read", async () => {
    await page.goto(server.url + talk.channel);
    await settled(page);
    await keeps(page, [100]);
    await page.getByRole("textbox", { name: "Message" }).fill("Nor this");
    await waitFor("the draft to be kept", async () => (await drafts()).length > 0);
    await page.goto(`${server.url}/settings/account`);
    await settled(page);
    await page.getByRole("button", { name: "Log out" }).click();
    await page.waitForURL("**/login");
    assert.deepEqual(await drafts(), []);
    await keeps(page, []);
  });

  await t.step("another account finds nothing of the first", async () => {
    await signIn(context, server.url, "bob");
    await page.goto(`${server.url}/home`);
    await settled(page);
    await workerReady(page);
    await waitFor(
      "the second account to be kept",
      async () => (await keptIn(page)).userId.startsWith("@bob:"),
    );
    assert.deepEqual((await keptIn(page)).counts, []);
    await server.kill();
    await page.goto(server.url + talk.channel);
    await page.getByText("This page comes from the server").waitFor();
    assert.equal(await page.getByText("Seed number").count(), 0);
  });

  // A server that is away is no fault of the page.
  const faults = person.faults.filter((fault) => !/WebSocket connection.* failed/.test(fault));
  assert.deepEqual(faults, []);
  await browser.close();
});
