/** Two people, three tabs, a phone and a server that dies: what is said between them is theirs. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import { connect } from "../../server/postgres/connect.ts";
import { silentLog } from "../../server/system/log.ts";
import { dmPath, guildPath } from "../../ui/lib/format/paths.ts";
import { launchBrowser, openPerson } from "../harness/browser.ts";
import { pageSteps } from "../harness/page_steps.ts";
import { pngWithGps } from "../harness/pictures.ts";
import { startProcessServer } from "../harness/process_server.ts";
import { waitFor } from "../harness/wait_for.ts";
import { assertNone, dump } from "./canary.ts";
import { settled } from "./people.ts";
import { makeScene, signIn } from "./scene.ts";
import { hasDevice, roomOf } from "./sealed_talk.ts";

/** In everything that is said after encryption began; no server may ever hold it. */
const CANARY = "kanarienvogel";
const LINE = "From here on, messages are encrypted";
/** Making a device and joining a group takes its time where eight of these run at once. */
const BEGIN_MS = 60_000;

const article = (page: Page, text: string) =>
  page.locator("article:not(.pending)", { hasText: text }).first();

/** Enter ends a line on a phone: the button sends everywhere. */
async function say(page: Page, text: string): Promise<void> {
  await page.locator("textarea[name=body]").fill(text);
  await page.locator(".composer button[type=submit]").click();
}

/** The focus is back in the page: a dialog that closes takes it along. */
const closed = (page: Page) => page.locator("dialog[open]").waitFor({ state: "detached" });

/** Makes a private channel from the list's menu, as somebody does it. */
async function createPrivate(page: Page, name: string, encrypted: boolean): Promise<void> {
  const menu = page.getByRole("button", { name: /^Menu of/ });
  if (!await menu.isVisible()) {
    await page.getByRole("link", { name: "Guilds and channels" }).click();
  }
  await menu.click();
  await page.getByRole("menuitem", { name: "Create a channel" }).click();
  const dialog = page.locator("dialog[open]");
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByLabel("Private channel").check();
  await dialog.getByLabel("Encrypt it").setChecked(encrypted);
  await dialog.getByRole("button", { name: "Create a channel" }).click();
  await page.locator(".main-head h1", { hasText: name }).waitFor({ timeout: BEGIN_MS });
  await closed(page);
}

async function act(page: Page, text: string, name: string): Promise<void> {
  await article(page, text).hover();
  await article(page, text).getByRole("button", { name, exact: true }).first().click();
}

/** Everything that a browser keeps of the pages, as one text; bytes as latin1. */
function keptHere(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const found: string[] = [JSON.stringify({ ...localStorage }), JSON.stringify(sessionStorage)];
    const flat = (value: unknown): unknown => {
      if (value instanceof ArrayBuffer) return flat(new Uint8Array(value));
      if (ArrayBuffer.isView(value)) {
        return new TextDecoder("latin1").decode(value);
      }
      if (Array.isArray(value)) return value.map(flat);
      if (value instanceof CryptoKey) return `a key that is ${value.extractable}`;
      if (typeof value !== "object" || value === null) return value;
      return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, flat(each)]));
    };
    for (const { name = "" } of await indexedDB.databases()) {
      const db = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open(name);
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
      for (const store of db.objectStoreNames) {
        const request = db.transaction(store).objectStore(store).getAll();
        await new Promise((resolve) => request.onsuccess = resolve);
        found.push(name, JSON.stringify(flat(request.result)));
      }
      db.close();
    }
    return found.join("\n");
  });
}

const assertNoCanary = (text: string) => assertNone(text, CANARY);

