/** One of two leaves an encrypted conversation, is written to meanwhile, and comes back. */
import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { startFederatedProcesses } from "../harness/federated_processes.ts";
import { startProcessServer } from "../harness/process_server.ts";
import { waitFor } from "../harness/wait_for.ts";
import { settled } from "./people.ts";
import { signIn, twoInGuild } from "./scene.ts";
import { article, BEGIN_MS, PATIENT, say } from "./sealed_talk.ts";

const reads = (page: Page, text: string) => article(page, text).waitFor({ timeout: BEGIN_MS });
const toAnn = (page: Page) => page.locator("a.side-row.dm", { hasText: "ann" });
const notices = (page: Page) => page.locator(".main .guild-notice");

/** Says something that cannot go out: it stands below what was said, and why. */
async function sayInVain(page: Page, text: string): Promise<void> {
  await page.locator("textarea[name=body]").fill(text);
  await page.locator(".composer button[type=submit]").click();
  const waiting = page.locator("article.pending", { hasText: text });
  await waiting.getByText("Waits until it can be sent encrypted").waitFor();
}

async function leave(page: Page): Promise<void> {
  await toAnn(page).click({ button: "right" });
  await page.getByRole("menuitem", { name: "Leave conversation" }).click();
  await page.locator("dialog[open]").getByRole("button", { name: "Leave conversation" }).click();
  await toAnn(page).waitFor({ state: "detached" });
}

interface Two {
  readonly ann: string;
  readonly bob: string;
  /** As ann writes it. */
  readonly bobName: string;
}

async function leaveAndComeBack(browser: Browser, at: Two): Promise<void> {
  await using ann = await openPerson(browser);
  await using bob = await openPerson(browser);
  await bob.context.addInitScript(PATIENT);
  const word = (of: string) => `${of} ${crypto.randomUUID()}`;
  await signIn(ann.context, at.ann, "ann");
  await signIn(bob.context, at.bob, "bob");
  for (const [page, url] of [[bob.page, at.bob], [ann.page, at.ann]] as const) {
    await page.goto(`${url}/home`);
    await settled(page);
  }
  await ann.page.getByRole("button", { name: "New conversation" }).first().click();
  await ann.page.getByLabel("With whom?").fill(at.bobName);
  await ann.page.getByRole("button", { name: "Open conversation" }).click();
  await ann.page.waitForURL(/\/dm\//);
  await toAnn(bob.page).click();
  if (at.ann === at.bob) await say(bob.page, "the first word");
  else await bob.page.getByRole("button", { name: "Accept" }).click();
  for (const { page } of [ann, bob]) {
    await page.locator(".main-head .tag.accent").waitFor({ timeout: BEGIN_MS });
  }
  const before = word("before");
  await say(ann.page, before);
  await reads(bob.page, before);

  await leave(bob.page);
  await notices(ann.page).getByText("What you write waits until they come back").waitFor();
  const gone = word("gone");
  await sayInVain(ann.page, gone);
  assert.equal(await notices(ann.page).count(), 1, "it is said once");
  await ann.page.getByRole("button", { name: "Ask them back" }).click();
  await notices(ann.page).getByText("bob has not come back yet").waitFor();
  // A tab that is closed meanwhile keeps what waits.
  await ann.page.reload();
  await settled(ann.page);
  await ann.page.locator("article.pending", { hasText: gone }).waitFor();

  await toAnn(bob.page).click();
  assert.equal(await bob.page.getByText("Not encrypted").count(), 0, "it is not known here");
  await bob.page.getByRole("button", { name: "Accept" }).click();
  for (const { page } of [ann, bob]) {
    for (const text of [before, gone]) await reads(page, text);
    await page.locator(".main-head .tag.accent").waitFor();
  }
  await waitFor("no notice to be left", async () => await notices(ann.page).count() === 0);
  const back = word("back");
  await say(bob.page, back);
  await reads(ann.page, back);
  const log = ann.page.getByRole("log");
  await log.getByText(`bob: ${back}`).waitFor({ state: "attached" });
  for (const { page } of [ann, bob]) {
    assert.equal(await page.locator(".msg-sealed").count(), 0);
    assert.equal(await page.getByText(": a file").count(), 0);
  }
  assert.deepEqual([...ann.faults, ...bob.faults], []);
}

Deno.test("who left an encrypted conversation of their server and is asked back reads what waited for them", async () => {
  await using server = await startProcessServer({ OPENGUILD_NAME: "garden.test" });
  await twoInGuild(server);
  const browser = await launchBrowser();
  await leaveAndComeBack(browser, { ann: server.url, bob: server.url, bobName: "bob" });
  await browser.close();
});

Deno.test("who left an encrypted conversation with another server and is asked back reads what waited for them", async () => {
  await using federation = await startFederatedProcesses({ tap: () => {}, env: () => ({}) });
  const [one, two] = federation.servers;
  assert.ok(one && two);
  await one.register("ann");
  const { id: bobName } = await two.register("bob");
  const browser = await launchBrowser();
  await leaveAndComeBack(browser, { ann: one.url, bob: two.url, bobName });
  await browser.close();
});
