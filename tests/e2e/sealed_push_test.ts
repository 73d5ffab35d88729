/** Told of encrypted messages: by this browser's own worker where no tab is there to read them. */
import assert from "node:assert/strict";
import type { BrowserContext, Page } from "playwright-core";
import { DEVICE_DB_PREFIX } from "../../ui/lib/e2ee/clear_devices.ts";
import { deviceLock } from "../../ui/lib/e2ee/worker_ports.ts";
import { dmPath } from "../../ui/lib/format/paths.ts";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { PASSWORD } from "../harness/homeserver.ts";
import { pageSteps } from "../harness/page_steps.ts";
import { startProcessServer } from "../harness/process_server.ts";
import { startPushService } from "../harness/push_service.ts";
import { waitFor } from "../harness/wait_for.ts";
import { assertNone, dump } from "./canary.ts";
import { say, settled } from "./people.ts";
import { deliver, LIST_NOTES, pressNote, type ShownNote, subscribeAt, workerNote } from "./push.ts";
import { makeScene, signIn } from "./scene.ts";

/** In all that is said encrypted. */
const CANARY = "kanarienvogel";
const NEUTRAL = "Encrypted message";
/** Making a device and joining a group takes its time where eight of these run at once. */
const BEGIN_MS = 60_000;

/** Asks the worker; undefined while it is about to end or begin. */
function inWorker<Value>(context: BrowserContext, script: string): Promise<Value | undefined> {
  const worker = context.serviceWorkers().at(-1);
  return worker
    ? worker.evaluate<Value>(script).catch(() => undefined)
    : Promise.resolve(undefined);
}

/** All notifications, once one has this tag and the worker is done with what it was told. */
function notesWith(context: BrowserContext, tag: string): Promise<ShownNote[]> {
  return waitFor(`a notification ${tag}`, async () => {
    const notes = await inWorker<ShownNote[]>(
      context,
      `${LIST_NOTES}.then((all) => (globalThis.ended ?? []).includes(${
        JSON.stringify(tag)
      }) && all.map(({ title, body, tag }) => ({ title, body, tag })))`,
    );
    return notes && notes.some((note) => note.tag === tag) ? notes : undefined;
  });
}

/** The worker writes down which notifications it has shown; what was shown before goes. */
async function watch(context: BrowserContext): Promise<void> {
  await waitFor("the worker to be watched", () =>
    inWorker<boolean>(
      context,
      `(async () => {
        globalThis.ended = [];
        const show = ServiceWorkerRegistration.prototype.showNotification;
        registration.showNotification = async (title, options) => {
          await show.call(registration, title, options);
          ended.push(options.tag);
        };
        for (const note of await ${LIST_NOTES}) note.close();
        return true;
      })()`,
    ));
}

/** Somebody looks elsewhere: the page's own window is in the background. */
async function lookAway(page: Page): Promise<Page> {
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setFocusEmulationEnabled", { enabled: false });
  const other = await page.context().newPage();
  await other.bringToFront();
  await waitFor("the page to be out of sight", () => page.evaluate(() => !document.hasFocus()));
  return other;
}

