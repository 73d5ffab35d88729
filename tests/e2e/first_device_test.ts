/** Somebody's browser becomes a device although what it takes fails at first: nobody asks for it again. */
import assert from "node:assert/strict";
import type { Page, Route } from "playwright-core";
import { dmPath } from "../../ui/lib/format/paths.ts";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { devicesSeenBy, soon } from "../harness/e2ee_wire.ts";
import { startProcessServer } from "../harness/process_server.ts";
import { settled } from "./people.ts";
import { makeScene, signIn } from "./scene.ts";

const BUSY = {
  status: 429,
  contentType: "application/json",
  body: JSON.stringify({ error: { code: "rate_limited", message: "Too much at once." } }),
};

/** How the first requests of each kind that a new device makes fail. */
const FAILURES: readonly [at: string, fail: (route: Route) => Promise<void>][] = [
  ["**/e2ee-set_up-*.js", (route) => route.abort()],
  ["**/e2ee-key_packages-*.js", (route) => route.abort()],
  ["**/e2ee-first-*.js", (route) => route.abort()],
  ["**/client/v1/identities", (route) => route.fulfill(BUSY)],
  ["**/client/v1/identity", (route) => route.abort()],
  ["**/client/v1/devices/*", (route) => route.fulfill(BUSY)],
];

/** Lets the first request to each place fail; answers how many have. */
async function failOnce(page: Page): Promise<() => number> {
  let failed = 0;
  for (const [at, fail] of FAILURES) {
    await page.context().route(at, async (route) => {
      failed++;
      await fail(route);
    }, { times: 1 });
  }
  return () => failed;
}

Deno.test("a browser whose first requests for a device fail is one all the same", async () => {
  await using server = await startProcessServer();
  const { ann, bob, dmRoom } = await makeScene(server);
  const browser = await launchBrowser();
  await using phone = await openPerson(browser, { phone: true });
  await signIn(phone.context, server.url, "bob");
  const failed = await failOnce(phone.page);
  await phone.page.goto(server.url + dmPath(dmRoom));
  await settled(phone.page);
  await soon("a device of bob's", async () => (await devicesSeenBy(ann, bob.id)).length > 0);
  assert.equal(failed(), FAILURES.length);
  await browser.close();
});
