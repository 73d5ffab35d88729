/** The first words of two people who have never talked, and have set up nothing. */
import assert from "node:assert/strict";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { startProcessServer } from "../harness/process_server.ts";
import { assertNone, dump } from "./canary.ts";
import { settled } from "./people.ts";
import { signIn } from "./scene.ts";

/** How long a message waits for encryption to begin (ms), in `ui/lib/e2ee/beginnings.ts`. */
const BY_ITSELF_MS = 5000;

/** However slow the machine is: the message waits until the other one has a device. */
const PATIENT = `{
  const real = setTimeout;
  globalThis.setTimeout = (act, ms, ...rest) =>
    real(act, ms === ${BY_ITSELF_MS} ? 100_000 : ms, ...rest);
}`;

Deno.test("the first message to somebody who is there is encrypted, and nobody has done anything for it", async () => {
  await using server = await startProcessServer({ OPENGUILD_NAME: "garden.test" });
  const owner = await server.register("ann");
  const { id: guildId, channels } = await owner.do("POST", "/guilds", { name: "Garden" });
  const { code } = await owner.do("POST", "/invites", { guild_id: guildId });
  const guest = await server.register("bob", code);
  await guest.do("POST", `/invites/${code}/accept`, {});
  const readable = `finch-${crypto.randomUUID()}`;
  await owner.do("POST", `/rooms/${guildId}/send`, { channel_id: channels[0].id, body: readable });
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
  await ann.page.goto(`${server.url}/home`);
  await settled(ann.page);
  await ann.page.getByRole("button", { name: "New conversation" }).first().click();
  await ann.page.getByLabel("With whom?").fill("bob");
  await ann.page.getByRole("button", { name: "Open conversation" }).click();
  await ann.page.waitForURL(/\/dm\//);
  await ann.page.locator("textarea[name=body]").fill(canary);
  await ann.page.keyboard.press("Enter");
  await bob.page.locator(".rail-home .badge").waitFor();
  await bob.page.locator(".rail-home").click();
  await bob.page.locator("a.side-row.dm", { hasText: "ann" }).click();
  for (const { page } of [ann, bob]) {
    await page.locator("article", { hasText: canary }).waitFor();
    await page.getByText("From here on, messages are encrypted").waitFor();
  }
  const rows = await dump(server.databaseUrl);
  assert.ok(rows.includes(readable), "what servers may read is found");
  assertNone(rows, canary);
  assert.deepEqual([...ann.faults, ...bob.faults], []);
  await browser.close();
});
