/** The first words of two people who have never talked, and have set up nothing; of either side. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { startFederatedProcesses } from "../harness/federated_processes.ts";
import { startProcessServer } from "../harness/process_server.ts";
import { assertNone, dump } from "./canary.ts";
import { settled } from "./people.ts";
import { signIn, twoInGuild } from "./scene.ts";
import { PATIENT, say } from "./sealed_talk.ts";

const HERE = "From here on, messages are encrypted";

/** Opens a conversation with somebody from the list's button, as nobody has done before. */
async function begin(page: Page, url: string, name: string): Promise<void> {
  await page.goto(`${url}/home`);
  await settled(page);
  await page.getByRole("button", { name: "New conversation" }).first().click();
  await page.getByLabel("With whom?").fill(name);
  await page.getByRole("button", { name: "Open conversation" }).click();
  await page.waitForURL(/\/dm\//);
}

Deno.test("the first message to somebody who is there is encrypted, and nobody has done anything for it", async () => {
  await using server = await startProcessServer({ OPENGUILD_NAME: "garden.test" });
  const { owner, guildId, general } = await twoInGuild(server);
  const readable = `finch-${crypto.randomUUID()}`;
  await owner.do("POST", `/rooms/${guildId}/send`, { channel_id: general, body: readable });
  const browser = await launchBrowser();
  await using ann = await openPerson(browser);
  await using bob = await openPerson(browser);
  await ann.context.addInitScript(PATIENT);
  for (const [name, { context, page }] of [["ann", ann], ["bob", bob]] as const) {
    await signIn(context, server.url, name);
    await page.goto(`${server.url}/g/${guildId.slice(1)}`);
    await settled(page);
  }
  const canary = `heron-${crypto.randomUUID()}`;
  await begin(ann.page, server.url, "bob");
  await ann.page.locator("textarea[name=body]").fill(canary);
  await ann.page.keyboard.press("Enter");
  await bob.page.locator(".rail-home .badge").waitFor();
  await bob.page.locator(".rail-home").click();
  await bob.page.locator("a.side-row.dm", { hasText: "ann" }).click();
  for (const { page } of [ann, bob]) {
    await page.locator("article", { hasText: canary }).waitFor();
    await page.getByText(HERE).waitFor();
  }
  const rows = await dump(server.databaseUrl);
  assert.ok(rows.includes(readable), "what servers may read is found");
  assertNone(rows, canary);
  assert.deepEqual([...ann.faults, ...bob.faults], []);
  await browser.close();
});

Deno.test("who did not begin the conversation says the first word of it, encrypted", async () => {
  await using server = await startProcessServer({ OPENGUILD_NAME: "garden.test" });
  await twoInGuild(server);
  const browser = await launchBrowser();
  await using ann = await openPerson(browser);
  await using bob = await openPerson(browser);
  await bob.context.addInitScript(PATIENT);
  for (const [name, { context }] of [["ann", ann], ["bob", bob]] as const) {
    await signIn(context, server.url, name);
  }
  await begin(ann.page, server.url, "bob");
  await bob.page.goto(`${server.url}/home`);
  await settled(bob.page);
  await bob.page.locator("a.side-row.dm", { hasText: "ann" }).click();
  const canary = `heron-${crypto.randomUUID()}`;
  await say(bob.page, canary);
  for (const { page } of [ann, bob]) {
    await page.locator("article", { hasText: canary }).waitFor();
    await page.getByText(HERE).waitFor();
  }
  assertNone(await dump(server.databaseUrl), canary);
  assert.deepEqual([...ann.faults, ...bob.faults], []);
  await browser.close();
});

Deno.test("a conversation that begins with a file is encrypted before the file leaves the browser", async () => {
  await using server = await startProcessServer({ OPENGUILD_NAME: "garden.test" });
  await twoInGuild(server);
  const browser = await launchBrowser();
  await using ann = await openPerson(browser);
  await using bob = await openPerson(browser);
  await ann.context.addInitScript(PATIENT);
  for (const [name, { context, page }] of [["ann", ann], ["bob", bob]] as const) {
    await signIn(context, server.url, name);
    await page.goto(`${server.url}/home`);
    await settled(page);
  }
  await begin(ann.page, server.url, "bob");
  const canary = `heron-${crypto.randomUUID()}`;
  const sent: string[] = [];
  ann.page.on("request", (request) => void sent.push(request.postData() ?? ""));
  await ann.page.locator(".composer input[type=file]").setInputFiles({
    name: `${canary}.txt`,
    mimeType: "text/plain",
    buffer: Buffer.from(`in ${canary}`),
  });
  await say(ann.page, `with ${canary}`);
  await bob.page.locator("a.side-row.dm", { hasText: "ann" }).click();
  for (const { page } of [ann, bob]) {
    const article = page.locator("article:not(.pending)", { hasText: `with ${canary}` });
    await article.getByText(`${canary}.txt`).waitFor();
    await page.getByText(HERE).waitFor();
  }
  assert.ok(sent.some((body) => body.includes("sealed")), "what was sent was looked at");
  assertNone(sent.join("\n"), canary);
  assertNone(await dump(server.databaseUrl), canary);
  assert.deepEqual([...ann.faults, ...bob.faults], []);
  await browser.close();
});

Deno.test("a request of another server that is accepted is encrypted at once: the answer is, and nobody pressed anything", async () => {
  await using federation = await startFederatedProcesses({ tap: () => {}, env: () => ({}) });
  const [one, two] = federation.servers;
  assert.ok(one && two);
  await one.register("ann");
  const guest = await two.register("bob");
  const browser = await launchBrowser();
  await using ann = await openPerson(browser);
  await using bob = await openPerson(browser);
  await bob.context.addInitScript(PATIENT);
  await signIn(ann.context, one.url, "ann");
  await signIn(bob.context, two.url, "bob");
  await bob.page.goto(`${two.url}/home`);
  await settled(bob.page);
  await begin(ann.page, one.url, guest.id);
  const asking = `finch-${crypto.randomUUID()}`;
  await say(ann.page, asking);
  await ann.page.locator(".main-head .tag", { hasText: "Not encrypted" }).waitFor();
  await bob.page.locator("a.side-row.dm", { hasText: "ann" }).click();
  // As while his server still checks what he has joined: it is asked again.
  const asked: string[] = [];
  await bob.page.route("**/client/v1/rooms/*/encryption", async (route) => {
    asked.push(route.request().method());
    if (asked.length > 1) return await route.continue();
    const error = { code: "unavailable", message: "This place is still being checked." };
    await route.fulfill({ status: 503, json: { error } });
  });
  await bob.page.getByRole("button", { name: "Accept" }).click();
  for (const { page } of [bob, ann]) {
    await page.locator(".main-head .tag.accent").waitFor();
    await page.getByText(HERE).waitFor();
  }
  assert.ok(asked.length > 1, "the first answer was that it cannot be now");
  const canary = `heron-${crypto.randomUUID()}`;
  const answer = `wren-${crypto.randomUUID()}`;
  await say(bob.page, canary);
  await say(ann.page, answer);
  for (const { page } of [ann, bob]) {
    for (const text of [asking, canary, answer]) {
      await page.locator("article:not(.pending)", { hasText: text }).waitFor();
    }
  }
  for (const { databaseUrl } of [one, two]) {
    const rows = await dump(databaseUrl);
    assert.ok(rows.includes(asking), "what was said before the answer is what servers may read");
    for (const text of [canary, answer]) assertNone(rows, text);
  }
  assert.deepEqual([...ann.faults, ...bob.faults], []);
  await browser.close();
});