Deno.test("a device that no tab has open tells what was said; else somebody else does, once", async (t) => {
  await using service = await startPushService();
  await using server = await startProcessServer({
    OPENGUILD_PUSH_TEST_SERVICES: service.origin,
  });
  const scene = await makeScene(server);
  const { origin } = new URL(server.url);
  const browser = await launchBrowser();
  await using desk = await openPerson(browser, { worker: true });
  await using phone = await openPerson(browser, { phone: true });
  const { page, context } = desk;
  const bob = phone.page;
  const talk = server.url + dmPath(scene.dmRoom);
  const settings = `${server.url}/settings/notifications`;
  await signIn(context, server.url, "ann");
  await signIn(phone.context, server.url, "bob");
  await context.grantPermissions(["notifications"], { origin });
  await subscribeAt(context, service);
  const locked = (of: Page) => of.locator(".main-head .tag.accent").waitFor({ timeout: BEGIN_MS });

  let told = 0;
  /** What came to the push service next, as the browser opens it. */
  const next = async () => await service.open(await service.until(++told));
  /** Bob says something encrypted: what is pushed of it, and the tag of its notification. */
  const push = async (text: string) => {
    await bob.locator("textarea[name=body]").fill(text);
    await bob.locator(".composer button[type=submit]").click();
    const payload = await next();
    return { payload, tag: JSON.parse(payload).event_id as string };
  };
  const step = pageSteps(t, browser);

  await step("they talk encrypted, and this device is told", async () => {
    await page.goto(talk);
    await settled(page);
    await page.locator(".main-head").getByRole("button", { name: "Not encrypted" }).click();
    await page.getByRole("button", { name: "Begin as soon as possible" }).click();
    await bob.goto(talk);
    await Promise.all([locked(bob), locked(page)]);
    await say(page, `${CANARY} first`);
    await bob.locator("article", { hasText: `${CANARY} first` }).waitFor({ timeout: BEGIN_MS });
    await page.goto(settings);
    await page.getByRole("button", { name: "Tell this device" }).click();
    await page.getByText("This device is told from now on.").waitFor();
    await page.getByLabel("Show a notification").check();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved.", { exact: true }).waitFor();
    await page.goto("about:blank");
  });

  await step("what opens messages is loaded with the first that is told of", async () => {
    await inWorker(context, "globalThis.isInstaller = true");
    const session = await context.newCDPSession(page);
    await session.send("ServiceWorker.enable");
    await session.send("ServiceWorker.stopAllWorkers");
    await session.detach();
    await scene.bob.do("POST", `/rooms/${encodeURIComponent(scene.roomId)}/send`, {
      channel_id: scene.general,
      body: `Look, <${scene.ann.id}>!`,
    });
    await deliver(page, origin, await next());
    const loaded = () => inWorker<string>(context, "typeof ogSealed");
    await waitFor(
      "the worker to run anew",
      () => inWorker<boolean>(context, "globalThis.isInstaller === undefined"),
    );
    await workerNote(context, "bob in #general, Riverside Garden Club");
    assert.equal(await loaded(), "undefined");
    await watch(context);
    const { payload, tag } = await push(`${CANARY} **closed**`);
    await deliver(page, origin, payload);
    const [note, ...more] = await notesWith(context, tag);
    assert.deepEqual(note, { title: "bob", body: `${CANARY} closed`, tag });
    assert.deepEqual(more, []);
    assert.equal(await loaded(), "object");
  });

  await step("two that come at once are both told of, one after the other", async () => {
    await watch(context);
    const one = await push(`${CANARY} one`);
    const two = await push(`${CANARY} two`);
    await Promise.all([one, two].map(({ payload }) => deliver(page, origin, payload)));
    await notesWith(context, one.tag);
    const notes = await notesWith(context, two.tag);
    assert.deepEqual(
      notes.map(({ body }) => body).sort(),
      [`${CANARY} one`, `${CANARY} two`],
    );
  });

  await step("a press leads there, and the tab goes on where the worker stopped", async () => {
    await page.goto(`${server.url}/home`);
    await settled(page);
    await pressNote(context, "bob");
    for (const text of ["closed", "one", "two"]) {
      await page.locator("article", { hasText: `${CANARY} ${text}` }).waitFor();
    }
    await say(page, `${CANARY} from the tab`);
    await bob.locator("article", { hasText: `${CANARY} from the tab` })
      .waitFor({ timeout: BEGIN_MS });
  });

  await step("it follows what changed in the group meanwhile", async () => {
    await page.goto("about:blank");
    await bob.goto(`${server.url}/settings/encryption`);
    await bob.getByRole("button", { name: "Reset encryption" }).click();
    await bob.getByLabel("Type bob to be sure").fill("bob");
    await bob.getByLabel("Your password").fill(PASSWORD);
    await bob.getByRole("button", { name: "Reset for good" }).click();
    await bob.getByText("You have a new identity.").waitFor();
    await bob.goto(talk);
    await locked(bob);
    await watch(context);
    const { payload, tag } = await push(`${CANARY} of another leaf`);
    await deliver(page, origin, payload);
    assert.deepEqual(await notesWith(context, tag), [
      { title: "bob", body: `${CANARY} of another leaf`, tag },
    ]);
  });

  await step("a tab that nobody looks at tells of it with the worker, as one", async () => {
    // What tells of messages is fetched after the page works, and asks what was chosen.
    const chosen = page.waitForResponse((answer) => answer.url().endsWith("/preferences"));
    await page.goto(`${server.url}/home`);
    await (await chosen).finished();
    await settled(page);
    const other = await lookAway(page);
    await watch(context);
    const { payload, tag } = await push(`${CANARY} open`);
    // The tab hears it by itself, before the push service does.
    await waitFor(
      "the tab's notification",
      () =>
        inWorker<boolean>(
          context,
          `${LIST_NOTES}.then((all) => all.length === 1)`,
        ),
    );
    await deliver(page, origin, payload);
    assert.deepEqual(await notesWith(context, tag), [
      { title: "bob", body: `${CANARY} open`, tag },
    ]);
    await other.close();
  });

  await step(
    "where a page has the device and does not answer, it says that there is something",
    async () => {
      await page.goto(settings);
      await page.evaluate((name) => {
        const held = Promise.withResolvers<void>();
        void navigator.locks.request(name, () => (held.resolve(), new Promise(() => undefined)));
        return held.promise;
      }, deviceLock(scene.ann.id));
      const other = await lookAway(page);
      await watch(context);
      const { payload, tag } = await push(`${CANARY} held`);
      await deliver(page, origin, payload);
      assert.deepEqual(await notesWith(context, tag), [{ title: "bob", body: NEUTRAL, tag }]);
      await other.close();
    },
  );

  await step("where what it keeps is broken, too", async () => {
    await page.goto(settings);
    await page.evaluate(async (name) => {
      const db = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open(name);
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
      const rows = db.transaction("rows", "readwrite").objectStore("rows");
      const keys = await new Promise<IDBValidKey[]>((resolve) => {
        const request = rows.getAllKeys();
        request.onsuccess = () => resolve(request.result);
      });
      const broken = { iv: new Uint8Array(12), data: new ArrayBuffer(40) };
      for (const key of keys) rows.put(broken, key);
      await new Promise((resolve) => rows.transaction.oncomplete = resolve);
      db.close();
    }, DEVICE_DB_PREFIX + scene.ann.id);
    await page.goto("about:blank");
    await watch(context);
    const { payload, tag } = await push(`${CANARY} broken`);
    await deliver(page, origin, payload);
    assert.deepEqual(await notesWith(context, tag), [{ title: "bob", body: NEUTRAL, tag }]);
  });

  await step("neither the push service nor the server was told what it says", async () => {
    const wire = service.seen.map((seen) => new TextDecoder("latin1").decode(seen.wire));
    assert.equal(wire.length, told);
    const rows = await dump(server.databaseUrl);
    assert.ok(rows.includes('"sealed"'), "something was looked at");
    for (const text of [...wire, rows, server.log()]) assertNone(text, CANARY);
    for (const seen of service.seen) assertNone(await service.open(seen), CANARY);
  });

  assert.deepEqual([...desk.faults, ...phone.faults], []);
  await browser.close();
});