Deno.test("a conversation that only the devices of its two people can read", async (t) => {
  await using server = await startProcessServer({ OPENGUILD_NAME: "garden.test" });
  const scene = await makeScene(server);
  const browser = await launchBrowser();
  await using desk = await openPerson(browser);
  await using phone = await openPerson(browser, { phone: true, dark: true });
  await signIn(desk.context, server.url, "ann");
  await signIn(phone.context, server.url, "bob");
  const open = async (page: Page) => {
    await page.goto(server.url + dmPath(scene.dmRoom));
    await settled(page);
  };
  let ann = desk.page;
  const bob = phone.page;
  const both = (text: string) =>
    Promise.all([ann, bob].map((page) => article(page, text).waitFor()));

  const step = pageSteps(t, browser);

  await step(
    "without a device on the other side the act waits, then begins by itself",
    async () => {
      await open(ann);
      await ann.locator(".main-head").getByRole("button", { name: "Not encrypted" }).click();
      await ann.getByText("bob has not opened OpenGuild since encryption is there.").waitFor();
      await ann.getByRole("button", { name: "Begin as soon as possible" }).click();
      await open(bob);
      for (const page of [ann, bob]) {
        await page.locator(".divider.sealed", { hasText: LINE }).waitFor({ timeout: BEGIN_MS });
      }
      await ann.locator(".main-head .tag", { hasText: "Encrypted" }).waitFor();
      assert.match(
        await bob.locator("textarea[name=body]").getAttribute("placeholder") ?? "",
        /^Encrypted message to /,
      );
    },
  );

  await step("talk, an answer, an edit and reactions reach the other one readable", async () => {
    await say(ann, `${CANARY} one`);
    await article(bob, `${CANARY} one`).waitFor({ timeout: BEGIN_MS });
    await say(bob, `${CANARY} two`);
    await both(`${CANARY} two`);
    await act(ann, `${CANARY} two`, "Reply");
    await say(ann, `${CANARY} three`);
    await article(bob, `${CANARY} three`).locator(".msg-reply", { hasText: `${CANARY} two` })
      .waitFor();
    await act(ann, `${CANARY} three`, "Edit");
    await say(ann, `${CANARY} third`);
    await article(bob, `${CANARY} third`).locator(".msg-edited").waitFor();
    assert.equal(await article(bob, `${CANARY} three`).count(), 0);
    await article(bob, `${CANARY} third`).locator(".msg-edited").click();
    await bob.locator("dialog[open]").getByText(`${CANARY} three`).waitFor();
    await bob.keyboard.press("Escape");
    await act(ann, `${CANARY} two`, "React with 👍");
    const reaction = article(bob, `${CANARY} two`).locator(".reaction", { hasText: "👍" });
    await reaction.waitFor();
    await reaction.click();
    await article(ann, `${CANARY} two`).locator(".reaction", { hasText: "2" }).waitFor();
    await article(ann, `${CANARY} two`).locator(".reaction").click();
    await reaction.locator(".count", { hasText: "1" }).waitFor();
  });

  const lookAtIt = async (page: Page) => {
    await page.locator(".main-head .tag.accent").click();
    return page.locator("dialog[open]");
  };

  await step("both see one code to compare, and who orders the changes", async () => {
    const [ofAnn, ofBob] = await Promise.all([ann, bob].map(lookAtIt));
    const code = async (dialog = ofAnn) => await dialog?.locator(".room-code").innerText();
    await waitFor("one code", async () => await code() === await code(ofBob) || undefined);
    assert.match(await code() ?? "", /^(\d{5}\s*){6}$/);
    await ofAnn?.getByText(/^garden.test decides which change/).waitFor();
    await ofAnn?.getByText("This device has checked the signature").waitFor();
    await ofAnn?.getByText("Nothing that should not be.").waitFor();
    for (const page of [ann, bob]) await page.keyboard.press("Escape");
    await Promise.all([ann, bob].map(closed));
  });

  await step(
    "what is not proven is said above the conversation until it is looked at",
    async () => {
      const sql = connect({ url: server.databaseUrl, poolSize: 1, log: silentLog });
      try {
        // The server tells of a take-over by itself, signed for another change.
        const [made] = await sql<{ group_id: string }[]>`
        insert into mls_takeovers (group_id, term, former, first)
        select group_id, 1, receipt, receipt from mls_groups where room_id = ${scene.dmRoom}
        returning group_id`;
        assert.ok(made, "there is a group");
        await bob.reload();
        const line = bob.getByText("Something was noticed about how this conversation");
        await line.waitFor({ timeout: BEGIN_MS });
        // It would be told again, and noticed, with the next change of the group.
        await sql`delete from mls_takeovers`;
        await bob.getByRole("button", { name: "Look at it" }).click();
        const told = bob.getByText("garden.test told of a change without a valid signature.");
        await told.waitFor();
        await bob.getByRole("button", { name: "I have looked at this" }).click();
        await told.waitFor({ state: "hidden" });
        await bob.getByText("1 thing you have looked at").click();
        await told.waitFor();
        await bob.keyboard.press("Escape");
        await closed(bob);
        await line.waitFor({ state: "detached" });
        await bob.reload();
        await settled(bob);
        await article(bob, `${CANARY} third`).waitFor();
        assert.equal(await line.count(), 0);
      } finally {
        await sql.end();
      }
    },
  );

  await step(
    "a message is reported with what opens it, and looked at by administrators",
    async () => {
      // What is reported is readable on the server from then on: it has no canary.
      await say(bob, "Come to the shed alone");
      await article(ann, "shed alone").waitFor();
      await act(ann, "shed alone", "More");
      await ann.getByRole("menuitem", { name: "Report message" }).click();
      const dialog = ann.locator("dialog[open]");
      await dialog.getByLabel("Threats, or somebody in danger").check();
      await dialog.getByText("gives the server the key of this one message").waitFor();
      await dialog.getByRole("button", { name: "Report", exact: true }).click();
      await closed(ann);
      await ann.goto(`${server.url}/admin/reports`);
      const card = ann.getByRole("article", { name: "bob wrote" });
      await card.getByText("Come to the shed alone").waitFor();
      await card.getByText("Checked: opened from the sealed message itself").waitFor();
      await card.getByLabel("What you did, for the audit").fill("Locked the shed");
      await card.getByRole("button", { name: "Done, close" }).click();
      await ann.getByText("Nothing is waiting for you.").waitFor();
      await open(ann);
    },
  );

  await step("a picture is opened in the page, and saved under its name", async () => {
    await ann.locator(".composer input[type=file]").setInputFiles({
      name: `${CANARY}.png`,
      mimeType: "image/png",
      buffer: Buffer.from(pngWithGps()),
    });
    await ann.locator(".upload input.upload-alt").fill(`${CANARY} beds`);
    await say(ann, `${CANARY} picture`);
    const image = article(bob, `${CANARY} picture`).locator(`img[alt='${CANARY} beds']`);
    await waitFor(
      "the picture on the phone",
      async () =>
        await image.evaluate((each: HTMLImageElement) =>
          each.src.startsWith("blob:") && each.naturalWidth === 24
        ).catch(() => false) || undefined,
    );
    await image.click();
    const saved = bob.waitForEvent("download");
    await bob.locator("dialog").getByRole("button", { name: "Download" }).click();
    assert.equal((await saved).suggestedFilename(), `${CANARY}.png`);
    const bytes = await Deno.readFile(await (await saved).path());
    assert.doesNotMatch(new TextDecoder("latin1").decode(bytes), /eXIf|Author|xmp/);
    await bob.keyboard.press("Escape");
  });

  await step("a search shows it small, opened on this device", async () => {
    await ann.keyboard.press("Control+f");
    await ann.getByRole("combobox", { name: "Words to look for" }).fill(`${CANARY} beds`);
    const image = ann.locator(`.found-picture img[alt='${CANARY} beds']`);
    await waitFor(
      "the picture beside what was found",
      async () =>
        await image.evaluate((each: HTMLImageElement) =>
          each.src.startsWith("blob:") && each.naturalWidth > 0
        ).catch(() => false) || undefined,
    );
    await ann.keyboard.press("Escape");
    await ann.locator(".search-panel").waitFor({ state: "detached" });
  });

  await step(
    "a reload brings it all back, the draft too, and nothing lies there readable",
    async () => {
      await ann.locator("textarea[name=body]").fill(`${CANARY} draft`);
      await waitFor(
        "the draft in the store",
        async () =>
          await ann.evaluate(() =>
            Object.keys(localStorage).some((key) => key.startsWith("og-draft:"))
          ),
      );
      await ann.reload();
      await settled(ann);
      await article(ann, `${CANARY} third`).waitFor();
      await article(ann, `${CANARY} two`).locator(".reaction").waitFor();
      await waitFor(
        "the draft in the box",
        async () => await ann.locator("textarea[name=body]").inputValue() === `${CANARY} draft`,
      );
      assertNoCanary(await keptHere(ann));
      await ann.locator("textarea[name=body]").fill("");
    },
  );

  await step("this device searches what no server can, and goes to what it found", async () => {
    await ann.keyboard.press("Control+f");
    const box = ann.getByRole("combobox", { name: "Words to look for" });
    await box.fill(`THIRD ${CANARY}`);
    await ann.getByText("1 message found").waitFor();
    assert.equal(await ann.locator("[data-hit]").count(), 1);
    await box.press("ArrowDown");
    await ann.locator("[data-hit]:focus").waitFor();
    await ann.keyboard.press("Enter");
    await ann.locator("article:focus, article.flash, article.focused", {
      hasText: `${CANARY} third`,
    })
      .first().waitFor();
    await box.press("Escape");
    await ann.locator(".search-panel").waitFor({ state: "detached" });
    await bob.getByRole("button", { name: "Search messages" }).click();
    await bob.getByRole("combobox", { name: "Words to look for" }).fill("nothing of the kind");
    await bob.getByText("Nothing found").waitFor();
    // No server is asked here that would say who is meant: the device does.
    const words = bob.getByRole("combobox", { name: "Words to look for" });
    await words.fill(`from:anm ${CANARY}`);
    await bob.getByText("Nobody here is called “anm”.").waitFor();
    await bob.locator(".search-panel").getByRole("button", { name: "ann", exact: true }).click();
    await bob.getByText("Nobody here is called").waitFor({ state: "detached" });
    await bob.locator("[data-hit]").first().waitFor();
    await bob.keyboard.press("Escape");
    await bob.locator(".search-panel").waitFor({ state: "detached" });
    assertNoCanary(await keptHere(ann));
  });

  await step("a second tab takes over when the first one closes", async () => {
    const second = await desk.context.newPage();
    await open(second);
    await article(second, `${CANARY} picture`).waitFor();
    await ann.close();
    ann = second;
    await say(ann, `${CANARY} second tab`);
    await both(`${CANARY} second tab`);
    await say(bob, `${CANARY} heard`);
    await both(`${CANARY} heard`);
  });

  await step(
    "what is said without a network goes out after it, and waits unreadable",
    async () => {
      await phone.context.setOffline(true);
      await say(bob, `${CANARY} offline`);
      await bob.locator("article.pending", { hasText: `${CANARY} offline` }).waitFor();
      assertNoCanary(await keptHere(bob));
      await phone.context.setOffline(false);
      await both(`${CANARY} offline`);
    },
  );

  await step("a server that dies in the middle loses and doubles nothing", async () => {
    await server.kill();
    await say(ann, `${CANARY} storm ann`);
    await say(bob, `${CANARY} storm bob`);
    await server.start();
    for (const text of ["storm ann", "storm bob"]) await both(`${CANARY} ${text}`);
    for (const page of [ann, bob]) {
      await waitFor(
        "nothing on its way",
        async () => await page.locator("article.pending").count() === 0,
      );
      assert.equal(await page.locator("article", { hasText: `${CANARY} storm` }).count(), 2);
    }
  });

  const locked = (page: Page) =>
    page.locator(".main-head .tag.accent").waitFor({ timeout: BEGIN_MS });
  const choose = async (page: Page, item: string) => {
    await page.locator(".main-head").getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: item }).click();
  };
  const council = bob.locator("a.side-row", { hasText: "council" });
  /** Puts Bob in or out through the dialog of the channel's people. */
  const move = async (act: "Add" | "Remove", said: string) => {
    await ann.locator(".main-head").getByRole("button", { name: "More" }).click();
    await ann.getByText("People in this channel", { exact: true }).click();
    await ann.getByRole("button", { name: `${act} bob` }).click();
    await ann.getByText(said).first().waitFor();
    await ann.keyboard.press("Escape");
    await closed(ann);
  };

  await step("a private channel is made encrypted, and who is added reads from there", async () => {
    await ann.goto(server.url + guildPath(scene.guildId));
    await settled(ann);
    await createPrivate(ann, "council", true);
    await locked(ann);
    await say(ann, `${CANARY} alone`);
    await article(ann, `${CANARY} alone`).waitFor();
    await bob.goto(server.url + guildPath(scene.guildId));
    await settled(bob);
    assert.equal(await council.count(), 0);
    await move("Add", "bob is in this channel");
    await bob.getByRole("link", { name: "Guilds and channels" }).first().click();
    await council.click();
    await locked(bob);
    await hasDevice(scene.ann, scene.bob, roomOf(ann));
    await say(ann, `${CANARY} welcome`);
    await article(bob, `${CANARY} welcome`).waitFor({ timeout: BEGIN_MS });
    await say(bob, `${CANARY} thanks`);
    await both(`${CANARY} thanks`);
    assert.equal(await bob.locator("article", { hasText: `${CANARY} alone` }).count(), 0);
  });

  await step("who is removed loses the channel and reads nothing that comes after", async () => {
    await move("Remove", "bob is not in this channel any more");
    await council.waitFor({ state: "detached" });
    await bob.locator(".main-head h1", { hasText: "council" }).waitFor({ state: "detached" });
    await say(ann, `${CANARY} behind the back`);
    await article(ann, `${CANARY} behind the back`).waitFor({ timeout: BEGIN_MS });
    await move("Add", "bob is in this channel");
    await council.waitFor({ state: "attached" });
    await hasDevice(scene.ann, scene.bob, roomOf(ann));
    await say(ann, `${CANARY} back again`);
    await article(ann, `${CANARY} back again`).waitFor({ timeout: BEGIN_MS });
    await bob.goto(ann.url());
    await settled(bob);
    await article(bob, `${CANARY} back again`).waitFor({ timeout: BEGIN_MS });
    assert.equal(await bob.locator("article", { hasText: "behind the back" }).count(), 0);
  });

  await step("a private channel that was readable is encrypted by its owner", async () => {
    await createPrivate(ann, "seeds", false);
    await say(ann, "Readable words");
    await ann.locator(".main-head").getByRole("button", { name: "Not encrypted" }).click();
    await ann.getByRole("button", { name: "Encrypt from here on" }).click();
    await closed(ann);
    await locked(ann);
    await say(ann, `${CANARY} seeds`);
    await article(ann, `${CANARY} seeds`).waitFor({ timeout: BEGIN_MS });
    await ann.locator(".timeline:not([inert]) .divider.sealed", { hasText: LINE }).waitFor();
    await article(ann, "Readable words").waitFor();
  });

  await step(
    "a group begun from a conversation is named and encrypted for its people",
    async () => {
      const cat = await server.register("cat", scene.inviteCode);
      await cat.do("POST", `/invites/${scene.inviteCode}/accept`, {});
      await open(ann);
      await choose(ann, "Add people");
      await ann.getByLabel("With whom?").fill("@cat");
      await ann.getByRole("button", { name: "Begin group of 3" }).click();
      await ann.locator(".main-head h1", { hasText: "bob, cat" }).waitFor();
      await ann.locator(".main-head h1 button").click();
      await ann.getByLabel("Name", { exact: true }).fill("Trip");
      await ann.getByRole("button", { name: "Save" }).click();
      await ann.locator(".main-head h1", { hasText: "Trip" }).waitFor();
      await bob.goto(ann.url());
      await settled(bob);
      await bob.locator(".main-head h1", { hasText: "Trip" }).waitFor();
      await ann.locator(".main-head").getByRole("button", { name: "Not encrypted" }).click();
      await ann.getByText("cat has no device yet").waitFor();
      await ann.getByRole("button", { name: "Encrypt from here on" }).click();
      await closed(ann);
      await Promise.all([locked(ann), locked(bob)]);
      await say(ann, `${CANARY} several`);
      await article(bob, `${CANARY} several`).waitFor({ timeout: BEGIN_MS });
      await say(bob, `${CANARY} all of us`);
      await both(`${CANARY} all of us`);
    },
  );

  await step("its owner removes somebody, and hands it over by leaving", async () => {
    await ann.getByRole("button", { name: "Options for bob" }).click();
    await ann.getByRole("menuitem", { name: "Remove from the conversation" }).click();
    await ann.getByRole("button", { name: "Remove from the conversation" }).click();
    await bob.getByText("You are no longer in the conversation Trip.").waitFor();
    await bob.locator(".main-head h1", { hasText: "Trip" }).waitFor({ state: "detached" });
    await closed(ann);
    await choose(ann, "Leave conversation");
    await ann.getByText("cat, who has been in it longest, owns it then").waitFor();
    await ann.getByRole("button", { name: "Leave conversation" }).click();
    await ann.waitForURL(/\/home$/);
    await ann.locator("a.side-row.dm", { hasText: "Trip" }).waitFor({ state: "detached" });
  });

  await step("the database holds none of it", async () => {
    const rows = await dump(server.databaseUrl);
    assert.ok(rows.includes('"sealed"'), "something was looked at");
    assertNoCanary(rows);
  });

  const faults = [...desk.faults, ...phone.faults];
  // While the server is dead a socket cannot be opened; the browser writes that down itself.
  assert.deepEqual(faults.filter((fault) => !/WebSocket connection to|ERR_/.test(fault)), []);
  await browser.close();
});
