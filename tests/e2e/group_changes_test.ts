/** A conversation of several says who came and went, and what it is called now. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { dmPath } from "../../ui/lib/format/paths.ts";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { DeviceClient } from "../harness/device_client.ts";
import { makeGuild, startHomeserver } from "../harness/homeserver.ts";
import { pageSteps } from "../harness/page_steps.ts";
import { tempFolder } from "../harness/temp_folder.ts";
import { waitFor } from "../harness/wait_for.ts";
import { say, settled } from "./people.ts";
import { signIn } from "./scene.ts";
import { encryptHere } from "./sealed_talk.ts";

/** Making a device and a group takes its time where eight of these run at once. */
const BEGIN_MS = 120_000;

/** What the timeline shows, a word for each row: lines as they stand, messages as their text. */
async function rowsOf(page: Page): Promise<string[]> {
  return await page.locator(".timeline:not([inert]) [role=feed] > article").evaluateAll((rows) =>
    rows.map((row) =>
      row.matches(".change")
        ? row.querySelector("span")?.textContent ?? ""
        : `> ${row.querySelector(".md")?.textContent?.trim() ?? ""}`
    )
  );
}

async function shows(page: Page, wanted: readonly string[]): Promise<void> {
  let found: readonly string[] = [];
  await waitFor(`the timeline to show ${wanted.join(" | ")}`, async () => {
    found = await rowsOf(page);
    return found.join("\n") === wanted.join("\n");
  }).catch((error) => {
    throw new Error(`It shows ${found.join(" | ")}`, { cause: error });
  });
}

Deno.test("a conversation of several says who came and went, and its new name, between what was said", async (t) => {
  await using server = await startHomeserver();
  await using folder = await tempFolder();
  await using stack = new AsyncDisposableStack();
  const { owner: ann, members } = await makeGuild(server, ["ann", "bob", "cat", "dan"]);
  const [bob, cat, dan] = members;
  assert.ok(bob && cat && dan);
  const group = await ann.do("POST", "/group-dms", { user_ids: [bob.id, dan.id], name: "Tea" });
  const path = `/group-dms/${encodeURIComponent(group.room_id)}`;
  const says = (who: typeof bob, body: string) =>
    who.do("POST", `/rooms/${group.room_id}/send`, { channel_id: "main", body });
  const browser = await launchBrowser();
  stack.defer(() => browser.close());
  const desk = stack.use(await openPerson(browser));
  const phone = stack.use(await openPerson(browser, { phone: true }));
  await signIn(desk.context, server.url, "ann");
  await signIn(phone.context, server.url, "cat");
  const step = pageSteps(t, browser);
  const wanted = ["> first"];

  await step("what it began with is no line", async () => {
    await says(bob, "first");
    await desk.page.goto(server.url + dmPath(group.room_id));
    await settled(desk.page);
    await shows(desk.page, wanted);
  });

  await step("changes stand where they happened, as they happen, and are read out", async () => {
    await bob.do("PATCH", path, { name: "Coffee" });
    wanted.push("bob named the conversation “Coffee”");
    await shows(desk.page, wanted);
    await desk.page.getByRole("log").getByText("bob named the conversation").waitFor({
      state: "attached",
    });
    await bob.do("POST", `${path}/people`, { user_ids: [cat.id] });
    await dan.do("DELETE", `${path}/people/${encodeURIComponent(dan.id)}`);
    await says(bob, "second");
    wanted.push("bob added cat", "dan left the conversation", "> second");
    await shows(desk.page, wanted);
  });

  await step(
    "a page that comes later shows the same, from the reader's own coming on",
    async () => {
      await desk.page.reload();
      await settled(desk.page);
      await shows(desk.page, wanted);
      await phone.page.goto(server.url + dmPath(group.room_id));
      await settled(phone.page);
      await shows(phone.page, ["bob added cat", "dan left the conversation", "> second"]);
    },
  );

  await step(
    "nothing is unread by them, and the keys that go from row to row reach them",
    async () => {
      await ann.do("PATCH", path, { name: null });
      wanted.push("ann took the name off");
      await shows(desk.page, wanted);
      const { read_states: reads } = (await bob.do("GET", "/sync")).snapshot;
      const waiting = reads.filter((read: { unread: number }) => read.unread > 0);
      assert.deepEqual(waiting, []);
      const line = desk.page.locator("article.change").last();
      await line.focus();
      await line.press("ArrowUp");
      await desk.page.locator("article.msg:focus", { hasText: "second" }).waitFor();
    },
  );

  await step("an encrypted one has them too", async () => {
    const device = stack.use(await DeviceClient.open(bob, { folder: folder.path }));
    await device.engine.setUp({ name: "bob" });
    await encryptHere(desk.page);
    await say(desk.page, "sealed");
    await desk.page.locator("article:not(.pending)", { hasText: "sealed" }).waitFor({
      timeout: BEGIN_MS,
    });
    await ann.do("DELETE", `${path}/people/${encodeURIComponent(cat.id)}`);
    wanted.push("> sealed", "ann removed cat");
    await shows(desk.page, wanted);
  });
  assert.deepEqual([...desk.faults, ...phone.faults], []);
});
